"""Playing one track after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.simulator.audience.plays import (
    ALBUM,
    API,
    CLIENTS,
    LIBRARY,
    PLAYLIST,
    SEARCH,
    Plays,
    Sessions,
    all_plays,
    clients_of,
    listened_ms,
    plays_at,
    plays_in,
    started_ms,
)

LANES = 4
wishes = st.lists(
    st.tuples(st.integers(0, LANES - 1), st.integers(0, 20_000), st.integers(1, 3_000), st.integers(0, 50)),
    min_size=1,
    max_size=30,
)
frees = st.lists(st.integers(0, 30_000), min_size=LANES, max_size=LANES)
Wishes = list[tuple[int, int, int, int]]


def wanted(drawn: Wishes) -> Plays:
    """Plays by lane, wish, length and pause, in the order that they are asked for."""
    lane, asked_ms, played_ms, pause_ms = (
        np.array(column) for column in zip(*sorted(drawn, key=lambda each: each[:2]), strict=True)
    )
    others = {name: np.zeros(lane.size, np.int64) for name in Plays.__slots__}
    return Plays(**others | {"lane": lane, "asked_ms": asked_ms, "played_ms": played_ms, "pause_ms": pause_ms})


def one_by_one(plays: Plays, free_from_ms: list[int]) -> tuple[list[int], list[int]]:
    """The same, told as a queue is."""
    free, starts = list(free_from_ms), []
    for lane, asked, lasts in zip(plays.lane, plays.asked_ms, plays.played_ms + plays.pause_ms, strict=True):
        starts.append(max(int(asked), free[lane]))
        free[lane] = starts[-1] + int(lasts)
    return starts, free


@given(wishes, frees)
def test_a_lane_plays_one_track_at_a_time_as_soon_as_it_may(drawn: Wishes, free_from_ms: list[int]) -> None:
    plays, free = wanted(drawn), np.array(free_from_ms)
    starts, free_after = one_by_one(plays, free_from_ms)
    assert started_ms(plays, free).tolist() == starts
    assert free.tolist() == free_after


@given(wishes, wishes)
def test_what_is_not_over_by_midnight_delays_the_next_day(today: Wishes, tomorrow: Wishes) -> None:
    free = np.zeros(LANES, np.int64)
    started_ms(wanted(today), free)
    next_day = wanted(tomorrow)
    still_playing = free.copy()
    assert (started_ms(next_day, free) >= still_playing[next_day.lane]).all()


@given(st.integers(0, 2**31), st.integers(1_000, 900_000), st.floats(0, 1))
def test_nobody_hears_more_than_there_is(seed: int, duration_ms: int, skip_share: float) -> None:
    heard_ms = listened_ms(np.full(50, duration_ms), skip_share, 14.0, np.random.default_rng(seed))
    assert (heard_ms >= 0).all()
    assert (heard_ms <= duration_ms).all()


def test_people_skip_as_much_as_they_are_told_after_as_long_as_they_are_patient() -> None:
    lengths = np.full(4_000, 240_000)
    for skip_share, patience_s in ((0.1, 10.0), (0.7, 30.0)):
        heard_ms = listened_ms(lengths, skip_share, patience_s, np.random.default_rng(0))
        tried = heard_ms[heard_ms < 3_000 * patience_s]
        assert (heard_ms < 3_000 * patience_s).mean() == pytest.approx(skip_share, abs=0.06)
        assert np.median(tried) == pytest.approx(1_000 * patience_s, rel=0.25)
        assert (heard_ms == 240_000).mean() > 0.1


def sessions(source_ix: int, count: int = 3_000) -> Sessions:
    same = np.arange(count)
    return Sessions(
        listener_id=same,
        lane=same,
        start_ms=same * 1_000,
        play_count=np.full(count, 3),
        source_ix=np.full(count, source_ix),
        device_id=same,
        ip_hash=same,
        country_ix=same % 14,
    )


def played(source_ix: int) -> Plays:
    count = 9_000
    zeros = np.zeros(count, np.int64)
    return plays_in(
        sessions(source_ix),
        track_id=zeros,
        played_ms=zeros,
        context_id=zeros,
        fake=True,
        rng=np.random.default_rng(0),
    )


def test_the_plays_of_a_session_are_its_players_and_in_its_order() -> None:
    plays, of = played(SEARCH), sessions(SEARCH)
    assert of.session_ix.tolist() == np.repeat(np.arange(3_000), 3).tolist()
    for name in ("listener_id", "lane", "device_id", "ip_hash", "country_ix"):
        np.testing.assert_array_equal(getattr(plays, name), getattr(of, name)[of.session_ix])
    np.testing.assert_array_equal(plays.asked_ms, of.start_ms[of.session_ix])
    assert plays.fake.all()


@pytest.mark.parametrize("source_ix", [PLAYLIST, LIBRARY, ALBUM])
def test_what_can_be_downloaded_is_heard_of_late_now_and_then_a_session_at_a_time(source_ix: int) -> None:
    late_ms = played(source_ix).late_ms.reshape(-1, 3)
    offline = late_ms.max(axis=1) > 60_000
    assert 0.005 < offline.mean() < 0.1
    assert (late_ms[offline].max(axis=1) - late_ms[offline].min(axis=1) < 6_000).all()
    assert (late_ms > 0).all()


@pytest.mark.parametrize("source_ix", [SEARCH, API])
def test_what_is_streamed_is_heard_of_within_seconds(source_ix: int) -> None:
    assert played(source_ix).late_ms.max() < 10_000


def test_plays_are_cut_and_laid_together_in_order() -> None:
    plays = played(SEARCH)
    parts = [plays_at(plays, plays.lane % 2 == odd) for odd in (0, 1)]
    assert {part.count for part in parts} == {4_500}
    whole = all_plays(parts)
    np.testing.assert_array_equal(np.sort(whole.late_ms), np.sort(plays.late_ms))
    assert set(whole.lane[:4_500] % 2) == {0}


def test_each_device_runs_one_app_and_neighbours_run_all() -> None:
    devices = np.arange(7_000) + 123_456_789
    apps = clients_of(devices)
    np.testing.assert_array_equal(apps, clients_of(devices))
    share = np.bincount(apps, minlength=len(CLIENTS)) / apps.size
    assert abs(share - 1 / len(CLIENTS)).max() < 0.02
