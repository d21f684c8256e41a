"""A thin spread."""

import numpy as np
from simulator.worlds import BUSY, Theatre


def test_very_many_tracks_are_each_played_hardly_ever(theatre: Theatre) -> None:
    ring = theatre.ring("thin_spread", **{**BUSY, "bots": 100, "plays_per_day": 10}, tracks=2_000, camouflage_share=0)
    plays = np.bincount(ring.fake.track_id, minlength=ring.own_track_id.max() + 1)[ring.own_track_id]
    assert ring.own_track_id.size > 200
    assert (plays > 0).mean() > 0.3
    assert np.median(plays) < 40


def test_it_has_more_tracks_a_bot_than_the_usual_farm(theatre: Theatre) -> None:
    spread, farm = (
        np.mean(
            [
                act.rows.tracks.height / act.rows.listeners.height
                for act in (theatre.entered(kind, seed=seed) for seed in range(8))
            ]
        )
        for kind in ("thin_spread", "bot_farm")
    )
    assert spread > 3 * farm


def test_its_tracks_are_variations_of_a_few_prompts(theatre: Theatre) -> None:
    act = theatre.entered("thin_spread", tracks=2_000)
    vectors = np.array(act.rows.embeddings["vector"].to_list())
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    assert np.median(likeness.max(axis=1)) > 0.85
    assert np.median(likeness) < 0.6
