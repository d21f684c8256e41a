"""Sleepers."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre

from graphfraud.simulator.platform.rows import DAY_MS


@pytest.fixture(scope="module")
def sleepers(theatre: Theatre) -> list[Performance]:
    return [theatre.lookalike("sleepers", seed=seed) for seed in range(4)]


def test_they_begin_at_bedtime_and_never_skip(sleepers: list[Performance]) -> None:
    for each in sleepers:
        zone_h = each.stage.people.zone_h[each.plays.listener_id]
        local_h = (each.plays.asked_ms % DAY_MS / 3_600_000 + zone_h) % 24
        assert ((local_h > 18) | (local_h < 4)).mean() > 0.95
        np.testing.assert_array_equal(each.plays.played_ms, each.stage.catalogue.duration_ms[each.plays.track_id])


def test_they_sleep_most_nights_for_hours_on_a_few_tracks(sleepers: list[Performance]) -> None:
    for each in sleepers:
        nights = np.unique(np.column_stack([each.plays.listener_id, each.day]), axis=0)
        assert len(nights) / np.unique(nights[:, 0]).size > 5
        assert each.plays.count / len(nights) > 5
        assert np.unique(each.plays.track_id).size <= 15 * 4


def test_some_loop_one_track_all_night_and_others_a_playlist(sleepers: list[Performance]) -> None:
    loops = []
    for each in sleepers:
        for night in np.unique(np.column_stack([each.plays.listener_id, each.day]), axis=0):
            of_night = (each.plays.listener_id == night[0]) & (each.day == night[1])
            loops.append(np.unique(each.plays.track_id[of_night]).size == 1)
    assert 0.05 < np.mean(loops) < 0.9
