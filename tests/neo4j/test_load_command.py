"""`graphfraud neo4j load` as its user meets it: two runs of a feed into a real database, and all that can stop them."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import Answer, Graphfraud
from loaded_run import DAYS, FIRST_RING, SECOND_RING, write_rich_feed, write_run
from projected_world import projected_world

from graphfraud.graph.snapshot import read_graph
from graphfraud.neo4j.connection import connected
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.loading import writing
from graphfraud.neo4j.loading.first import _singles
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.loading.update import update
from graphfraud.neo4j.projection.projected import projection
from graphfraud.neo4j.schema import empty, prepare
from graphfraud.neo4j.server.local import LocalServer
from graphfraud.neo4j.server.settings import any_free_port, is_free

pytestmark = pytest.mark.xdist_group("neo4j")

LABELS = {"account": "Account", "track": "Track", "listener": "Listener"}
MEANS = {"device": "Device", "address": "Address", "plan_group": "PlanGroup", "payee": "Payee"}
SECRET = "not-the-password-it-has"  # noqa: S105 - it is not
Loaded = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Runs:
    """Two runs of one feed, the second some days after the first."""

    old: Path
    new: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("runs")
    feed = write_rich_feed(folder / "feed")
    old = write_run(feed, folder / "old", day=DAYS[0], rings=(FIRST_RING,))
    return Runs(old, write_run(feed, folder / "new", day=DAYS[1], rings=(FIRST_RING, SECOND_RING)))


def command(*arguments: str | Path, killed_at: str = "") -> Loaded:
    """The exit code of a command of its own process, minus the signal where it was killed, and all that it said."""
    environment = os.environ | {"GRAPHFRAUD_FAILPOINT": killed_at}
    called = [sys.executable, "-m", "graphfraud", "neo4j", *map(str, arguments)]
    done = subprocess.run(called, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def run_id(run: Path) -> str:
    identity = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["identity"]
    return sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def table(run: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(run / f"{name}.parquet")


def counts_of(run: Path) -> Counter[str]:
    """How many nodes and relationships the tables and the graph of a run make."""
    graph, accounts = read_graph(run / "graph"), table(run, "subjects/accounts")
    counts = Counter({label: table(run, f"subjects/{kind}s").height for kind, label in LABELS.items()})
    counts.update(MEANS[one.split(":")[0]] for one in graph.nodes["mean"].ids() if not one.startswith("payee:"))
    payees = accounts["payee_hash"].drop_nulls()
    means = graph.nodes["mean"].ids()
    of_payees = sum(means[ix].startswith("payee:") for ix in graph.edges["account_used"].target_ix.tolist())
    uses = graph.edges["account_used"].count + graph.edges["listener_used"].count
    return counts + Counter(
        {
            "Payee": payees.n_unique(),
            "PAID_OUT_TO": len(payees),
            "USED": uses - of_payees,
            "Release": graph.nodes["release"].count,
            "Ring": table(run, "rings").height,
            "SOUNDS_LIKE": table(run, "audio/twins").height,
            "HAS_MEMBER": table(run, "ring_members").height,
            "JUDGED": table(run, "scores").height,
            "PAYS": payees.n_unique(),
            **{name: graph.edges[name.lower()].count for name in ("UPLOADED", "RELEASED", "STREAMED")},
        }
    )


def counts_in(database: Database) -> Counter[str]:
    """How many nodes and facts the database holds in all, and how many judgements of the current run."""
    nodes = database.read("MATCH (n) WHERE NOT n:Run AND NOT n:Database AND NOT n:Ring RETURN labels(n)")
    rings = database.read("MATCH (d:Database) MATCH (r:Ring {run: d.current}) RETURN r.ring_id")
    held = database.read(
        "MATCH (d:Database) MATCH ()-[r]->() WHERE r.run = d.current OR r.run IS NULL RETURN type(r), count(*)"
    )
    labels = Counter(label for row in nodes for label in row[0] if label != "Means")
    return labels + Counter({"Ring": len(rings)}) + Counter({row[0]: row[1] for row in held})


def asked(graphfraud: Graphfraud) -> tuple[str, list[str]]:
    """The run that a question is answered from, and its rings."""
    answer = graphfraud("neo4j", "ask", "riskiest-rings", "--json")
    assert answer.code == 0, answer.error
    told = json.loads(answer.out)
    return told["run"]["run_id"], [row["ring_id"] for row in told["rows"]]


def loaded(graphfraud: Graphfraud, run: Path, *options: str) -> Answer:
    answer = graphfraud("neo4j", "load", run, *options)
    assert answer.code == 0, answer.error
    return answer


@dataclass(frozen=True, slots=True)
class FirstLoad:
    """A first load that was killed twice, and then was not."""

    killed: list[int]
    told_between: Loaded
    left_by_the_killed: list[Path]
    told: Loaded
    left: list[Path]
    values: dict[str, Any]


VALUES = {
    "tracks": "MATCH (t:Track) RETURN t.track_id, t.title",
    "risks": "MATCH (:Run {current: true})-[j:JUDGED]->(n) "
    "RETURN coalesce(n.account_id, n.track_id, n.listener_id), j.risk, j.reasons",
    "hours": "MATCH (l:Listener)-[s:STREAMED]->(t:Track) RETURN l.listener_id, t.track_id, s.hour_plays",
    "rings": "MATCH (r:Ring) RETURN r.ring_id, r.risk, r.sentences",
}


@pytest.fixture(scope="module")
def first(local_server: LocalServer, runs: Runs) -> FirstLoad:
    local_server.start()
    home = local_server.home.folder
    with database_of(local_server) as database:
        empty(database)
    killed = [command("load", runs.old, killed_at=step)[0] for step in ("neo4j: before import", "neo4j: imported")]
    of_the_killed = list(home.glob(".csv.*"))
    between = command("ask", "riskiest-rings")
    answer = command("load", runs.old)
    with database_of(local_server) as database:
        values = {name: list(map(tuple, database.read(query))) for name, query in VALUES.items()}
        values["counts"] = counts_in(database)
    return FirstLoad(killed, between, of_the_killed, answer, list(home.glob(".csv.*")), values)


@pytest.fixture
def database(local_server: LocalServer, first: FirstLoad, runs: Runs, graphfraud: Graphfraud) -> Iterator[Database]:
    """The database with the old run in it."""
    assert first.killed
    loaded(graphfraud, runs.old)
    with database_of(local_server) as database:
        yield database


@contextmanager
def database_of(server: LocalServer) -> Iterator[Database]:
    with connected(server.login) as driver:
        yield Database(driver, server.login.database)


def test_a_first_load_that_was_killed_is_done_over_although_it_left_the_server_stopped(
    first: FirstLoad, runs: Runs
) -> None:
    assert first.killed == [-signal.SIGKILL] * 2
    code, said = first.told
    assert code == 0, said
    assert f"holds run {run_id(runs.old)}" in said
    assert "first load" in said
    assert first.values["counts"] == counts_of(runs.old)


def test_questions_are_refused_while_nothing_is_loaded(first: FirstLoad, runs: Runs) -> None:
    code, said = first.told_between
    assert code == 4
    assert "no graph database answers" in said
    whole = projection(runs.old)
    run, database = (rows.row(0, named=True) for _, rows in _singles(whole))
    assert (run["current"], run["state"]) == (False, "loading"), "current only once it has its indexes"
    assert "current" not in database


def test_files_that_a_killed_load_left_are_removed_by_the_next(first: FirstLoad) -> None:
    assert len(first.left_by_the_killed) == 1
    assert first.left == []


def test_a_first_load_brings_every_value_as_the_run_has_it(first: FirstLoad, runs: Runs) -> None:
    tracks = table(runs.old, "subjects/tracks").select("track_id", "title")
    assert set(first.values["tracks"]) == set(tracks.iter_rows())
    scores = table(runs.old, "scores").select("subject_id", "risk", "reasons")
    risks = {name: (risk.hex(), reasons or []) for name, risk, reasons in first.values["risks"]}
    assert risks == {name: (risk.hex(), reasons) for name, risk, reasons in scores.iter_rows()}
    hours = table(runs.old, "plays_by_hour").select("listener_id", "track_id", "hour_plays")
    assert {(one, track): list(plays) for one, track, plays in first.values["hours"]} == {
        (one, track): plays for one, track, plays in hours.iter_rows()
    }
    assert first.values["rings"] == [(FIRST_RING, 0.1 + 0.7, ['they "play" alone', "at home; mostly"])]


def test_the_second_run_takes_the_place_of_the_first(database: Database, runs: Runs, graphfraud: Graphfraud) -> None:
    assert asked(graphfraud) == (run_id(runs.old), [FIRST_RING])
    assert counts_of(runs.old) != counts_of(runs.new)
    out = loaded(graphfraud, runs.new).out
    assert f"holds run {run_id(runs.new)}, as of 2026-09-12T00:00:00Z: update" in out
    assert "1 Account created, 1 Track created" in out
    assert counts_in(database) == counts_of(runs.new)
    assert asked(graphfraud) == (run_id(runs.new), [FIRST_RING, SECOND_RING])


def test_the_same_run_again_changes_nothing(database: Database, runs: Runs, graphfraud: Graphfraud) -> None:
    everything = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN elementId(n), elementId(r), properties(r)"
    before = sorted(map(repr, database.read(everything)))
    assert "changed: nothing\n" in loaded(graphfraud, runs.old).out
    assert sorted(map(repr, database.read(everything))) == before


@pytest.mark.parametrize(
    ("step", "answers"),
    [
        ("neo4j: batch written", "old"),
        ("neo4j: batch written#6", "old"),
        ("neo4j: before the switch", "old"),
        ("neo4j: switched", "new"),
    ],
)
def test_killed_anywhere_questions_are_answered_from_one_run_whole_and_the_same_command_goes_on(
    database: Database, runs: Runs, graphfraud: Graphfraud, step: str, answers: str
) -> None:
    assert command("load", runs.new, killed_at=step)[0] == -signal.SIGKILL
    assert asked(graphfraud)[0] == run_id(getattr(runs, answers))
    loaded(graphfraud, runs.new)
    assert asked(graphfraud) == (run_id(runs.new), [FIRST_RING, SECOND_RING])
    assert counts_in(database) == counts_of(runs.new)


@pytest.mark.usefixtures("database")
def test_a_load_waits_for_a_server_that_was_killed_and_goes_on(
    local_server: LocalServer, runs: Runs, graphfraud: Graphfraud, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = threading.Thread(target=local_server.start)
    monkeypatch.setattr(writing, "failpoint", once_at(3, lambda: kill(local_server, started)))
    answer = loaded(graphfraud, runs.new)
    started.join()
    assert "waiting for it, 120 s at most" in answer.error
    assert asked(graphfraud)[0] == run_id(runs.new)
    with database_of(local_server) as again:
        assert counts_in(again) == counts_of(runs.new)


def once_at(passing: int, act: Callable[[], None]) -> Callable[[str], None]:
    """Acts when a step is passed for the so-manieth time."""
    passed: list[str] = []

    def pass_(step: str) -> None:
        passed.append(step)
        if len(passed) == passing:
            act()

    return pass_


def kill(server: LocalServer, then: threading.Thread) -> None:
    os.kill(int(server.home.pid_file.read_text(encoding="ascii")), signal.SIGKILL)
    ports = server.home.ports
    assert ports is not None
    while server.is_running or not (
        is_free(ports.bolt) and is_free(ports.http)
    ):  # its sockets outlive its command line
        time.sleep(0.01)
    then.start()


def test_a_folder_that_is_no_run_or_lacks_what_is_loaded_is_refused(
    runs: Runs, graphfraud: Graphfraud, tmp_path: Path
) -> None:
    nothing = graphfraud("neo4j", "load", tmp_path)
    assert (nothing.code, nothing.last_error.count("no run is here")) == (2, 1)
    older = shutil.copytree(runs.old, tmp_path / "older")
    (older / "subjects" / "accounts.parquet").unlink()
    lacking = graphfraud("neo4j", "load", older)
    assert lacking.code == 3
    assert "accounts.parquet: missing from the run: make it again with `graphfraud run`" in lacking.last_error


def test_a_database_with_nodes_of_somebody_else_is_left_alone(
    database: Database, runs: Runs, graphfraud: Graphfraud
) -> None:
    database.write("CREATE (:Customer {name: 'a private one'})")
    refused = graphfraud("neo4j", "load", runs.new)
    database.write("MATCH (c:Customer) DELETE c")
    assert refused.code == 4
    assert re.search(r"1 of its [\d,]+ nodes are not graphfraud's: .*--replace", refused.last_error)
    assert "private" not in refused.out + refused.error
    assert counts_in(database) == counts_of(runs.old)


def test_another_platform_is_written_over_only_when_that_is_asked_for(
    database: Database, runs: Runs, graphfraud: Graphfraud
) -> None:
    empty(database)
    prepare(database)
    update(database, projected_world("other", {("stranger", "x-song"): 1}), LoadProgress())
    refused = graphfraud("neo4j", "load", runs.old)
    assert refused.code == 4
    assert "it holds another platform: of 1 of its accounts 0 are the run's" in refused.last_error
    assert "stranger" not in refused.error
    assert "update" in loaded(graphfraud, runs.old, "--replace", "--online").out
    assert counts_in(database) == counts_of(runs.old)
    assert asked(graphfraud) == (run_id(runs.old), [FIRST_RING])


def test_a_wrong_password_is_refused_in_one_line_without_it(
    local_server: LocalServer, runs: Runs, graphfraud: Graphfraud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_URI", local_server.login.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    refused = graphfraud("neo4j", "load", runs.old)
    assert refused.code == 4
    assert "user 'neo4j' is refused: the password comes from NEO4J_PASSWORD" in refused.last_error
    assert SECRET not in refused.out + refused.error


def test_a_server_that_was_never_there_is_not_waited_for(
    runs: Runs, graphfraud: Graphfraud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_URI", f"bolt://127.0.0.1:{any_free_port()}")
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    away = graphfraud("neo4j", "load", runs.old)
    assert away.code == 4
    assert "no graph database answers: start one with `make neo4j`" in away.last_error
    assert "waiting" not in away.error
    assert SECRET not in away.out + away.error
