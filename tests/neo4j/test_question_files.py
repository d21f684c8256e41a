"""What holds for every question's file, and for what questions are asked with; no server is needed."""

import re

import pytest

from graphfraud.errors.database import QuestionRefused
from graphfraud.neo4j.asking.browser import literal
from graphfraud.neo4j.asking.current import id_kind
from graphfraud.neo4j.asking.parameters import parsed_values
from graphfraud.neo4j.asking.questions import Question, parsed_question, question_named, questions
from graphfraud.vocabulary.database import LABELS, RELATIONSHIP_TYPES

EVERY = pytest.mark.parametrize("question", questions().values(), ids=list(questions()))
NAMES = {label.name for label in LABELS} | {also for label in LABELS for also in label.also}
TYPES = {type_.name for type_ in RELATIONSHIP_TYPES}
PROPERTIES = {
    *(label.key for label in LABELS),
    *(own.name for label in LABELS for own in label.properties),
    *(own.name for type_ in RELATIONSHIP_TYPES for own in type_.properties),
    *("since", "until", "run"),
}
OWN_KEYS = {"about", "fact", "value", "log_odds", "what", "at", "member", "judged", "subject", "means", "uses"}
OWN_KEYS |= {"listener", "plays", "inDays", "days"}
"""Of maps that questions make themselves, and of durations."""


def bare(question: Question) -> str:
    """Its Cypher without header and strings."""
    lines = [line for line in question.text.splitlines() if not line.startswith("//")]
    return re.sub(r"'[^']*'", "''", "\n".join(lines))


@EVERY
def test_a_question_says_when_to_ask_it_and_how_to_read_the_answer(question: Question) -> None:
    assert question.title[0].isupper()
    for said in (question.title, question.ask, question.read, *(each.meaning for each in question.parameters)):
        assert not said.endswith(".")
        assert len(said) > 10


@EVERY
def test_what_a_question_takes_is_what_its_text_uses(question: Question) -> None:
    used = set(re.findall(r"\$(\w+)", bare(question)))
    assert used - {"run", "previous"} == {each.name for each in question.parameters}
    assert "run" in used


@EVERY
def test_a_question_names_only_what_the_vocabulary_declares(question: Question) -> None:
    text = bare(question)
    labels = {name for names in re.findall(r"\(\w*:([A-Z]\w*(?:\|[A-Z]\w*)*)", text) for name in names.split("|")}
    types = {name for names in re.findall(r"\[\w*:([A-Z_]+(?:\|[A-Z_]+)*)", text) for name in names.split("|")}
    assert labels <= NAMES
    assert types <= TYPES
    assert set(re.findall(r"\b[a-z_]+(?:\[\w+\])?\.([a-zA-Z_]+)", text)) <= PROPERTIES | OWN_KEYS
    keys = {key for inner in re.findall(r"[\w)\]]+ \{(\w+): \$", text) for key in [inner]}
    assert keys <= PROPERTIES


@EVERY
def test_every_judgement_and_fact_is_of_the_run(question: Question) -> None:
    text = bare(question)
    for tie in re.findall(r"\[[^\[\]]*:(?:JUDGED|HAS_MEMBER)\b[^\[\]]*\]", text):
        name = tie[1:].partition(":")[0]
        assert "{run: $run" in tie or "{run: $previous}" in tie or f"{name}.run = $run" in text, tie
    for tie in re.findall(r"\[(\w*):(?:UPLOADED|RELEASED|STREAMED|USED|PAID_OUT_TO|SOUNDS_LIKE)\b", text):
        assert f"{tie}.since <= $run < {tie}.until" in text or f"{tie}.since <= $run AND" in text, tie


@EVERY
def test_an_answer_has_an_order_and_an_end(question: Question) -> None:
    text = bare(question)
    assert "ORDER BY" in text
    assert "LIMIT" in text or question.name in {"why-in-ring", "ring-history"}


@EVERY
def test_lines_are_short_and_nothing_is_written(question: Question) -> None:
    assert max(map(len, question.text.splitlines())) <= 120
    assert re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|LOAD CSV)\b", bare(question)) is None


def test_there_is_something_to_ask() -> None:
    assert len(questions()) >= 15


@pytest.mark.parametrize(
    ("name", "hint"),
    [("ring-member", "did you mean 'ring-members'?"), ("ring_members", "did you mean 'ring-members'?")],
)
def test_an_unknown_question_names_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(QuestionRefused, match=re.escape(hint)):
        question_named(name)


def test_a_question_like_none_is_told_where_they_are_listed() -> None:
    with pytest.raises(QuestionRefused, match="list them with `graphfraud neo4j ask`"):
        question_named("xyzzy")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ([], "give ring_id=...: id of the ring"),
        (["ring_id="], "give ring_id=...: id of the ring"),
        (["ring-1"], "'ring-1' is no parameter: write it as ring_id=..."),
        (["ring_id=a", "limits=3"], "it takes no 'limits': did you mean 'limit'?"),
        (["ring_id=a", "zzz=3"], "it takes no 'zzz': it takes ring_id, limit"),
        (["ring_id=a", "ring_id=b"], "ring_id is given twice: leave out one"),
        (["ring_id=a", "limit=many"], "limit='many': write a whole number from 1 to 1,000,000"),
        (["ring_id=a", "limit=0"], "write a whole number"),
        (["ring_id=a", "limit=-1"], "write a whole number"),
        (["ring_id=a", "limit=²"], "write a whole number"),
        (["ring_id=a", "limit=" + "9" * 5000], "write a whole number"),
    ],
)
def test_a_value_that_cannot_be_asked_with_is_refused(given: list[str], problem: str) -> None:
    with pytest.raises(QuestionRefused, match=re.escape(problem)) as refused:
        parsed_values(question_named("ring-members"), given)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(("text", "hint"), [("Stream", "did you mean 'stream'?"), ("x", "choose one of any, stream")])
def test_a_choice_is_one_of_few(text: str, hint: str) -> None:
    with pytest.raises(QuestionRefused, match=re.escape(hint)):
        parsed_values(question_named("riskiest-rings"), [f"kind={text}"])


@pytest.mark.parametrize("text", ["nan", "inf", "", "half"])
def test_a_number_is_finite(text: str) -> None:
    with pytest.raises(QuestionRefused):
        parsed_values(question_named("riskiest-rings"), [f"least_risk={text}"])


def test_values_are_typed_and_an_id_may_hold_anything() -> None:
    assert parsed_values(question_named("ring-members"), ["ring_id=a='b\" OR 1=1 //"]) == {
        "ring_id": "a='b\" OR 1=1 //",
        "limit": 100,
    }
    assert parsed_values(question_named("riskiest-rings"), ["least_risk=0.5"])["least_risk"] == pytest.approx(0.5)


@pytest.mark.parametrize("line", ["parameter ring_id text: id", "parameter ring_id", "note: something"])
def test_a_header_that_is_not_as_it_should_be_is_a_defect(line: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        parsed_question("one", f"// title: One\n// ask: when\n// read: so\n// {line}\nRETURN 1\n")


def test_what_a_parameter_is_an_id_of_stands_in_its_name() -> None:
    assert [id_kind(name) for name in ("ring_id", "other_ring_id", "means_id", "limit", "grid_id")] == [
        *("ring", "ring", "means"),
        *(None, None),
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (3, "3"),
        (0.5, "0.5"),
        ("it's", r"'it\'s'"),
        ("a\\b", r"'a\\b'"),
        ("a\nb\x1b", r"'a\u000ab\u001b'"),
        ("\U000e0041", r"'\udb40\udc41'"),
        ("Þór 🎵", "'Þór 🎵'"),
    ],
)
def test_a_pasted_value_stays_one_line(value: object, written: str) -> None:
    assert literal(value) == written
