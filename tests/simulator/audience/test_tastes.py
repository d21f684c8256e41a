"""What people like: drawn, never stored, always the same."""

import numpy as np
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.audience.tastes import SAVED_COUNT, Tastes, tastes_drawn

COUNT = 300


@pytest.fixture(scope="module")
def tastes(theatre: Theatre) -> Tastes:
    country_ix = np.zeros(COUNT, np.int64)
    return tastes_drawn(country_ix, theatre.stage.scenes, variety=20, devotion=2, rng=np.random.default_rng(0))


def test_a_favourite_is_always_the_same_and_everybodys_own(theatre: Theatre, tastes: Tastes) -> None:
    shelves, person, first = theatre.stage.shelves, np.arange(COUNT), np.zeros(COUNT, np.int64)
    favourites = tastes.favourites(shelves, person, first)
    np.testing.assert_array_equal(favourites, tastes.favourites(shelves, person, first))
    backwards = tastes.favourites(shelves, person[::-1], first)
    np.testing.assert_array_equal(favourites, backwards[::-1])
    assert np.unique(favourites).size > 20


def test_the_first_favourite_comes_most_often_and_none_beyond_the_variety(tastes: Tastes) -> None:
    luck = np.random.default_rng(1).random(200)
    for who in range(20):
        slots = tastes.slots(np.full(200, who), luck)
        assert slots.max() < tastes.variety[who]
        counts = np.bincount(slots)
        assert counts[0] >= counts[-1]


def test_saved_tracks_are_few_and_of_the_favourite(theatre: Theatre, tastes: Tastes) -> None:
    stage, luck = theatre.stage, np.random.default_rng(2).random(200)
    for who in range(20):
        person, slot = np.full(200, who), np.zeros(200, np.int64)
        saved = tastes.saved_tracks(stage.shelves, person, slot, luck)
        (artist,) = set(tastes.favourites(stage.shelves, person, slot))
        assert set(stage.catalogue.account_ix[saved]) == {artist}
        assert np.unique(saved).size <= SAVED_COUNT


def test_scenes_are_each_persons_three_and_the_first_is_dearest(tastes: Tastes) -> None:
    rng = np.random.default_rng(3)
    scenes = tastes.scenes(np.repeat(np.arange(COUNT), 50), rng).reshape(COUNT, 50)
    assert all(set(liked) <= set(own) for liked, own in zip(scenes, tastes.scene_ix, strict=True))
    assert (scenes == tastes.scene_ix[:, :1]).mean() > 0.5


def test_people_like_what_is_at_home_in_their_country(theatre: Theatre) -> None:
    scenes = theatre.stage.scenes
    home = int(np.bincount(scenes.country_ix[scenes.country_ix >= 0]).argmax())

    def share_of(country: int) -> float:
        ix = np.full(COUNT, country)
        drawn = tastes_drawn(ix, scenes, variety=20, devotion=2, rng=np.random.default_rng(0))
        return float((scenes.country_ix[drawn.scene_ix] == home).mean())

    assert share_of(home) > 5 * share_of((home + 1) % 14)
