"""Impersonation."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre

from graphfraud.simulator.platform.chance import Floats, Ints


@pytest.fixture(scope="module")
def impostors(theatre: Theatre) -> list[Performance]:
    """With enough tracks each to be seen."""
    return [theatre.ring("impersonation", seed=seed, tracks=60) for seed in range(6)]


def copied(ring: Performance) -> tuple[Ints, Floats]:
    """The honest track that each of the ring's sounds like most, of those that were out before it, and how much."""
    sounds = ring.stage.sounds / np.linalg.norm(ring.stage.sounds, axis=1, keepdims=True)
    uploaded_ms = ring.rows.tracks["uploaded_at"].dt.epoch("ms").to_numpy()
    earlier = ring.stage.catalogue.uploaded_ms < uploaded_ms[:, None]
    likeness = np.where(earlier, np.array(ring.rows.embeddings["vector"].to_list()) @ sounds.T, -1)
    return likeness.argmax(axis=1), likeness.max(axis=1)


def test_it_takes_the_name_of_the_star_that_it_sounds_like(impostors: list[Performance]) -> None:
    for ring in impostors:
        (name,) = set(ring.rows.tracks["artist_name"])
        copied_of = ring.stage.catalogue.account_ix[copied(ring)[0]]
        star = int(np.bincount(copied_of).argmax())
        assert ring.stage.artist_names[star] in name
        assert (copied_of == star).mean() > 0.7


def test_it_sounds_like_tracks_that_were_out_before(impostors: list[Performance]) -> None:
    for ring in impostors:
        _, likeness = copied(ring)
        assert np.median(likeness) > 0.9
        assert likeness.min() > 0.7


def test_its_star_is_well_known(impostors: list[Performance]) -> None:
    pull = impostors[0].stage.catalogue.owners.pull
    stars = [int(np.bincount(ring.stage.catalogue.account_ix[copied(ring)[0]]).argmax()) for ring in impostors]
    assert (pull[stars] > np.quantile(pull, 0.8)).all()


def test_some_names_are_disguised_and_some_are_not(theatre: Theatre) -> None:
    taken = [theatre.entered("impersonation", seed=seed).rows.tracks["artist_name"][0] for seed in range(25)]
    exact = [name in set(theatre.stage.artist_names) for name in taken]
    assert set(exact) == {True, False}


def test_people_who_search_find_it_too(theatre: Theatre) -> None:
    ring = theatre.ring("impersonation", organic_share=4, camouflage_share=0, bots=200, days=28, start_share=0)
    assert (~ring.plays.fake).sum() > ring.plays.fake.sum()


def test_an_impostor_older_than_the_catalogue_copies_its_oldest(theatre: Theatre) -> None:
    tracks = theatre.entered("impersonation", preparation_days=3_650, upload_days=1).rows.tracks
    assert tracks["artist_name"].n_unique() == 1
    assert tracks["uploaded_at"].dt.epoch("ms").max() < theatre.stage.window.start_ms
