"""Threshold farming."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre

from graphfraud.simulator.attacks import threshold_farm
from graphfraud.simulator.money import ELIGIBLE_FROM_COUNT


@pytest.fixture
def farm(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> Performance:
    """Three tracks at a time, of about ten, and all of its plays fall into the window."""
    monkeypatch.setattr(threshold_farm, "SEEN_SHARE", (1.0, 1.0))
    monkeypatch.setattr(threshold_farm, "AT_A_TIME", (3, 4))
    knobs = {"bots": 200, "plays_per_day": 20, "days": 28, "start_share": 0, "idle_day_share": 0, "turnover": 1}
    return theatre.ring("threshold_farm", **knobs, camouflage_share=0, evenness=50, accounts=2, budget_eur=1e6)


def test_most_tracks_are_played_past_the_threshold_and_none_far_past(farm: Performance) -> None:
    plays = np.bincount(farm.fake.track_id, minlength=farm.own_track_id.max() + 1)[farm.own_track_id]
    assert farm.own_track_id.size >= 6
    assert (plays >= ELIGIBLE_FROM_COUNT).mean() > 0.5
    assert plays.max() < 2 * ELIGIBLE_FROM_COUNT


def test_it_takes_its_tracks_one_after_the_other(farm: Performance) -> None:
    days = farm.day[farm.plays.fake]
    middle = [np.median(days[farm.fake.track_id == track]) for track in farm.own_track_id]
    assert middle == sorted(middle)
    at_once = [np.unique(farm.fake.track_id[days == day]).size for day in range(28)]
    assert max(at_once) <= 4 < farm.own_track_id.size


def test_more_bots_push_more_tracks(theatre: Theatre, farm: Performance) -> None:
    fewer = theatre.ring("threshold_farm", bots=50, plays_per_day=20, days=28, start_share=0, camouflage_share=0)
    assert fewer.own_track_id.size < farm.own_track_id.size
