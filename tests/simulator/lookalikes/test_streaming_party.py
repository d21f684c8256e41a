"""A streaming party."""

import numpy as np
from simulator.worlds import Theatre


def test_fans_loop_a_few_tracks_of_one_artist_on_a_few_evenings(theatre: Theatre) -> None:
    catalogue = theatre.stage.catalogue
    for seed in range(4):
        party = theatre.lookalike("streaming_party", seed=seed)
        assert 1 <= np.unique(party.plays.track_id).size <= 4
        assert np.unique(catalogue.account_ix[party.plays.track_id]).size == 1
        assert set(party.plays.listener_id) <= set(party.subjects("listener"))
        days = np.bincount(party.day, minlength=28)
        assert days.max() > 3 * np.median(days)


def test_fans_are_many_and_play_a_lot_that_evening(theatre: Theatre) -> None:
    party = theatre.lookalike("streaming_party")
    busiest = party.day == np.bincount(party.day).argmax()
    assert party.subjects("listener").size >= 8
    assert busiest.sum() / np.unique(party.plays.listener_id[busiest]).size > 2
