"""A family that shares one account."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre

from graphfraud.simulator.audience.plays import plays_at, started_ms
from graphfraud.simulator.platform.rows import LANE


@pytest.fixture(scope="module")
def groups(theatre: Theatre) -> list[Performance]:
    """Some families each."""
    return [theatre.lookalike("family_account", seed=seed) for seed in range(5)]


def test_several_people_play_on_one_account_and_on_devices_of_their_own(groups: list[Performance]) -> None:
    for families in groups:
        plays = families.plays
        pairs = np.unique(np.column_stack([plays.listener_id, plays.lane]), axis=0)
        heads = np.unique(pairs[:, 0], return_counts=True)[1]
        assert np.unique(pairs[:, 1]).size == len(pairs)
        assert heads.max() >= 3
        assert heads.size == families.rows.listeners.height > 1
        assert np.unique(np.column_stack([plays.listener_id, plays.device_id]), axis=0).shape[0] > 2 * heads.size


def test_they_play_at_the_same_time(groups: list[Performance]) -> None:
    at_once = 0
    for families in groups:
        plays = plays_at(families.plays, np.lexsort((families.plays.asked_ms, families.plays.lane)))
        start_ms = started_ms(plays, np.zeros(families.numbers.counts[LANE], np.int64))
        order = np.lexsort((start_ms, plays.listener_id))
        same = np.diff(plays.listener_id[order]) == 0
        at_once += (same & (start_ms[order][1:] < (start_ms + plays.played_ms)[order][:-1])).sum()
    assert at_once > 20


def test_some_live_abroad(groups: list[Performance]) -> None:
    homes = [
        {int(np.bincount(families.plays.country_ix[families.plays.lane == lane]).argmax()) for lane in lanes}
        for families in groups
        for lanes in (
            np.unique(families.plays.lane[families.plays.listener_id == account])
            for account in np.unique(families.plays.listener_id)
        )
    ]
    assert {len(home) > 1 for home in homes} == {True, False}
