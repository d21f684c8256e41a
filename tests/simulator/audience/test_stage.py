"""The honest platform that every actor finds."""

import numpy as np
import pytest
from simulator.worlds import Theatre, theatre_of


def test_the_same_seed_sets_the_same_stage(tiny_theatre: Theatre) -> None:
    again, other = (theatre_of(0.002, seed=seed).stage for seed in (2, 3))
    np.testing.assert_array_equal(again.sounds, tiny_theatre.stage.sounds)
    np.testing.assert_array_equal(again.people.plays_per_day, tiny_theatre.stage.people.plays_per_day)
    assert not np.array_equal(again.sounds, other.sounds)


def test_a_longer_window_keeps_accounts_tracks_and_sounds(tiny_theatre: Theatre) -> None:
    longer = theatre_of(0.002, seed=2, day_count=35).stage
    np.testing.assert_array_equal(longer.sounds, tiny_theatre.stage.sounds)
    np.testing.assert_array_equal(longer.catalogue.uploaded_ms, tiny_theatre.stage.catalogue.uploaded_ms)
    assert len(longer.playlists.track_ix) == len(tiny_theatre.stage.playlists.track_ix) + 1


def test_groups_shrink_less_than_the_platform() -> None:
    small, large = (theatre_of(scale).stage for scale in (0.002, 0.08))
    assert 1 < large.crew_scale / small.crew_scale < 0.08 / 0.002
    assert small.crew_scale == pytest.approx(0.1)


def test_every_scene_has_a_station_of_its_own(theatre: Theatre) -> None:
    stations = theatre.stage.station_context_id
    assert np.unique(stations).size == stations.size == theatre.stage.scenes.genre_ix.size
