"""Kill -9 at any step of a build or a snapshot, twice, then a whole run: the same as one that nothing stopped."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from conftest import Graphfraud, Tables, write_feed

BUILD_STEPS = (
    "build: locked",
    "build: files staged",
    "build: partition written",
    "build: partition written#9",
    "build: tables merged",
    "build: quarantine written",
    "store: before it takes its place",
    "store: after it took its place",
)
SNAPSHOT_STEPS = (
    "snapshot: rows admitted",
    "snapshot: graph written",
    "graph: before it takes its place",
    "graph: after it took its place",
)


def command(*arguments: str | Path, killed_at: str = "") -> int:
    """The exit code of a command of its own process; minus the signal where it was killed."""
    environment = {**os.environ, "GRAPHFRAUD_FAILPOINT": killed_at}
    done = subprocess.run(
        [sys.executable, "-m", "graphfraud", *map(str, arguments)], env=environment, capture_output=True, check=False
    )
    return done.returncode


def digest(folder: Path) -> str:
    return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["digest"])


@pytest.fixture
def feed(tmp_path: Path, tables: Tables) -> Path:
    """A feed of two files of streams, of which one names a track that comes later."""
    streams = tables.pop("streams")
    feed = write_feed(tmp_path / "feed", tables)
    (feed / "streams").mkdir()
    streams.head(500).with_columns(
        track_id=pl.when(pl.col("stream_id") == "s-0003").then(pl.lit("later")).otherwise("track_id")
    ).write_parquet(feed / "streams" / "1.parquet")
    streams.tail(500).write_parquet(feed / "streams" / "2.parquet")
    return feed


def second_delivery(feed: Path) -> None:
    """A track that was waited for, a late file, an erasure."""
    (feed / "tracks").mkdir()
    tracks = pl.read_parquet(feed / "tracks.parquet").head(1)
    tracks.with_columns(track_id=pl.lit("later")).write_parquet(feed / "tracks" / "2.parquet")
    late = (
        pl.read_parquet(feed / "streams" / "1.parquet")
        .head(40)
        .with_columns(pl.lit("late-").add(pl.col("stream_id")).alias("stream_id"))
    )
    late.write_parquet(feed / "streams" / "3.parquet")
    gone = tracks.select(subject_kind=pl.lit("listener"), subject_id=pl.lit("lis-11"), at=pl.col("uploaded_at"))
    gone.write_parquet(feed / "erasures.parquet")


@pytest.mark.parametrize("step", BUILD_STEPS)
def test_a_build_killed_twice_ends_as_one_that_was_not(
    graphfraud: Graphfraud, tmp_path: Path, feed: Path, step: str
) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for prepare in (lambda: None, lambda: second_delivery(feed)):
        prepare()
        assert graphfraud("build", feed, "--store", whole).code == 0
        for _ in range(2):
            assert command("build", feed, "--store", killed, killed_at=step) in {-signal.SIGKILL, 0}
        assert graphfraud("build", feed, "--store", killed).code == 0
        assert digest(killed) == digest(whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".killed.lock",
        ".whole.lock",
        "feed",
        "killed",
        "whole",
    ]
    tables = [sorted(path.relative_to(folder) for path in folder.rglob("*.parquet")) for folder in (killed, whole)]
    assert tables[0] == tables[1]


def test_every_step_of_a_build_is_passed(tmp_path: Path, feed: Path) -> None:
    for n, step in enumerate(BUILD_STEPS):
        assert command("build", feed, "--store", tmp_path / f"store-{n}", killed_at=step) == -signal.SIGKILL


@pytest.mark.parametrize("step", SNAPSHOT_STEPS)
def test_a_snapshot_killed_twice_ends_as_one_that_was_not(
    graphfraud: Graphfraud, tmp_path: Path, feed: Path, step: str
) -> None:
    store, killed, whole = (tmp_path / name for name in ("store", "killed", "whole"))
    assert graphfraud("build", feed, "--store", store).code == 0
    assert graphfraud("snapshot", store, "--out", whole).code == 0
    for _ in range(2):
        assert command("snapshot", store, "--out", killed, "--replace", killed_at=step) == -signal.SIGKILL
    assert graphfraud("snapshot", store, "--out", killed, "--replace").code == 0
    assert digest(killed) == digest(whole)
    left = {path.name for path in tmp_path.iterdir()} - {"feed", "store", "killed", "whole", ".store.lock"}
    assert all(name.startswith(".store.partial-reader") for name in left), "the next build removes these"
    (feed / "streams" / "4.parquet").write_bytes((feed / "streams" / "1.parquet").read_bytes())
    assert graphfraud("build", feed, "--store", store).code == 0
    assert not list(tmp_path.glob(".*partial*"))


def test_a_run_that_keeps_a_store_judges_as_one_that_keeps_none(
    graphfraud: Graphfraud, tmp_path: Path, feed: Path
) -> None:
    store = tmp_path / "store"
    assert command(
        "run", feed, "--out", tmp_path / "killed", "--store", store, killed_at="run: before it takes its place"
    ) == (-signal.SIGKILL)
    second_delivery(feed)
    for out, options in (("kept", ["--store", store]), ("alone", [])):
        answer = graphfraud("run", feed, "--out", tmp_path / out, *options)
        assert answer.code == 0, answer.error
    kept, alone = (
        json.loads((tmp_path / out / "manifest.json").read_text(encoding="utf-8"))["identity"]
        for out in ("kept", "alone")
    )
    assert kept == alone
    assert graphfraud("snapshot", store, "--out", tmp_path / "graph").code == 0
    assert digest(tmp_path / "graph") == alone["tables"]["graph"]
