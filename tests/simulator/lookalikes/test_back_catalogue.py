"""A label's back catalogue."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre


@pytest.fixture(scope="module")
def labels(theatre: Theatre) -> list[Performance]:
    return [theatre.lookalike("back_catalogue", seed=seed) for seed in range(3)]


def test_many_tracks_under_several_names_come_in_a_burst_and_are_paid_through_one_payee(
    labels: list[Performance],
) -> None:
    for label in labels:
        uploaded = label.rows.tracks["uploaded_at"]
        assert (uploaded.max() - uploaded.min()).total_seconds() < (
            2 + 7
        ) * 86_400  # the burst, and until the Friday after
        assert label.rows.accounts["payee_hash"].n_unique() == 1
        assert label.rows.tracks["artist_name"].n_unique() >= label.rows.accounts.height >= 3
        assert label.rows.accounts["account_type"][0] == "label"


def test_a_scattered_audience_hears_it(labels: list[Performance]) -> None:
    assert all(set(label.plays.track_id) <= set(label.subjects("track")) for label in labels)
    audiences = [np.unique(label.plays.listener_id).size for label in labels]
    assert min(audiences) > 0
    assert np.mean(audiences) > 4
