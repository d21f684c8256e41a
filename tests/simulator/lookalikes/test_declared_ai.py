"""Declared AI music."""

import numpy as np
from simulator.worlds import Theatre


def test_one_maker_says_what_it_is_and_all_of_it_sounds_alike(theatre: Theatre) -> None:
    for seed in range(3):
        maker = theatre.lookalike("declared_ai", seed=seed)
        assert maker.rows.accounts.height == 1
        assert maker.rows.tracks["contains_ai"].is_in(["All", "Partly"]).all()
        vectors = np.array(maker.rows.embeddings["vector"].to_list())
        assert np.median(vectors @ vectors.T) > 0.65


def test_people_like_it_and_are_no_more_captive_than_others(theatre: Theatre) -> None:
    maker = theatre.lookalike("declared_ai")
    listeners = np.unique(maker.plays.listener_id)
    assert listeners.size > 3
    assert maker.plays.count / listeners.size < 60
