"""Artists and tracks, drawn by their pull."""

from dataclasses import replace

import numpy as np
from simulator.worlds import Theatre

from graphfraud.simulator.platform.shelves import shelves_of


def test_tracks_by_an_account_are_its_own_and_the_dearest_come_most(theatre: Theatre) -> None:
    catalogue, rng = theatre.stage.catalogue, np.random.default_rng(0)
    account_ix = np.repeat(np.arange(catalogue.owners.count), 30)
    drawn = theatre.stage.shelves.tracks_by(account_ix, rng.random(account_ix.size))
    np.testing.assert_array_equal(catalogue.account_ix[drawn], account_ix)
    busiest = int(catalogue.account_size.argmax())
    many = theatre.stage.shelves.tracks_by(np.full(4_000, busiest), rng.random(4_000))
    first, size = catalogue.account_first_ix[busiest], catalogue.account_size[busiest]
    share = np.bincount(many - first, minlength=size) / many.size
    pull = catalogue.pull[first : first + size]
    assert abs(share - pull / pull.sum()).max() < 0.04


def test_artists_are_of_the_scene_then_of_its_genre_then_anybody(theatre: Theatre) -> None:
    stage, rng = theatre.stage, np.random.default_rng(0)
    artists = stage.catalogue.owners
    scene = int(np.bincount(artists.scene_ix).argmax())
    scenes, luck = np.full(500, scene), rng.random(500)
    near, akin, any_at_all = (stage.shelves.artists(scenes, np.full(500, where), luck) for where in (0.1, 0.7, 0.99))
    assert set(artists.scene_ix[near]) == {scene}
    assert set(stage.scenes.genre_ix[artists.scene_ix[akin]]) == {stage.scenes.genre_ix[scene]}
    assert np.unique(artists.genre_ix[any_at_all]).size > 3


def test_a_scene_without_artists_brings_others(theatre: Theatre) -> None:
    catalogue, scenes = theatre.stage.catalogue, theatre.stage.scenes
    moved = replace(catalogue.owners, scene_ix=np.maximum(catalogue.owners.scene_ix, 1))
    shelves = shelves_of(replace(catalogue, owners=moved), scenes)
    drawn = shelves.artists(np.zeros(200, np.int64), np.full(200, 0.1), np.linspace(0, 0.999, 200))
    assert np.unique(drawn).size > 1
    assert drawn.max() < catalogue.owners.count


def test_tracks_near_a_scene_are_mostly_of_its_genre(theatre: Theatre) -> None:
    stage, rng = theatre.stage, np.random.default_rng(0)
    scene = int(np.bincount(stage.catalogue.owners.scene_ix).argmax())
    drawn = stage.shelves.tracks_near(np.full(2_000, scene), rng)
    assert (
        stage.catalogue.owners.genre_ix[stage.catalogue.account_ix[drawn]] == stage.scenes.genre_ix[scene]
    ).mean() > 0.7
