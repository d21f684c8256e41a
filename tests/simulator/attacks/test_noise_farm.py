"""Functional-noise farming."""

import numpy as np
from simulator.worlds import Theatre

from graphfraud.simulator.attacks.noise_farm import CALLED
from graphfraud.simulator.platform.owners import GENRES


def test_its_tracks_are_much_shorter_than_honest_ones_and_some_as_short_as_pays(theatre: Theatre) -> None:
    lengths = [theatre.entered("noise_farm", seed=seed).rows.tracks["duration_ms"] for seed in range(8)]
    honest_ms = np.median(theatre.stage.catalogue.duration_ms)
    assert all(length.min() >= 31_000 and length.median() < honest_ms for length in lengths)
    assert min(length.median() for length in lengths) < 60_000


def test_all_is_called_by_one_genre_of_noise(theatre: Theatre) -> None:
    for seed in range(4):
        (genre,) = set(theatre.entered("noise_farm", seed=seed).rows.tracks["genre"])
        assert genre in {GENRES[ix] for ix in CALLED}


def test_a_night_of_a_bot_is_many_plays_heard_out(theatre: Theatre) -> None:
    ring = theatre.ring("noise_farm", bots=200, plays_per_day=100, skip_share=0, just_paid_share=0, start_share=0)
    duration = dict(ring.rows.tracks.select("track_id", "duration_ms").iter_rows())
    own = np.isin(ring.fake.track_id, ring.own_track_id)
    lasts = np.array([duration[track] for track in ring.fake.track_id[own]])
    assert (ring.fake.played_ms[own] == lasts).mean() > 0.8
    assert (ring.fake.played_ms[own] >= 30_000).mean() > 0.8
