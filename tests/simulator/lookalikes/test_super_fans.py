"""Super fans."""

import numpy as np
from simulator.worlds import Theatre

from graphfraud.simulator.lookalikes.super_fans import artist_with_fans


def test_they_loop_few_tracks_of_one_artist(theatre: Theatre) -> None:
    looped = []
    for seed in range(4):
        fans = theatre.lookalike("super_fans", seed=seed)
        assert np.unique(theatre.stage.catalogue.account_ix[fans.plays.track_id]).size == 1
        assert set(fans.plays.track_id) <= set(fans.subjects("track"))
        assert 2 <= fans.subjects("track").size <= 10
        looped.append(fans.plays.count / np.unique(fans.plays.listener_id).size)
    assert np.mean(looped) > 20


def test_they_are_people_of_the_platform(theatre: Theatre) -> None:
    fans = theatre.lookalike("super_fans")
    assert fans.rows.listeners.is_empty()
    assert set(fans.plays.listener_id) <= set(range(theatre.stage.people.count))


def test_whom_they_love_has_enough_tracks_and_is_no_star(theatre: Theatre) -> None:
    catalogue = theatre.stage.catalogue
    heard_of = np.bincount(catalogue.account_ix, catalogue.pull)
    for seed in range(20):
        artist = artist_with_fans(catalogue, np.random.default_rng(seed))
        assert catalogue.account_size[artist] >= 3
        assert (heard_of > heard_of[artist]).mean() > 0.04
