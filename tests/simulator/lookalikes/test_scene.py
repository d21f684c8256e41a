"""A local scene."""

import numpy as np
from simulator.worlds import Theatre


def test_people_of_one_country_play_a_few_artists_whom_hardly_anybody_knows(theatre: Theatre) -> None:
    catalogue, people = theatre.stage.catalogue, theatre.stage.people
    for seed in range(4):
        scene = theatre.lookalike("scene", seed=seed)
        listeners, artists = scene.subjects("listener"), scene.subjects("account")
        assert np.unique(people.country_ix[listeners]).size == 1
        assert 1 <= artists.size <= 6
        assert (catalogue.owners.pull[artists] <= np.quantile(catalogue.owners.pull, 0.7)).all()
        assert set(catalogue.account_ix[scene.plays.track_id]) <= set(artists)
        assert set(scene.plays.listener_id) <= set(listeners)


def test_the_people_of_a_scene_are_already_on_the_platform_and_play_for_long(theatre: Theatre) -> None:
    scene = theatre.lookalike("scene")
    assert scene.rows.listeners.is_empty()
    assert np.ptp(scene.day) > 14
