"""A classroom."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre

from graphfraud.simulator.platform.rows import DAY_MS


@pytest.fixture(scope="module")
def classes(theatre: Theatre) -> list[Performance]:
    return [theatre.lookalike("classroom", seed=seed) for seed in range(4)]


def test_children_of_one_country_and_zone_play_the_same_few_tracks_at_one_address(classes: list[Performance]) -> None:
    for each in classes:
        assert np.unique(each.plays.ip_hash).size == 1
        assert np.unique(each.plays.country_ix).size == 1
        assert np.unique(each.stage.people.zone_h[each.plays.listener_id]).size == 1
        assert np.unique(each.plays.listener_id).size >= 3
        assert np.unique(each.plays.track_id).size <= 11
        assert not np.isin(each.plays.ip_hash, each.stage.people.home_ip).any()


def test_lessons_are_in_the_same_hour_on_weekdays(classes: list[Performance]) -> None:
    for each in classes:
        zone_h = each.stage.people.zone_h[each.plays.listener_id]
        local_h = (each.plays.asked_ms % DAY_MS / 3_600_000 + zone_h) % 24
        assert np.ptp(local_h) < 1
        assert 7 < local_h.min() < 16
        assert {each.stage.window.weekday(day) for day in np.unique(each.day)} <= set(range(5))
