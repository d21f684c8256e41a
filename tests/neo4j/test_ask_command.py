"""`graphfraud neo4j ask` as its user meets it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from asked_world import OTHER_RING, RING, plant
from conftest import Graphfraud
from neo4j import Driver

from graphfraud.cli.neo4j import connecting
from graphfraud.neo4j.asking.questions import questions
from graphfraud.neo4j.database import Database

SAID = "run 0000000000000003, as of 2026-10-01 00:00 UTC"


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def refused() -> Iterator[Database]:
        raise AssertionError("asked for the database")
        yield

    monkeypatch.setattr(connecting, "connected_database", refused)


@pytest.fixture(scope="module")
def planted(driver: Driver) -> Database:
    plant(driver)
    return Database(driver)


@pytest.fixture
def database(planted: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def connected() -> Iterator[Database]:
        yield planted

    monkeypatch.setattr(connecting, "connected_database", connected)


@pytest.mark.usefixtures("no_database")
def test_questions_are_listed_with_what_they_take(graphfraud: Graphfraud) -> None:
    answer = graphfraud("neo4j", "ask")
    assert answer.code == 0
    assert all(name in answer.out for name in questions())
    assert "kind=any (any|stream|upload)" in answer.out
    assert "ring_id=STRING  id of the ring" in answer.out


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ring-member"], "question 'ring-member': there is no such question: did you mean 'ring-members'?"),
        (["ring-members"], "give ring_id=...: id of the ring"),
        (["ring-members", "ring_id=a", "limit=x"], "limit='x': write a whole number"),
        (["--json"], "name a question"),
    ],
)
def test_what_cannot_be_asked_is_told_before_the_database_is(
    graphfraud: Graphfraud, arguments: list[str], told: str
) -> None:
    answer = graphfraud("neo4j", "ask", *arguments)
    assert answer.code == 2
    assert told in answer.last_error


@pytest.mark.xdist_group("neo4j")
@pytest.mark.usefixtures("database")
def test_the_first_line_says_from_which_run_the_answer_is(graphfraud: Graphfraud) -> None:
    answer = graphfraud("neo4j", "ask", "ring-members", f"ring_id={RING}")
    assert answer.code == 0
    first, _, *rows = answer.out.splitlines()
    assert first == f"Members of a ring and their roles: {SAID}"
    assert len(rows) == 11
    assert "\x1b" not in answer.out
    compared = graphfraud("neo4j", "ask", "new-rings").out.splitlines()[0]
    assert compared.endswith(f"{SAID}, the run before it is 0000000000000002")


@pytest.mark.xdist_group("neo4j")
@pytest.mark.usefixtures("database")
def test_json_holds_rows_with_instants(graphfraud: Graphfraud) -> None:
    told = json.loads(graphfraud("neo4j", "ask", "new-rings", "--json").out)
    which = {"run_id": f"{3:016x}", "as_of": "2026-10-01T00:00:00+00:00", "number": 3}
    assert told["run"] == which | {"is_partial": False}
    assert [(row["ring_id"], row["first_seen"]) for row in told["rows"]] == [(OTHER_RING, "2026-09-01T00:00:00+00:00")]


@pytest.mark.xdist_group("neo4j")
@pytest.mark.usefixtures("database")
def test_nothing_fits_is_no_error_and_an_unknown_id_is(graphfraud: Graphfraud) -> None:
    nothing = graphfraud("neo4j", "ask", "rings-of", "subject_id=acc-lone")
    assert (nothing.code, nothing.out.splitlines()[1]) == (0, "nothing fits")
    unknown = graphfraud("neo4j", "ask", "rings-of", "subject_id=acc-\x1b[31m")
    assert unknown.code == 2
    assert "knows no account, track or listener 'acc-\\x1b[31m'" in unknown.last_error


@pytest.mark.xdist_group("neo4j")
@pytest.mark.usefixtures("database")
def test_a_graph_is_printed_and_drawn(graphfraud: Graphfraud, tmp_path: Path) -> None:
    page = tmp_path / "ring.html"
    answer = graphfraud("neo4j", "ask", "ring-picture", f"ring_id={RING}", "--html", page)
    assert answer.code == 0
    assert "SOUNDS_LIKE" in answer.out
    drawn = page.read_text(encoding="utf-8")
    assert drawn.count('class="node"') == 12
    assert "<script" not in drawn
    ways = graphfraud("neo4j", "ask", "suspicious-path", "account_id=acc-op", "other_account_id=acc-two")
    assert "acc-op -[PAID_OUT_TO]- payee:p1 -[PAID_OUT_TO]- acc-two" in ways.out


@pytest.mark.xdist_group("neo4j")
@pytest.mark.usefixtures("database")
def test_what_is_no_graph_is_not_drawn(graphfraud: Graphfraud, tmp_path: Path) -> None:
    page = tmp_path / "ring.html"
    answer = graphfraud("neo4j", "ask", "payees", "--html", page)
    assert answer.code == 2
    assert "holds nothing to draw" in answer.last_error
    assert not page.exists()
    lost = graphfraud("neo4j", "ask", "ring-picture", f"ring_id={RING}", "--html", tmp_path / "no" / "ring.html")
    assert lost.code == 4


@pytest.mark.xdist_group("neo4j")
@pytest.mark.usefixtures("database")
def test_cypher_is_printed_with_its_parameters(graphfraud: Graphfraud) -> None:
    out = graphfraud("neo4j", "ask", "ring-members", f"ring_id={RING}", "--cypher").out
    assert out.startswith(":param run => 3;\n")
    assert "MATCH (:Ring {ring_id: $ring_id, run: $run})" in out


def test_the_style_sheet_has_a_rule_for_all_that_is_loaded(graphfraud: Graphfraud) -> None:
    from graphfraud.vocabulary.database import LABELS, RELATIONSHIP_TYPES  # noqa: PLC0415 - of this test alone

    sheet = graphfraud("neo4j", "style").out
    assert all(f"node.{label.name} {{" in sheet for label in LABELS)
    assert all(f"relationship.{type_.name} {{" in sheet for type_ in RELATIONSHIP_TYPES)
    assert sheet.count("{\n") == sheet.count("\n}")
