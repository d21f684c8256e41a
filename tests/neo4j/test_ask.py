"""Questions put to a real server: which run answers, and what happens when it cannot."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from asked_world import CURRENT, PENDING, RING, plant
from neo4j import Driver
from neo4j.exceptions import ClientError

from graphfraud.errors.database import AnswerNotReached, NothingLoaded, SchemaDiffers, UnknownId
from graphfraud.neo4j.ask import answering_run, ask
from graphfraud.neo4j.asking.browser import literal, pasteable
from graphfraud.neo4j.asking.parameters import parsed_values
from graphfraud.neo4j.asking.questions import question_named
from graphfraud.neo4j.database import Database
from graphfraud.vocabulary.database import SCHEMA_VERSION

pytestmark = pytest.mark.xdist_group("neo4j")


@pytest.fixture(scope="module")
def planted(driver: Driver) -> Database:
    plant(driver)
    return Database(driver)


@pytest.fixture
def changed(planted: Database) -> Iterator[Database]:
    """The database, whose one node may be changed and is put right again."""
    yield planted
    says(planted, current=CURRENT, schema_version=SCHEMA_VERSION, previous=CURRENT - 1)


def says(database: Database, **told: Any) -> None:
    database.write("MATCH (database:Database) SET database += $told", {"told": told})


def values(name: str, *given: str) -> dict[str, Any]:
    return parsed_values(question_named(name), given)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("ring-members", "ring_id=ring-0000000000000007", "ring_id: run 0000000000000003 knows no ring 'ring-"),
        ("shared-means", "account_id=acc-new", "knows no account 'acc-new'"),
        ("track-audience", "track_id=lis-1", "knows no track 'lis-1'"),
        ("lonely-tracks", "listener_id=lis-gone", "knows no listener 'lis-gone'"),
        ("rings-of", "subject_id=lis-new", "knows no account, track or listener 'lis-new'"),
        ("means-users", "means_id=device:old", "knows no means 'device:old'"),
        ("means-users", "means_id=device:new", "knows no means 'device:new'"),
    ],
)
def test_an_id_that_the_run_does_not_know_is_told(planted: Database, name: str, given: str, told: str) -> None:
    with pytest.raises(UnknownId, match=re.escape(told)):
        ask(planted, question_named(name), values(name, given))


def test_an_answer_says_from_which_run_it_is(planted: Database) -> None:
    answer = ask(planted, question_named("riskiest-rings"), values("riskiest-rings"))
    assert (answer.run.number, answer.run.run_id, answer.run.previous) == (3, f"{3:016x}", 2)
    assert answer.run.as_of.isoformat() == "2026-10-01T00:00:00+00:00"
    assert answering_run(planted) == answer.run


def test_the_switch_is_one_property(changed: Database) -> None:
    says(changed, current=PENDING, previous=CURRENT)
    answer = ask(changed, question_named("riskiest-rings"), values("riskiest-rings"))
    assert [row["risk"] for row in answer.plain_rows] == [0.999, 0.1]


def test_a_first_run_has_none_before_it(changed: Database) -> None:
    says(changed, previous=None)
    answer = ask(changed, question_named("new-rings"), values("new-rings"))
    assert answer.run.previous is None
    assert len(answer.rows) == 2
    stricter = ask(changed, question_named("stricter-verdicts"), values("stricter-verdicts"))
    assert {row["before"] for row in stricter.plain_rows} == {None}
    history = ask(changed, question_named("ring-history"), values("ring-history", f"ring_id={RING}"))
    assert {row["before"] for row in history.plain_rows} == {None}


@pytest.mark.parametrize("current", [None, 77])
def test_no_current_run_is_told(changed: Database, current: int | None) -> None:
    says(changed, current=current)
    with pytest.raises(NothingLoaded, match="graphfraud neo4j load RUN"):
        ask(changed, question_named("payees"), values("payees"))


def test_another_schema_is_told(changed: Database) -> None:
    says(changed, schema_version=SCHEMA_VERSION + 1)
    with pytest.raises(SchemaDiffers, match=f"schema version {SCHEMA_VERSION + 1}"):
        ask(changed, question_named("payees"), values("payees"))


def test_an_answer_that_takes_too_long_is_given_up(planted: Database) -> None:
    endless = replace(
        question_named("payees"), text="UNWIND range(1, 1000000000) AS n WITH sum(n % 7) AS sum RETURN sum, $run"
    )
    with pytest.raises(AnswerNotReached, match=r"no answer within 0.5 s: raise --timeout"):
        ask(planted, endless, {}, timeout_s=0.5)


def test_a_question_cannot_write(planted: Database) -> None:
    writing = replace(question_named("payees"), text="CREATE (:Run {number: $run + 100})")
    with pytest.raises(ClientError, match="read access mode"):
        ask(planted, writing, {})


def test_a_question_is_asked_anew_when_another_run_became_current(
    changed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import graphfraud.neo4j.ask as asking  # noqa: PLC0415 - to replace a part of it

    checked = asking.unknown_id
    switches = iter([PENDING])

    def switched(*arguments: Any) -> UnknownId | None:
        for number in switches:
            says(changed, current=number, previous=CURRENT)
        return checked(*arguments)

    monkeypatch.setattr(asking, "unknown_id", switched)
    answer = ask(changed, question_named("riskiest-rings"), values("riskiest-rings"))
    assert answer.run.number == PENDING
    assert [row["risk"] for row in answer.plain_rows] == [0.999, 0.1]


def test_a_database_that_keeps_changing_is_given_up(changed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    import graphfraud.neo4j.ask as asking  # noqa: PLC0415 - to replace a part of it

    turns = iter([PENDING, CURRENT] * 5)
    monkeypatch.setattr(asking, "unknown_id", lambda *_: says(changed, current=next(turns)))
    with pytest.raises(AnswerNotReached, match="another run became current each time"):
        ask(changed, question_named("payees"), values("payees"))


@pytest.mark.parametrize(
    "value", ["it's", "a\\b", "\\u0027", "\\\\u0027'", "a\nb\x1b\u202e", "\U000e0041", "Þór 🎵", "", 0.1, 7]
)
def test_a_pasted_value_is_read_as_it_was(planted: Database, value: object) -> None:
    with planted.session() as session:
        found = session.run(f"RETURN {literal(value)} AS value").single()
    assert found is not None
    assert found["value"] == value


def test_what_is_pasted_in_browser_names_every_parameter(planted: Database) -> None:
    asked = values("ring-members", f"ring_id={RING}")
    text = pasteable(question_named("ring-members"), asked, answering_run(planted))
    params = [line for line in text.splitlines() if line.startswith(":param")]
    assert params == [
        ":param run => 3;",
        ":param previous => 2;",
        f":param ring_id => '{RING}';",
        ":param limit => 100;",
    ]
    assert text.endswith("LIMIT $limit;")
