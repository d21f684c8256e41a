"""Tracks that somebody comes back to, and where plays of them come from."""

import numpy as np
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.audience.plays import (
    ALBUM,
    API,
    ARTIST,
    AUTOPLAY,
    LIBRARY,
    NOWHERE,
    PLAYLIST,
    RADIO,
    SEARCH,
)
from graphfraud.simulator.audience.repertoire import both, contexts_of, honest_repertoire, scenes_of_genre
from graphfraud.simulator.platform.owners import GENRES


def test_a_repertoire_says_of_its_tracks_what_the_catalogue_says(theatre: Theatre) -> None:
    catalogue, track_ix = theatre.stage.catalogue, np.array([500, 3, 77])
    repertoire = honest_repertoire(theatre.stage, track_ix)
    assert repertoire.count == 3
    for place, track in enumerate(track_ix):
        assert repertoire.track_id[place] == track
        assert repertoire.duration_ms[place] == catalogue.duration_ms[track]
        assert repertoire.uploaded_ms[place] == catalogue.uploaded_ms[track]
        assert repertoire.collection_id[place] == catalogue.collection_id[catalogue.release_ix[track]]
        assert repertoire.scene_ix[place] == catalogue.owners.scene_ix[catalogue.account_ix[track]]


def test_two_repertoires_follow_one_another(theatre: Theatre) -> None:
    first, second = (honest_repertoire(theatre.stage, np.array(ix)) for ix in ([4, 9], [1, 800, 30]))
    joined = both(first, second)
    assert joined.track_id.tolist() == [4, 9, 1, 800, 30]
    np.testing.assert_array_equal(joined.scene_ix[2:], second.scene_ix)
    np.testing.assert_array_equal(joined.collection_id[:2], first.collection_id)


def test_a_scene_of_a_genre_is_any_of_that_genre(theatre: Theatre) -> None:
    genre_ix = np.repeat(np.arange(len(GENRES)), 60)
    scene_ix = scenes_of_genre(theatre.stage, genre_ix, np.random.default_rng(0))
    np.testing.assert_array_equal(theatre.stage.scenes.genre_ix[scene_ix], genre_ix)
    assert set(scene_ix) == set(range(theatre.stage.scenes.genre_ix.size))


@pytest.mark.parametrize(
    ("sources", "context"),
    [
        ((PLAYLIST,), "playlist"),
        ((ALBUM,), "release"),
        ((RADIO, AUTOPLAY), "station"),
        ((LIBRARY, SEARCH, ARTIST, API), "nowhere"),
    ],
)
def test_the_source_says_what_a_play_comes_from(theatre: Theatre, sources: tuple[int, ...], context: str) -> None:
    source_ix, scene_ix = np.array(sources), np.arange(len(sources))
    found = contexts_of(
        theatre.stage, source_ix=source_ix, collection_id=100 + scene_ix, scene_ix=scene_ix, playlist_id=7
    )
    expected = {
        "playlist": np.full(scene_ix.size, 7),
        "release": 100 + scene_ix,
        "station": theatre.stage.station_context_id[scene_ix],
        "nowhere": np.full(scene_ix.size, NOWHERE),
    }
    np.testing.assert_array_equal(found, expected[context])
