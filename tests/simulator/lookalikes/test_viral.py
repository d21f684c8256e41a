"""A viral day."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre


@pytest.fixture(scope="module")
def hypes(theatre: Theatre) -> list[Performance]:
    return [theatre.lookalike("viral", seed=seed) for seed in range(6)]


def test_one_track_that_nobody_knew_is_heard_by_many_a_few_times(hypes: list[Performance]) -> None:
    for hype in hypes:
        (track,) = set(hype.plays.track_id)
        pull = hype.stage.catalogue.pull
        assert pull[track] < np.quantile(pull, 0.9)
        assert hype.plays.count / np.unique(hype.plays.listener_id).size < 10
        assert list(hype.subjects("track")) == [track]
        assert hype.subjects("listener").size == 0


def test_its_days_of_fame_are_few(hypes: list[Performance]) -> None:
    shares = [np.sort(np.bincount(hype.day, minlength=28))[-7:].sum() / hype.plays.count for hype in hypes]
    assert np.mean(shares) > 0.6


def test_many_give_it_half_a_minute_only(hypes: list[Performance]) -> None:
    short = np.concatenate([hype.plays.played_ms for hype in hypes]) < 40_000
    assert 0.15 < short.mean() < 0.8
