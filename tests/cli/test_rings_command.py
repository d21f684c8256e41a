import json
from pathlib import Path

import networkx as nx
import pytest
from conftest import Graphfraud
from ringed_run import HOSTILE, ring_name, ringed_tables, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", ringed_tables(5))


def listed(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if line.startswith("ring-")]


def test_rings_are_listed_the_riskiest_first_with_what_speaks_loudest(graphfraud: Graphfraud, run: Path) -> None:
    answer = graphfraud("rings", run)
    assert answer.code == 0
    assert listed(answer.out) == [ring_name(n) for n in range(5)]
    first = next(line for line in answer.out.splitlines() if line.startswith(ring_name(0)))
    assert first.split()[1:7] == ["stream", "0.9990", "2", "8", "30", "600"]
    assert "closed audience, spread of effort" in first


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("--kind", "upload"), [1, 3]),
        (("--min-risk", "0.95"), [0, 1, 2]),
        (("--member", "lis-002-003"), [2]),
        (("--member", "hit-4"), [4]),
        (("--member", "who"), []),
        (("--kind", "stream", "--min-risk", "0.95", "--limit", "1"), [0]),
    ],
)
def test_rings_are_filtered(graphfraud: Graphfraud, run: Path, asked: tuple[str, ...], found: list[int]) -> None:
    answer = graphfraud("rings", run, *asked)
    assert answer.code == 0
    assert listed(answer.out) == [ring_name(n) for n in found]
    if not found:
        assert answer.out.strip() == "no ring fits"
    if "--limit" in asked:
        assert "and 1 more: raise --limit" in answer.out


def test_one_ring_is_shown_with_its_evidence_and_members(graphfraud: Graphfraud, run: Path) -> None:
    answer = graphfraud("rings", run, ring_name(0), "--limit", "5")
    assert answer.code == 0
    assert f"stream ring {ring_name(0)}, risk 0.9990" in answer.out
    assert "closed audience: what closure says, in words" in answer.out
    assert "600 are withheld, 1.80 EUR" in answer.out
    assert "acc-000-1" in answer.out
    assert "and 25 more listeners: raise --limit" in answer.out
    assert all(len(line) <= 120 for line in answer.out.splitlines())


def test_a_ring_that_does_not_exist_is_named_with_the_nearest(graphfraud: Graphfraud, run: Path) -> None:
    answer = graphfraud("rings", run, "ring-000000000000000f")
    assert answer.code == 2
    assert answer.last_error.startswith("error: ring 'ring-000000000000000f' is not in this run: did you mean 'ring-")
    answer = graphfraud("rings", run, "xyz")
    assert answer.code == 2
    assert answer.last_error == "error: ring 'xyz' is not in this run: list them with `graphfraud rings RUN`"


def test_json_holds_all_that_is_told_whatever_the_limit(graphfraud: Graphfraud, run: Path) -> None:
    rings = json.loads(graphfraud("rings", run, "--json", "--limit", "1").out)
    assert [ring["ring_id"] for ring in rings] == [ring_name(n) for n in range(5)]
    first = rings[0]
    assert first["first_seen"] == "2026-10-09T00:00:00+00:00"
    assert first["months"][0]["month"] == "2026-10-01"
    assert {kind: len(rows) for kind, rows in first["members"].items()} == {"account": 2, "track": 9, "listener": 30}
    assert first["members"]["listener"][0]["role"] == "bot"
    assert {"ties", "start_log_odds"} <= set(first)
    assert {"measure", "value", "expected", "log_odds", "sentence"} <= set(first["evidence"][0])
    (one,) = json.loads(graphfraud("rings", run, ring_name(3), "--json").out)
    assert one["ring_id"] == ring_name(3)


def test_graphml_is_written_beside_whatever_is_asked(graphfraud: Graphfraud, run: Path, tmp_path: Path) -> None:
    path = tmp_path / "rings.graphml"
    answer = graphfraud("rings", run, ring_name(0), "--graphml", path)
    assert answer.code == 0
    assert f"written to {path}" in answer.error
    assert nx.read_graphml(path).number_of_nodes() > 40
    assert graphfraud("rings", run, "--graphml", tmp_path / "no" / "such" / "folder.graphml").code == 4


def test_the_run_itself_is_never_overwritten(graphfraud: Graphfraud, run: Path) -> None:
    answer = graphfraud("rings", run, "--graphml", run / "rings.parquet")
    assert (answer.code, "lies within the run" in answer.last_error) == (2, True)
    assert graphfraud("rings", run).code == 0


def test_a_narrow_terminal_cuts_no_ring_id(graphfraud: Graphfraud, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphfraud.cli.printing.PIPED_WIDTH", 40)
    assert listed(graphfraud("rings", run).out) == [ring_name(n) for n in range(5)]
    assert "closure" in graphfraud("rings", run, ring_name(0)).out


def test_a_hostile_title_reaches_no_terminal_as_a_command(graphfraud: Graphfraud, tmp_path: Path) -> None:
    title = HOSTILE + "\x1b]0;taken\x07 [bold red]styled[/]"
    run = write_run(tmp_path / "run", ringed_tables(1, title=title))
    answer = graphfraud("rings", run, ring_name(0))
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert "\x07" not in answer.out


def test_a_run_without_rings_has_none_to_list(graphfraud: Graphfraud, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ringed_tables(0))
    assert graphfraud("rings", run).out.strip() == "no ring is reported: --suspected shows what was suspected"
    assert json.loads(graphfraud("rings", run, "--json").out) == []


def test_what_was_suspected_is_shown_when_asked_for(graphfraud: Graphfraud, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ringed_tables(1, suspected_count=2))
    assert listed(graphfraud("rings", run).out) == [ring_name(0)]
    assert listed(graphfraud("rings", run, "--suspected").out) == [ring_name(n) for n in range(3)]
    assert graphfraud("rings", run, ring_name(2)).code == 2
    assert "acc-002-1" in graphfraud("rings", run, ring_name(2), "--suspected").out


def test_one_ring_is_not_filtered(graphfraud: Graphfraud, run: Path) -> None:
    answer = graphfraud("rings", run, ring_name(0), "--min-risk", "0.5")
    assert (answer.code, "names one ring" in answer.last_error) == (2, True)


def test_what_is_no_run_or_a_damaged_one_is_refused(graphfraud: Graphfraud, run: Path, tmp_path: Path) -> None:
    answer = graphfraud("rings", tmp_path)
    assert (answer.code, "no run is here" in answer.last_error) == (2, True)
    (run / "rings.parquet").write_bytes(b"PAR1")
    answer = graphfraud("rings", run)
    assert (answer.code, "the run is damaged" in answer.last_error) == (3, True)
