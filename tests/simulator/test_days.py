"""The days one after the other: what is heard of when, and what nobody plays any more."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from simulator.worlds import BUSY, Performance, Theatre, World

from graphfraud.simulator.days import NEVER_MS, Bounds, arriving_by_day, counts_of, takings_of
from graphfraud.simulator.platform.rows import LISTENER, TRACK, Numbers

DAY = timedelta(days=1)
ENDED_AT = pl.col("started_at") + pl.duration(milliseconds="played_ms")


def test_a_play_is_heard_of_only_when_it_is_over(small_world: World) -> None:
    streams = small_world.feed["streams"]
    assert (streams["received_at"] > streams.select(ENDED_AT).to_series()).all()


def test_each_file_holds_what_was_heard_of_on_its_day_in_order(small_world: World) -> None:
    for path in (small_world.folder / "feed" / "streams").iterdir():
        received_at = pl.read_parquet(path)["received_at"]
        assert set(received_at.dt.date().cast(pl.String)) == {path.stem}
        assert received_at.is_sorted()


def test_some_plays_are_heard_of_a_day_or_more_later(small_world: World) -> None:
    late = small_world.feed["streams"].filter(pl.col("received_at") - ENDED_AT >= DAY)
    assert 0.001 < late.height / small_world.feed["streams"].height < 0.05
    assert set(late["source"]) <= {"playlist", "library", "album"}


def test_who_has_an_account_alone_never_plays_two_tracks_at_once(small_world: World) -> None:
    shared = [small_world.look_like("family_account", "listener"), small_world.in_rings("listener", "victim")]
    alone = small_world.feed["streams"].filter(~pl.col("listener_id").is_in(pl.concat(shared).implode()))
    alone = alone.sort("listener_id", "started_at").with_columns(ended_at=ENDED_AT)
    again = pl.col("listener_id") == pl.col("listener_id").shift()
    waited = alone.filter(again, pl.col("started_at") < pl.col("ended_at").shift())
    assert waited.is_empty()
    assert alone.filter(again).height > 10_000


def bounds(numbers: Numbers) -> Bounds:
    """Everything is there from the first day to the last."""
    tracks, listeners = numbers.counts[TRACK], numbers.counts[LISTENER]
    return Bounds(
        uploaded_ms=np.zeros(tracks, np.int64),
        taken_down_ms=np.full(tracks, NEVER_MS),
        joined_ms=np.zeros(listeners, np.int64),
        stopped_ms=np.full(listeners, NEVER_MS),
    )


def played(ring: Performance, within: Bounds) -> tuple[pl.DataFrame, int]:
    """The streams of all days with this ring, and how many of its plays the ledger counts."""
    counts = counts_of([ring.group], ring.numbers)
    arriving = arriving_by_day(ring.stage, [ring.group], within, counts, numbers=ring.numbers, seed=1)
    return pl.concat(arriving), takings_of(counts, 0, ring.group, day_count=28).artificial


def test_a_stopped_bot_and_a_track_taken_down_fall_silent_and_a_late_track_begins_late(tiny_theatre: Theatre) -> None:
    ring = tiny_theatre.ring("bot_farm", **BUSY, camouflage_share=0, tracks=30)
    within, noon_ms = bounds(ring.numbers), ring.stage.window.day_start_ms(9) + 43_200_000
    bot, (late, gone) = ring.subjects("listener")[0], ring.own_track_id[:2]
    within.stopped_ms[bot] = within.uploaded_ms[late] = within.taken_down_ms[gone] = noon_ms
    streams, _ = played(ring, within)
    started_ms = {
        name: streams.filter(is_it)["started_at"].dt.epoch("ms")
        for name, is_it in {
            "bot": pl.col("listener_id") == bot,
            "gone": pl.col("track_id") == gone,
            "late": pl.col("track_id") == late,
        }.items()
    }
    assert started_ms["bot"].max() < noon_ms
    assert started_ms["gone"].max() < noon_ms
    assert started_ms["late"].min() >= noon_ms


def test_what_is_heard_of_after_the_end_is_neither_in_the_feed_nor_in_the_ledger(tiny_theatre: Theatre) -> None:
    ring = tiny_theatre.ring("bot_farm", **BUSY)
    streams, artificial = played(ring, bounds(ring.numbers))
    assert streams["fake"].sum() == artificial
    assert 0 < artificial < ring.fake.count
    assert streams["received_at"].dt.epoch("ms").max() < ring.stage.window.end_ms


@pytest.mark.parametrize(("day_count", "enough"), [(28, 77), (365, 1_000), (730, 1_000)])
def test_a_track_is_eligible_that_reaches_1000_plays_in_twelve_months_at_this_pace(
    tiny_theatre: Theatre, day_count: int, enough: int
) -> None:
    ring = tiny_theatre.ring("bot_farm", **BUSY, tracks=30)
    counts, (reaches, fails) = counts_of([ring.group], ring.numbers), ring.own_track_id[:2]
    counts.payable[reaches], counts.payable[fails] = enough, enough - 1
    counts.earning[[reaches, fails]] = 50
    takings = takings_of(counts, 0, ring.group, day_count=day_count)
    assert (takings.earning, takings.eligible) == (100, 50)
