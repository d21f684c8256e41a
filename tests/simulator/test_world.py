"""The world as a whole: the contract's tables, the same every time, written whole or not at all."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import dataframely as dy
import numpy as np
import polars as pl
import pytest
from simulator.worlds import FEED, SUBJECT, TRUTH, World, made_world

from graphfraud.errors import EnvironmentFault, UsageError
from graphfraud.simulator.cast import ATTACKS, LOOKALIKES
from graphfraud.simulator.world import DAY_COUNT, END_AT, WorldSettings, write_world
from graphfraud.tables import INPUTS, key_columns

KINDS = ("account", "track", "listener")
TINY = 0.002


def bytes_by_file(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}


@pytest.mark.parametrize("table", sorted(set(INPUTS) - {"erasures"}))
def test_each_table_of_the_feed_satisfies_its_schema(small_world: World, table: str) -> None:
    schema: type[dy.Schema] = INPUTS[table]
    rows = small_world.feed[table]
    absent = [name for name in schema.column_names() if name not in rows.columns]
    assert set(rows.columns) <= set(schema.column_names())
    assert all(schema.columns()[name].nullable for name in absent)
    schema.validate(rows.with_columns(pl.lit(None, schema.columns()[name].dtype).alias(name) for name in absent))
    assert rows.height == small_world.written.row_counts[table] > 0


@pytest.mark.parametrize("table", ["accounts", "tracks", "listeners", "streams", "embeddings"])
def test_keys_are_unique(small_world: World, table: str) -> None:
    assert small_world.feed[table].select(key_columns(table)).is_unique().all()


def test_every_reference_leads_somewhere(small_world: World) -> None:
    feed = small_world.feed
    assert set(feed["tracks"]["account_id"]) == set(feed["accounts"]["account_id"])
    assert set(feed["embeddings"]["track_id"]) == set(feed["tracks"]["track_id"])
    assert feed["streams"].join(feed["tracks"], on="track_id", how="anti").is_empty()
    assert feed["streams"].join(feed["listeners"], on="listener_id", how="anti").is_empty()
    for table in ("logins", "labels"):
        assert feed[table].join(small_world.born, on=SUBJECT, how="anti").is_empty()


def test_nothing_is_played_before_its_upload_or_by_someone_who_has_not_joined(small_world: World) -> None:
    feed = small_world.feed
    known = feed["streams"].join(feed["tracks"], on="track_id").join(feed["listeners"], on="listener_id")
    assert (known["started_at"] >= known["uploaded_at"]).all()
    assert (known["started_at"] >= known["created_at"]).all()


def test_nothing_is_uploaded_before_its_account_was_opened(small_world: World) -> None:
    uploads = small_world.feed["tracks"].join(small_world.feed["accounts"], on="account_id")
    assert (uploads["uploaded_at"] >= uploads["created_at"]).all()


@pytest.mark.parametrize(("table", "at"), [("logins", "at"), ("labels", "decided_at")])
def test_nobody_logs_in_or_is_judged_before_being_there_or_after_the_end(
    small_world: World, table: str, at: str
) -> None:
    known = small_world.feed[table].join(small_world.born, on=SUBJECT)
    assert (known[at] >= known["born"]).all()
    assert (known[at] < END_AT).all()


def test_a_release_belongs_to_one_account(small_world: World) -> None:
    owners = small_world.feed["tracks"].group_by("release_id").agg(pl.col("account_id").n_unique())
    assert (owners["account_id"] == 1).all()
    assert owners.height < small_world.feed["tracks"].height


def test_what_is_played_from_an_album_is_on_it(small_world: World) -> None:
    played = small_world.feed["streams"].filter(source="album").join(small_world.feed["tracks"], on="track_id")
    assert played.height > 0
    assert (played["context_id"] == played["release_id"]).all()


def test_plays_lie_within_the_window_and_are_no_longer_than_the_track(small_world: World) -> None:
    plays = small_world.feed["streams"].join(small_world.feed["tracks"], on="track_id")
    assert plays["started_at"].is_between(END_AT - timedelta(days=DAY_COUNT), END_AT, closed="left").all()
    assert plays["played_ms"].is_between(0, plays["duration_ms"]).all()


def test_the_same_settings_make_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    made_world(here, scale=TINY, seed=5, day_count=4)
    command = [*(sys.executable, "-m", "graphfraud"), "simulate", str(there), "--scale", "0.002", "--seed", "5"]
    elsewhere = {"PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1", "PATH": ""}
    subprocess.run([*command, "--days", "4"], check=True, capture_output=True, env=elsewhere)
    assert len(bytes_by_file(here)) == len(FEED) + 4 + len(TRUTH)
    assert bytes_by_file(here) == bytes_by_file(there)


def test_another_seed_makes_another_world(tmp_path: Path) -> None:
    one, other = (made_world(tmp_path / str(seed), seed=seed, day_count=2) for seed in (5, 6))
    for table in ("accounts", "tracks", "listeners", "streams"):
        assert not one.feed[table].equals(other.feed[table])


@pytest.mark.parametrize("day_count", [1, 3, 8, 35])
def test_any_number_of_days_works_with_one_file_of_streams_each(tmp_path: Path, day_count: int) -> None:
    told: list[int] = []
    settings = WorldSettings(scale=TINY, seed=3, day_count=day_count)
    written = write_world(tmp_path / "made" / "world", settings, told=told.append)
    days = sorted((tmp_path / "made" / "world" / "feed" / "streams").iterdir())
    dates = [(END_AT - timedelta(days=day)).date() for day in range(day_count, 0, -1)]
    assert [day.name for day in days] == [f"{date}.parquet" for date in dates]
    assert told == list(range(1, day_count + 1))
    assert pl.scan_parquet(days).select(pl.len()).collect().item() == written.row_counts["streams"] > 0
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["world"]


def test_another_end_moves_the_world_and_keeps_its_size(tmp_path: Path) -> None:
    usual = made_world(tmp_path / "usual", day_count=2)
    earlier = made_world(tmp_path / "earlier", day_count=2, end_at=END_AT - timedelta(days=70))
    assert earlier.feed["streams"]["started_at"].max() < END_AT - timedelta(days=70)
    assert earlier.feed["accounts"].height == usual.feed["accounts"].height


def test_counts_grow_with_the_scale(tmp_path: Path) -> None:
    small, large = (made_world(tmp_path / str(scale), scale=scale, day_count=2, attacks={}) for scale in (0.02, 0.06))
    for table in ("accounts", "tracks", "listeners", "streams"):
        assert 1.4 < large.feed[table].height / small.feed[table].height < 4.5


def test_the_smallest_platform_has_every_attack_and_look_alike(tmp_path: Path) -> None:
    world = made_world(tmp_path / "world", scale=TINY, day_count=3)
    assert world.written.ring_counts == dict.fromkeys(ATTACKS, 1)
    assert world.written.lookalike_counts == dict.fromkeys(LOOKALIKES, 1)


def test_an_honest_world_has_look_alikes_and_no_fraud(tmp_path: Path) -> None:
    world = made_world(tmp_path / "world", day_count=3, attacks={})
    assert world.truth["rings"].is_empty()
    assert world.truth["ledger"].is_empty()
    assert world.truth["lookalikes"]["kind"].n_unique() == len(LOOKALIKES)
    assert not world.truth["streams"]["fake"].any()


def test_the_honest_platform_is_the_same_with_fraud_and_without(tmp_path: Path) -> None:
    with_fraud, without = (
        made_world(tmp_path / name, day_count=1, **settings)
        for name, settings in {"with": {}, "without": {"attacks": {}}}.items()
    )
    columns = ["uploaded_at", "duration_ms", "title", "artist_name"]
    honest = with_fraud.feed["tracks"].filter(~pl.col("track_id").is_in(with_fraud.in_rings("track").implode()))
    assert honest.select(columns).sort(columns).equals(without.feed["tracks"].select(columns).sort(columns))


@pytest.mark.parametrize("table", ["rings", "lookalikes"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_subject_of_the_truth_is_in_the_feed(small_world: World, table: str, kind: str) -> None:
    named = small_world.truth[table].filter(subject_kind=kind)["subject_id"]
    assert len(named) > 0
    assert set(named) <= set(small_world.ids(kind))


def test_truth_tells_of_every_stream_once_in_the_order_of_the_feed(small_world: World) -> None:
    assert small_world.truth["streams"]["stream_id"].equals(small_world.feed["streams"]["stream_id"])
    assert small_world.truth["streams"]["fake"].sum() == small_world.written.fake_count > 0


def test_only_bots_and_hijackers_play_fake_and_bots_nothing_else(small_world: World) -> None:
    bots, victims = set(small_world.in_rings("listener")), set(small_world.in_rings("listener", "victim"))
    players = {fake: set(small_world.plays.filter(pl.col("fake") == fake)["listener_id"]) for fake in (True, False)}
    assert players[True] <= bots | victims
    assert players[False].isdisjoint(bots)
    assert bots.isdisjoint(victims)


def test_listeners_of_a_ring_play_for_it_or_are_labelled(small_world: World) -> None:
    fake = set(small_world.plays.filter("fake")["listener_id"])
    labelled = set(small_world.feed["labels"].filter(pl.col("subject_kind") == "listener")["subject_id"])
    for role in ("member", "victim"):
        assert set(small_world.in_rings("listener", role)) <= fake | labelled


def test_ring_members_are_no_look_alikes(small_world: World) -> None:
    members = small_world.truth["rings"].filter(role="member")
    assert members.join(small_world.truth["lookalikes"], on=SUBJECT).is_empty()


@pytest.mark.parametrize("kind", KINDS)
def test_ids_do_not_tell_who_belongs_to_a_ring(small_world: World, kind: str) -> None:
    everybody = small_world.ids(kind).sort()
    rank_share = np.flatnonzero(everybody.is_in(small_world.in_rings(kind).implode())) / len(everybody)
    assert abs(rank_share.mean() - 0.5) < 4 * np.sqrt(1 / 12 / rank_share.size)
    assert rank_share.std() > 0.2


def test_stream_ids_tell_neither_time_nor_truth(small_world: World) -> None:
    plays = small_world.plays.sort("stream_id")
    place = np.linspace(-1, 1, plays.height)
    assert abs(np.corrcoef(place, plays["started_at"].to_physical())[0, 1]) < 0.03
    assert abs(np.corrcoef(place, plays["fake"])[0, 1]) < 0.03


def test_honest_people_show_the_signs_of_fraud_too(small_world: World) -> None:
    honest, fake = (small_world.plays.filter(pl.col("fake") == is_fake) for is_fake in (False, True))
    assert honest["played_ms"].is_between(30_000, 36_000).mean() > 0.005
    assert honest.group_by("device_id").agg(pl.col("listener_id").n_unique())["listener_id"].max() > 1
    assert honest.group_by("ip_hash").agg(pl.col("listener_id").n_unique())["listener_id"].max() > 4
    assert set(fake["source"]) <= set(honest["source"])


def test_a_taken_place_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    with pytest.raises(UsageError, match="exists: choose another folder"):
        made_world(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_place_that_cannot_be_written_is_the_environments_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFault):
        made_world(tmp_path / "file" / "world")


@pytest.mark.parametrize("written", [0, 9])
@pytest.mark.parametrize("error", [OSError(28, "No space left"), pl.exceptions.ComputeError("No space left")])
def test_a_failing_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, written: int
) -> None:
    write, files = pl.DataFrame.write_parquet, []

    def full_after(rows: pl.DataFrame, path: Path) -> None:
        if len(files) == written:
            raise error
        files.append(path)
        write(rows, path)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full_after)
    with pytest.raises(EnvironmentFault, match="world cannot be written: No space left"):
        made_world(tmp_path / "world", day_count=3)
    assert len(files) == written
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("scale", [0.0, 0.0019, -1.0, 100.1, float("nan"), float("inf")])
def test_a_scale_out_of_range_is_refused(scale: float) -> None:
    with pytest.raises(UsageError, match=r"out of range: choose one from 0.002 to 100"):
        WorldSettings(scale=scale, seed=0)


@pytest.mark.parametrize("day_count", [-1, 0, 731])
def test_days_out_of_range_are_refused(day_count: int) -> None:
    with pytest.raises(UsageError, match=rf"days {day_count} is out of range: choose from 1 to 730"):
        WorldSettings(scale=1, seed=0, day_count=day_count)


def test_a_negative_seed_and_an_end_without_a_zone_are_refused() -> None:
    with pytest.raises(UsageError, match="seed -1 is negative"):
        WorldSettings(scale=1, seed=-1)
    with pytest.raises(UsageError, match="has no time zone"):
        WorldSettings(scale=1, seed=0, end_at=END_AT.replace(tzinfo=None))


def test_an_end_within_a_day_is_refused() -> None:
    with pytest.raises(UsageError, match="within a UTC day: choose a midnight"):
        WorldSettings(scale=TINY, seed=0, end_at=END_AT + timedelta(hours=12))
