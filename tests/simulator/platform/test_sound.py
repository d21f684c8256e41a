"""What tracks sound like."""

import numpy as np
import pytest

from graphfraud.simulator.platform.chance import Singles
from graphfraud.simulator.platform.owners import GENRES
from graphfraud.simulator.platform.sound import embedding_rows, near_copies, sound_space, sounds_drawn

POP, NOISE = GENRES.index("pop"), GENRES.index("white noise")


def cosine(one: Singles, other: Singles) -> Singles:
    return (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


def drawn(genre: int, artists: list[int], releases: list[int]) -> Singles:
    rng = np.random.default_rng(0)
    space = sound_space(rng)
    artist_ix, release_ix = np.tile(artists, 300), np.tile(releases, 300)
    artist_ix = artist_ix + np.repeat(np.arange(300), 2) * (max(artists) + 1)
    release_ix = release_ix + np.repeat(np.arange(300), 2) * (max(releases) + 1)
    return sounds_drawn(space, np.full(600, genre), artist_ix, release_ix, rng)


def test_tracks_are_alike_within_a_release_then_an_artist_then_a_genre() -> None:
    pairs = [
        drawn(POP, artists, releases) for artists, releases in (([0, 0], [0, 0]), ([0, 0], [0, 1]), ([0, 1], [0, 1]))
    ]
    release, artist, genre = (float(np.median(cosine(sounds[::2], sounds[1::2]))) for sounds in pairs)
    assert 0.85 < release < 0.97
    assert genre < artist < release


def test_noise_sounds_like_noise() -> None:
    noise, pop = (drawn(genre, [0, 0], [0, 1]) for genre in (NOISE, POP))
    assert np.median(cosine(noise[::2], noise[1::2])) > 0.98 > np.median(cosine(pop[::2], pop[1::2]))


@pytest.mark.parametrize(("off", "expected"), [(0.1, 0.997), (0.3, 0.975)])
def test_a_copy_is_as_near_as_it_is_told(off: float, expected: float) -> None:
    sources = drawn(POP, [0, 1], [0, 1])
    copies = near_copies(sources, low=off, high=off, rng=np.random.default_rng(1))
    assert np.median(cosine(sources, copies)) == pytest.approx(expected, abs=0.006)


def test_embeddings_are_of_length_one_and_keep_the_direction() -> None:
    sounds = drawn(POP, [0, 1], [0, 1])[:50]
    rows = embedding_rows(np.arange(50), sounds)
    vectors = np.array(rows["vector"].to_list(), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(cosine(vectors, sounds), 1, rtol=1e-5)
    assert rows["model"].n_unique() == 1
