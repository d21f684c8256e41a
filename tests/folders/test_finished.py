import json
from pathlib import Path

import polars as pl
import pytest
from ringed_run import ringed_tables, write_run

from graphfraud.errors import GraphfraudError, InputRefused, UsageError
from graphfraud.folders.finished import finished_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", ringed_tables(1))


def test_every_table_is_read_as_it_was_written(run: Path) -> None:
    for name, rows in ringed_tables(1).items():
        assert finished_run(run).table(name).equals(rows)
        assert finished_run(run).scan(name).collect().equals(rows)


def test_a_table_of_other_values_is_refused(run: Path) -> None:
    scores = pl.read_parquet(run / "scores.parquet")
    scores.with_columns(risk=pl.col("risk") / 2).write_parquet(run / "scores.parquet")
    for read in (finished_run(run).table, finished_run(run).scan):
        with pytest.raises(InputRefused, match=r"scores\.parquet: the run is damaged: the table is not the one"):
            read("scores")


@pytest.mark.parametrize("kept_share", [0.0, 0.5, 0.99])
def test_half_a_file_is_refused(run: Path, kept_share: float) -> None:
    whole = (run / "rings.parquet").read_bytes()
    (run / "rings.parquet").write_bytes(whole[: int(len(whole) * kept_share)])
    for read in (finished_run(run).table, finished_run(run).scan):
        with pytest.raises(InputRefused, match=r"rings\.parquet: the run is damaged: this is no whole Parquet file"):
            read("rings")


def test_a_missing_table_is_named(run: Path) -> None:
    (run / "rings" / "hours.parquet").unlink()
    for read in (finished_run(run).table, finished_run(run).scan):
        with pytest.raises(InputRefused, match=r"hours\.parquet: missing from the run: make it again"):
            read("rings/hours")


@pytest.mark.parametrize(
    ("manifest", "refusal", "told"),
    [
        ("{", InputRefused, "damaged: not JSON"),
        ('"a text"', InputRefused, "does not say its format"),
        ('{"format": 1, "kind": "run"}', InputRefused, "does not say what it wrote"),
        ('{"format": 1, "kind": "run", "identity": {"tables": []}, "measured": {}}', InputRefused, "what it wrote"),
        ('{"format": 2, "kind": "run"}', UsageError, "format 2, this release reads up to 1"),
        ('{"format": 1, "kind": "graph"}', UsageError, "this is a graph, not a run"),
    ],
)
def test_a_manifest_that_does_not_describe_a_run_is_refused(
    run: Path, manifest: str, refusal: type[GraphfraudError], told: str
) -> None:
    (run / "manifest.json").write_text(manifest)
    with pytest.raises(refusal, match=told):
        finished_run(run)


def test_a_manifest_that_was_written_into_is_not_believed(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["identity"]["tables"]["scores"] = "0" * 64
    (run / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputRefused, match="damaged"):
        finished_run(run).table("scores")


def test_where_no_run_is_the_command_that_makes_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run is here: give the folder that `graphfraud run FEED --out RUN` wrote"):
        finished_run(tmp_path)
