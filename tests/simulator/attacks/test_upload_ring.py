"""An upload ring."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre


@pytest.fixture(scope="module")
def rings(theatre: Theatre) -> list[Performance]:
    return [theatre.ring("upload_ring", seed=seed, tracks=400) for seed in range(4)]


def test_it_floods_the_catalogue_with_near_copies(rings: list[Performance]) -> None:
    for ring in rings:
        vectors = np.array(ring.rows.embeddings["vector"].to_list())
        likeness = vectors @ vectors.T
        np.fill_diagonal(likeness, -1)
        assert len(vectors) > 40
        assert np.median(likeness.max(axis=1)) > 0.9


def test_the_copies_of_a_sound_are_spread_over_accounts(rings: list[Performance]) -> None:
    for ring in rings:
        vectors = np.array(ring.rows.embeddings["vector"].to_list())
        account = ring.rows.tracks["account_id"].to_numpy()
        near = vectors @ vectors.T > 0.9
        assert np.unique(account).size >= 3
        assert (near & (account[:, None] != account)).any()


def test_it_is_about_uploads_more_than_plays(theatre: Theatre, rings: list[Performance]) -> None:
    farms = [theatre.ring("bot_farm", seed=seed) for seed in range(4)]
    per_track = [np.mean([ring.fake.count / ring.own_track_id.size for ring in group]) for group in (rings, farms)]
    assert per_track[0] < 0.5 * per_track[1]


def test_a_burst_comes_in_days(theatre: Theatre) -> None:
    act = theatre.entered("upload_ring", upload_days=1, ramp_share=0)
    uploaded = act.rows.tracks["uploaded_at"]
    assert (uploaded.max() - uploaded.min()).total_seconds() < (
        1.1 + 6
    ) * 86_400  # the burst, and until the Friday after
