import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from graphfraud_features.pairs import spill, streamed
from graphfraud_features.pairs.streamed import write_streamed_pairs

KEYS = ["listener_id", "track_id"]
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WINDOW_MS = 5_000
SCHEMA = {
    "listener_id": pl.String,
    "track_id": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
    "played_ms": pl.Int64,
}

ids = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(["", "\0", "a", "a\0", "a\0\0"])
rows = st.tuples(
    ids,
    ids,
    st.timedeltas(timedelta(0), timedelta(days=20)).map(lambda after: MONDAY + after),
    st.sampled_from([0, 29_999, 30_000, 34_999, 35_000]),
)


def expected(events: pl.DataFrame) -> pl.DataFrame:
    at = pl.col("started_at")
    hour = ((at.dt.weekday().cast(pl.Int64) - 1) * 24 + at.dt.hour().cast(pl.Int64)).alias("hour")
    share = pl.col("len") / pl.col("len").sum()
    by_hour = events.group_by(*KEYS, hour).len().group_by(KEYS)
    totals = events.group_by(KEYS).agg(
        plays=pl.len().cast(pl.Int64),
        first_at=at.min(),
        last_at=at.max(),
        paid_window_share=pl.col("played_ms").is_between(30_000, 30_000 + WINDOW_MS, closed="left").mean(),
    )
    return totals.join(by_hour.agg(hour_entropy_nats=-(share * share.log()).sum()), on=KEYS).sort(KEYS)


def written(events: pl.DataFrame, folder: Path, days: int = 3, threads: int = 2) -> pl.DataFrame:
    files = [folder / f"{day}.parquet" for day in range(days)]
    for day, file in enumerate(files):
        events.gather_every(days, day).write_parquet(file, row_group_size=64)
    out = folder / "pairs.parquet"
    count = write_streamed_pairs(files, out, just_paid_window_ms=WINDOW_MS, threads=threads)
    pairs = pl.read_parquet(out)
    assert pairs.height == count
    assert sorted(path.name for path in folder.iterdir()) == [*(file.name for file in files), "pairs.parquet"]
    return pairs


@given(st.lists(rows, max_size=40))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_is_what_a_plain_group_by_says_sorted_by_id(tmp_path_factory: Any, some: list[Any]) -> None:
    events = pl.DataFrame(some, schema=SCHEMA, orient="row")
    pairs = written(events, tmp_path_factory.mktemp("events"))
    assert_frame_equal(pairs, expected(events), check_exact=False, rel_tol=0, abs_tol=1e-12)


def folder(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made


def platform(count: int = 20_000) -> pl.DataFrame:
    """One listener with half of all plays, one track with a third, ids with a long common start."""
    rng = np.random.default_rng(3)
    listener = np.where(rng.random(count) < 0.5, 17, rng.integers(0, 900, count))
    track = np.where(rng.random(count) < 0.3, 5, rng.integers(0, 700, count))
    return pl.DataFrame(
        {
            "listener_id": [f"listener-🎧-{one}" for one in listener],
            "track_id": [f"t{one}" * (1 + one % 3) for one in track],
            "started_at": [MONDAY + timedelta(seconds=int(s)) for s in rng.integers(0, 2_000_000, count)],
            "played_ms": rng.integers(25_000, 40_000, count),
        },
        schema=SCHEMA,
    )


def test_many_ranges_written_in_pieces_are_one_sorted_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "RANGE_EVENTS", 500)
    monkeypatch.setattr(spill, "HELD_EVENTS", 1_000)
    events = platform()
    pairs = written(events, tmp_path)
    assert_frame_equal(pairs, expected(events), check_exact=False, rel_tol=0, abs_tol=1e-12)


def test_neither_the_order_of_events_nor_threads_nor_ranges_change_a_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = platform(5_000)
    once = written(events, folder(tmp_path, "once"))
    monkeypatch.setattr(streamed, "RANGE_EVENTS", 700)
    shuffled = events.sample(fraction=1.0, shuffle=True, seed=1)
    for threads in (1, 2, 3):
        assert written(shuffled, folder(tmp_path, f"{threads}"), days=5, threads=threads).equals(once)


def test_neither_the_order_of_events_nor_threads_change_a_byte_of_the_same_ranges(tmp_path: Path) -> None:
    events, shuffled = platform(5_000), platform(5_000).sample(fraction=1.0, shuffle=True, seed=1)
    files = []
    for rows, threads in ((events, 1), (events, 3), (shuffled, 2)):
        files.append(folder(tmp_path, f"{len(files)}") / "pairs.parquet")
        written(rows, files[-1].parent, threads=threads)
    assert len({file.read_bytes() for file in files}) == 1


def test_no_files_are_an_empty_table(tmp_path: Path) -> None:
    out = tmp_path / "pairs.parquet"
    assert write_streamed_pairs([], out, just_paid_window_ms=WINDOW_MS) == 0
    assert pl.read_parquet(out).columns == [
        *KEYS,
        "plays",
        "first_at",
        "last_at",
        "paid_window_share",
        "hour_entropy_nats",
    ]


def test_categories_are_read_as_what_they_say(tmp_path: Path) -> None:
    events = platform(300)
    events.with_columns(pl.col("track_id").cast(pl.Categorical)).write_parquet(tmp_path / "0.parquet")
    write_streamed_pairs([tmp_path / "0.parquet"], tmp_path / "out", just_paid_window_ms=WINDOW_MS)
    assert pl.read_parquet(tmp_path / "out")["plays"].sum() == 300


def test_a_row_without_an_id_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    platform(10).with_columns(track_id=pl.lit(None, pl.String)).write_parquet(tmp_path / "0.parquet")
    with pytest.raises(ValueError, match="a row has no track_id"):
        write_streamed_pairs([tmp_path / "0.parquet"], tmp_path / "out", just_paid_window_ms=WINDOW_MS)
    assert os.listdir(tmp_path) == ["0.parquet"]  # noqa: PTH208
