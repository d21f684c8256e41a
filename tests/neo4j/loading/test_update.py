"""What an update leaves in a real database, and what is seen of it while it is under way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from projected_world import DAY, HOSTILE_TITLE, SINCE, hour_plays, projected_world

from graphfraud.errors import EnvironmentFault
from graphfraud.errors.database import AnotherGraph, LoadBusy
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.loading import update as update_module
from graphfraud.neo4j.loading import writing as writing_module
from graphfraud.neo4j.loading.numbers import only_loader
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.loading.update import update
from graphfraud.neo4j.projection.projected import Projection
from graphfraud.neo4j.schema import prepare, refuse_foreign, refuse_other_platform

pytestmark = pytest.mark.xdist_group("neo4j")

FIRST = {("l1", "a1"): 1, ("l1", "b1"): 2, ("l2", "a1"): 3, ("l3", "b1"): 4}
SECOND = {("l1", "a1"): 1, ("l1", "b1"): 9, ("l2", "b2"): 3, ("l4", "b1"): 4}


@pytest.fixture
def database(empty_database: Database) -> Database:
    prepare(empty_database)
    return empty_database


def load(database: Database, projected: Projection) -> dict[str, int]:
    progress = LoadProgress()
    with progress:
        update(database, projected, progress)
    return progress.written


def current(database: Database) -> int:
    return int(database.one("MATCH (d:Database) RETURN d.current AS current")["current"])


def seen(database: Database) -> set[tuple[str, str, int]]:
    """What a question sees of who played what."""
    rows = database.read(
        "MATCH (d:Database) MATCH (a:Listener)-[s:STREAMED]->(b:Track) WHERE s.since <= d.current < s.until "
        "RETURN a.listener_id, b.track_id, s.plays"
    )
    return {tuple(row) for row in rows}


def judged(database: Database) -> set[tuple[str, float]]:
    rows = database.read(
        "MATCH (d:Database) MATCH (:Run {current: true})-[j:JUDGED]->(t:Track) WHERE j.run = d.current "
        "RETURN t.track_id, j.risk"
    )
    return {tuple(row) for row in rows}


def played(plays: dict[tuple[str, str], int]) -> set[tuple[str, str, int]]:
    return {(*pair, count) for pair, count in plays.items()}


def everything(database: Database) -> dict[str, int]:
    counts = database.read("MATCH (n) UNWIND labels(n) AS label RETURN label, count(*)")
    kinds = database.read("MATCH ()-[r]->() RETURN type(r), count(*)")
    return {row[0]: row[1] for row in [*counts, *kinds]}


@contextmanager
def stopped_at(step: str, times: int = 1) -> Iterator[None]:
    """The loader falls over at the given passing of a step, with nothing handled."""
    passed: list[str] = []

    def fall(reached: str) -> None:
        passed.append(reached)
        if passed.count(step) == times:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        for module in (update_module, writing_module):
            patch.setattr(module, "failpoint", fall)
        with pytest.raises(KeyboardInterrupt):
            yield


def test_values_arrive_as_they_are(database: Database) -> None:
    load(database, projected_world("one", FIRST, risks={"a1": 0.875}))
    track = database.one("MATCH (t:Track {track_id: 'a1'}) RETURN properties(t) AS said")["said"]
    assert track.pop("digest") >= 0
    assert track.pop("uploaded_at").to_native() == SINCE
    assert track == {"track_id": "a1", "title": HOSTILE_TITLE, "duration_ms": 1_000}
    play = database.one("MATCH (:Listener {listener_id: 'l2'})-[s:STREAMED]->() RETURN properties(s) AS said")["said"]
    assert play.pop("digest") >= 0
    assert (play.pop("first_on").to_native(), play.pop("last_on").to_native()) == (DAY, DAY)
    assert play == {"plays": 3, "just_paid_share": 3 / 7, "hour_plays": hour_plays(3), "since": 1, "until": 2147483647}
    said = database.one("MATCH (:Run)-[j:JUDGED]->(:Track {track_id: 'a1'}) RETURN properties(j) AS said")["said"]
    assert said.pop("label_decided_at").to_native() == SINCE
    assert said == {"run": 1, "risk": 0.875, "verdict": "allow", "reasons": ["one", "two"]}


def test_the_second_run_takes_the_place_of_the_first(database: Database) -> None:
    load(database, projected_world("one", FIRST, ring=("l1", "l2")))
    assert seen(database) == played(FIRST)
    written = load(database, projected_world("two", SECOND, risks={"b2": 0.9}, ring=("l1",)))
    assert seen(database) == played(SECOND)
    assert judged(database) == {("a1", 0.01), ("b1", 0.01), ("b2", 0.9)}
    assert written["STREAMED created"] == 3
    assert written["STREAMED ended"] == written["STREAMED removed"] == 3
    assert written["Listener removed"] == 1
    members = database.read("MATCH (r:Ring)-[m:HAS_MEMBER]->(l) RETURN r.run, l.listener_id, m.role")
    assert {tuple(row) for row in members} == {(1, "l1", "bot"), (1, "l2", "bot"), (2, "l1", "bot")}


def test_only_two_runs_are_kept(database: Database) -> None:
    for name in ("one", "two", "three"):
        load(database, projected_world(name, FIRST, ring=("l1",)))
    runs = database.read(
        "MATCH (r:Run) OPTIONAL MATCH (r)-[j:JUDGED]->() RETURN r.number, r.state, r.current, count(j)"
    )
    assert {tuple(row) for row in runs} == {(1, "retired", False, 0), (2, "loaded", False, 7), (3, "loaded", True, 7)}
    assert {row[0] for row in database.read("MATCH (r:Ring) RETURN r.run")} == {2, 3}


def test_the_same_run_again_changes_nothing(database: Database) -> None:
    load(database, projected_world("one", FIRST, ring=("l1",)))
    before = everything(database)
    assert load(database, projected_world("one", FIRST, ring=("l1",))) == {}
    assert everything(database) == before


def test_what_was_lost_is_put_back(database: Database) -> None:
    load(database, projected_world("one", FIRST))
    before = everything(database)
    database.write("MATCH (t:Track {track_id: 'a1'}) DETACH DELETE t")
    database.write("MATCH (:Listener {listener_id: 'l3'})-[s:STREAMED]->() DELETE s")
    load(database, projected_world("one", FIRST))
    assert seen(database) == played(FIRST)
    assert everything(database) == before


def test_a_title_that_was_corrected_changes_with_the_switch(database: Database) -> None:
    titles = "MATCH (t:Track) RETURN t.track_id, t.title"
    load(database, projected_world("one", FIRST, titles={"a1": "old", "b1": "same"}))
    with stopped_at("neo4j: before the switch"):
        load(database, projected_world("two", FIRST, titles={"a1": None, "b1": "same"}))
    assert {tuple(row) for row in database.read(titles)} == {("a1", "old"), ("b1", "same")}
    load(database, projected_world("two", FIRST, titles={"a1": None, "b1": "same"}))
    assert {tuple(row) for row in database.read(titles)} == {("a1", None), ("b1", "same")}


@pytest.mark.parametrize("times", range(1, 7))
def test_stopped_anywhere_the_old_run_is_seen_whole_and_the_same_command_goes_on(
    database: Database, times: int
) -> None:
    load(database, projected_world("one", FIRST, risks={"a1": 0.2}))
    with stopped_at("neo4j: batch written", times):
        load(database, projected_world("two", SECOND, risks={"a1": 0.7}, ring=("l1",)))
    assert seen(database) == played(FIRST)
    assert judged(database) == {("a1", 0.2), ("b1", 0.01)}
    load(database, projected_world("two", SECOND, risks={"a1": 0.7}, ring=("l1",)))
    assert current(database) == 2
    assert seen(database) == played(SECOND)
    counts = everything(database)
    assert counts["STREAMED"] == len(SECOND)
    assert counts["HAS_MEMBER"] == 1


def test_a_load_that_was_given_up_leaves_no_trace_in_the_next(database: Database) -> None:
    load(database, projected_world("one", FIRST))
    with stopped_at("neo4j: before the switch"):
        load(database, projected_world("given up", {("l9", "z9"): 1, ("l1", "a1"): 5}, ring=("l9",)))
    assert seen(database) == played(FIRST)
    load(database, projected_world("two", SECOND))
    assert seen(database) == played(SECOND)
    counts = everything(database)
    assert counts["STREAMED"] == len(SECOND)
    assert "Ring" not in counts
    assert {row[0] for row in database.read("MATCH (l:Listener) RETURN l.listener_id")} == {"l1", "l2", "l4"}


def test_going_back_to_the_current_run_after_giving_up_another(database: Database) -> None:
    load(database, projected_world("one", FIRST))
    with stopped_at("neo4j: before the switch"):
        load(database, projected_world("given up", SECOND))
    load(database, projected_world("one", FIRST))
    assert seen(database) == played(FIRST)
    assert everything(database)["STREAMED"] == len(FIRST)


def test_stopped_after_the_switch_the_new_run_is_seen_and_the_past_is_removed_later(database: Database) -> None:
    load(database, projected_world("one", FIRST))
    with stopped_at("neo4j: switched"):
        load(database, projected_world("two", SECOND))
    assert seen(database) == played(SECOND)
    load(database, projected_world("two", SECOND))
    counts = everything(database)
    assert counts["STREAMED"] == len(SECOND)
    assert counts["Listener"] == 3


def test_counts_that_differ_stop_the_switch(database: Database) -> None:
    load(database, projected_world("one", FIRST))
    database.write(
        "MATCH (a:Listener {listener_id: 'l1'}), (b:Track {track_id: 'a1'}) "
        "CREATE (a)-[:STREAMED {since: 1, until: 3, digest: 1}]->(b)"
    )
    with pytest.raises(EnvironmentFault, match=r"Listener STREAMED: the database holds 5, the run 4"):
        load(database, projected_world("two", FIRST))
    assert current(database) == 1


def test_two_loaders_do_not_write_at_once(database: Database) -> None:
    with only_loader(database), pytest.raises(LoadBusy, match="another load is writing"):
        load(database, projected_world("one", FIRST))
    load(database, projected_world("one", FIRST))


def test_what_others_keep_in_the_database_is_not_touched(database: Database) -> None:
    database.write("CREATE (:Customer {name: 'somebody'})")
    with pytest.raises(AnotherGraph, match=r"1 of its \d+ nodes are not graphfraud's"):
        refuse_foreign(database, "bolt://here")


def test_another_platform_is_not_written_over(database: Database) -> None:
    load(database, projected_world("one", FIRST))
    refuse_other_platform(database, projected_world("two", SECOND), "bolt://here")
    stranger: dict[tuple[str, str], int] = {("x1", "y1"): 1}
    with pytest.raises(AnotherGraph, match="another platform: of 2 of its accounts 0 are"):
        refuse_other_platform(database, projected_world("three", stranger), "bolt://here")


def test_another_schema_is_refused(database: Database) -> None:
    database.write("MATCH (d:Database) SET d.schema_version = 99")
    with pytest.raises(AnotherGraph, match="schema version 99"):
        refuse_foreign(database, "bolt://here")
