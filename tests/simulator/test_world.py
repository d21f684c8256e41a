"""The world as a whole: the contract's tables, the same every time, and a truth that fits the feed."""

from datetime import timedelta
from pathlib import Path

import dataframely as dy
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from graphfraud.errors import EnvironmentFault, UsageError
from graphfraud.simulator.world import DAY_COUNT, END_AT, World, simulated_world, write_world
from graphfraud.tables import INPUTS

TINY = 0.03
ID_OF = {
    "account": ("accounts", "account_id"),
    "track": ("tracks", "track_id"),
    "listener": ("listeners", "listener_id"),
}


def members(world: World, kind: str) -> pl.Series:
    return world.truth["rings"].filter(pl.col("subject_kind") == kind)["subject_id"]


def ids(world: World, kind: str) -> pl.Series:
    table, column = ID_OF[kind]
    return world.feed[table][column]


@pytest.mark.parametrize("table", sorted(set(INPUTS) - {"erasures"}))
def test_each_table_of_the_feed_satisfies_its_schema(small_world: World, table: str) -> None:
    schema: type[dy.Schema] = INPUTS[table]
    rows = small_world.feed[table]
    absent = [name for name in schema.column_names() if name not in rows.columns]
    assert set(rows.columns) <= set(schema.column_names())
    assert all(schema.columns()[name].nullable for name in absent)
    schema.validate(rows.with_columns(pl.lit(None, schema.columns()[name].dtype).alias(name) for name in absent))
    assert rows.height > 0


@pytest.mark.parametrize(
    ("table", "key"),
    [("accounts", "account_id"), ("tracks", "track_id"), ("listeners", "listener_id"), ("streams", "stream_id")],
)
def test_keys_are_unique_and_rows_sorted(small_world: World, table: str, key: str) -> None:
    rows = small_world.feed[table]
    assert rows[key].is_unique().all()
    assert rows["started_at" if table == "streams" else key].is_sorted()


def test_every_reference_leads_somewhere(small_world: World) -> None:
    feed = small_world.feed
    assert feed["tracks"]["account_id"].is_in(feed["accounts"]["account_id"].implode()).all()
    assert feed["streams"]["track_id"].is_in(feed["tracks"]["track_id"].implode()).all()
    assert feed["streams"]["listener_id"].is_in(feed["listeners"]["listener_id"].implode()).all()
    assert set(feed["embeddings"]["track_id"]) == set(feed["tracks"]["track_id"])


def test_nothing_is_played_before_its_upload_or_by_someone_who_has_not_joined(small_world: World) -> None:
    feed = small_world.feed
    known = feed["streams"].join(feed["tracks"], on="track_id").join(feed["listeners"], on="listener_id")
    assert (known["started_at"] >= known["uploaded_at"]).all()
    assert (known["started_at"] >= known["created_at"]).all()
    uploads = feed["tracks"].join(feed["accounts"], on="account_id")
    assert (uploads["uploaded_at"] >= uploads["created_at"]).all()


def test_plays_lie_within_the_window_and_no_longer_than_the_track(small_world: World) -> None:
    plays = small_world.feed["streams"].join(small_world.feed["tracks"], on="track_id")
    assert plays["started_at"].min() >= END_AT - timedelta(days=DAY_COUNT)
    assert plays["started_at"].max() < END_AT
    assert (plays["played_ms"] <= plays["duration_ms"]).all()


def test_counts_grow_with_the_scale() -> None:
    small, large = simulated_world(scale=0.2, seed=1), simulated_world(scale=0.6, seed=1)
    for table in ("accounts", "tracks", "listeners", "streams"):
        assert 2 < large.feed[table].height / small.feed[table].height < 4


@pytest.mark.parametrize("scale", [0.02, 0.05])
def test_the_smallest_platforms_have_rings_and_lookalikes_too(scale: float) -> None:
    world = simulated_world(scale=scale, seed=2)
    assert world.ring_counts == {"bot_farm": 2, "upload_ring": 2}
    assert all(world.lookalike_counts.values())


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    first, again, other = (simulated_world(scale=TINY, seed=seed) for seed in (5, 5, 6))
    for name, table in (first.feed | {f"truth {name}": rows for name, rows in first.truth.items()}).items():
        same = again.truth[name.removeprefix("truth ")] if name.startswith("truth ") else again.feed[name]
        assert_frame_equal(table, same, check_exact=True)
    assert not first.feed["streams"].equals(other.feed["streams"])


def test_another_end_moves_the_world_and_keeps_its_size() -> None:
    earlier = simulated_world(scale=TINY, seed=5, end_at=END_AT - timedelta(days=70))
    assert earlier.feed["streams"]["started_at"].max() < END_AT - timedelta(days=70)
    assert earlier.feed["accounts"].height == simulated_world(scale=TINY, seed=5).feed["accounts"].height


@pytest.mark.parametrize("table", ["rings", "lookalikes"])
@pytest.mark.parametrize("kind", sorted(ID_OF))
def test_every_subject_of_the_truth_is_in_the_feed(small_world: World, table: str, kind: str) -> None:
    named = small_world.truth[table].filter(pl.col("subject_kind") == kind)["subject_id"]
    assert len(named) > 0
    assert named.is_in(ids(small_world, kind).implode()).all()


def test_truth_tells_of_every_stream_and_only_bots_play_fake_ones(small_world: World) -> None:
    streams = small_world.feed["streams"].join(small_world.truth["streams"], on="stream_id")
    assert streams.height == small_world.feed["streams"].height == small_world.truth["streams"].height
    is_member = streams["listener_id"].is_in(members(small_world, "listener").implode())
    assert (streams["fake"] == is_member).all()
    assert 0.01 < streams["fake"].mean() < 0.3


def test_ring_members_are_no_lookalikes(small_world: World) -> None:
    subject = ["subject_kind", "subject_id"]
    assert small_world.truth["rings"].join(small_world.truth["lookalikes"], on=subject).is_empty()


def test_the_ledger_counts_what_each_ring_played(small_world: World) -> None:
    bots = small_world.truth["rings"].filter(pl.col("subject_kind") == "listener")
    plays = small_world.feed["streams"].join(bots, left_on="listener_id", right_on="subject_id")
    counted = dict(plays.group_by("ring").len().iter_rows())
    ledger = small_world.truth["ledger"].pivot(on="item", index="ring", values="amount")
    assert dict(ledger.select("ring", pl.col("artificial streams").cast(int)).iter_rows()) == counted
    assert (ledger["earning streams"] <= ledger["artificial streams"]).all()


@pytest.mark.parametrize("kind", sorted(ID_OF))
def test_ids_do_not_tell_who_belongs_to_a_ring(kind: str) -> None:
    world = simulated_world(scale=0.3, seed=3)
    everybody = ids(world, kind)
    rank_share = np.flatnonzero(everybody.is_in(members(world, kind).implode())) / len(everybody)
    assert abs(rank_share.mean() - 0.5) < 4 * np.sqrt(1 / 12 / rank_share.size)
    assert rank_share.std() > 0.2


def test_stream_ids_tell_neither_time_nor_truth(small_world: World) -> None:
    streams = small_world.feed["streams"].join(small_world.truth["streams"], on="stream_id").sort("stream_id")
    place = np.linspace(-1, 1, streams.height)
    assert abs(np.corrcoef(place, streams["started_at"].to_physical())[0, 1]) < 0.03
    assert abs(np.corrcoef(place, streams["fake"])[0, 1]) < 0.03


def test_honest_people_show_the_signs_of_fraud_too(small_world: World) -> None:
    streams = small_world.feed["streams"].join(small_world.truth["streams"], on="stream_id").filter(~pl.col("fake"))
    assert streams["played_ms"].is_between(30_000, 36_000).mean() > 0.005
    assert streams.group_by("device_id").agg(pl.col("listener_id").n_unique())["listener_id"].max() > 1
    assert streams.group_by("ip_hash").agg(pl.col("listener_id").n_unique())["listener_id"].max() > 4
    bots_use = set(small_world.feed["streams"]["source"]) - set(streams["source"])
    assert not bots_use


def test_a_written_world_reads_back_with_one_file_of_streams_a_day(tmp_path: Path) -> None:
    out = tmp_path / "made" / "world"
    world = write_world(out, scale=TINY, seed=4)
    days = sorted((out / "feed" / "streams").iterdir())
    assert [day.name for day in (days[0], days[-1])] == ["2026-10-01.parquet", "2026-10-28.parquet"]
    assert len(days) == DAY_COUNT
    assert_frame_equal(pl.concat(map(pl.read_parquet, days)), world.feed["streams"])
    assert {path.stem for path in (out / "truth").iterdir()} == set(world.truth)
    assert {path.stem for path in (out / "feed").iterdir()} == set(world.feed)
    assert [path.name for path in out.parent.iterdir()] == ["world"]


def test_a_taken_place_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    with pytest.raises(UsageError, match="exists: choose another folder"):
        write_world(tmp_path, scale=TINY, seed=4)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_place_that_cannot_be_written_is_the_environments_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFault):
        write_world(tmp_path / "file" / "world", scale=TINY, seed=4)


def test_a_failing_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", no_space)
    with pytest.raises(EnvironmentFault, match="No space left on device"):
        write_world(tmp_path / "world", scale=TINY, seed=4)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("scale", [0.0, 0.019, -1.0, 100.1, float("nan"), float("inf")])
def test_a_scale_out_of_range_is_refused(scale: float) -> None:
    with pytest.raises(UsageError, match=r"out of range: choose one from 0.02 to 100"):
        simulated_world(scale=scale, seed=0)


def test_a_negative_seed_and_an_end_without_a_zone_are_refused() -> None:
    with pytest.raises(UsageError, match="seed -1 is negative"):
        simulated_world(scale=TINY, seed=-1)
    with pytest.raises(UsageError, match="has no time zone"):
        simulated_world(scale=TINY, seed=0, end_at=END_AT.replace(tzinfo=None))
