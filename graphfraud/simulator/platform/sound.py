"""What tracks sound like: vectors around a genre, an artist and a release, and copies beside their source."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float32, Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Ints, Singles
from graphfraud.simulator.platform.owners import GENRES
from graphfraud.simulator.platform.rows import frame

DIMENSIONS: Final = 32
MODEL: Final = "simulated-32"

ARTIST_SPREAD: Final = 0.7
RELEASE_SPREAD: Final = 0.3
TRACK_SPREAD: Final = 0.4
SAMENESS: Final = {"sleep": 0.3, "white noise": 0.2, "ambient": 0.6, "lo-fi": 0.6}
"""Rain sounds like rain: by so much the releases and tracks of an artist of these genres differ less."""


@dataclass(frozen=True, slots=True)
class SoundSpace:
    """Where each genre sounds; the other spreads are around it, in units of the genres' own."""

    genre_centre: Float32[Singles, "genre 32"]


def sound_space(rng: Generator) -> SoundSpace:
    """Genres far apart from each other."""
    return SoundSpace(_spread(len(GENRES), 1.0, rng))


def _spread(count: int, spread: float, rng: Generator) -> Float32[Singles, "row 32"]:
    return rng.standard_normal((count, DIMENSIONS), dtype=np.float32) * np.float32(spread)


def sounds_drawn(
    space: SoundSpace,
    genre_ix: Int[Ints, " track"],
    artist_ix: Int[Ints, " track"],
    release_ix: Int[Ints, " track"],
    rng: Generator,
) -> Float32[Singles, "track 32"]:
    """A vector for each track: alike within a release (cosine about 0.9), then an artist, then a genre."""
    artist = _spread(int(artist_ix.max()) + 1, ARTIST_SPREAD, rng)
    release = _spread(int(release_ix.max()) + 1, RELEASE_SPREAD, rng)
    track = _spread(genre_ix.size, TRACK_SPREAD, rng)
    differ = np.array([SAMENESS.get(genre, 1.0) for genre in GENRES], np.float32)[genre_ix, None]
    return space.genre_centre[genre_ix] + artist[artist_ix] + differ * (release[release_ix] + track)


def near_copies(
    sources: Float32[Singles, "track 32"], *, low: float, high: float, rng: Generator
) -> Float32[Singles, "track 32"]:
    """A copy of each source, off by `low` to `high`: 0.1 is a cosine of about 0.997, 0.3 of about 0.975."""
    off = rng.uniform(low, high, (len(sources), 1)).astype(np.float32)
    return sources + off * _spread(len(sources), 1.0, rng)


def embedding_rows(track_id: Int[Ints, " track"], sounds: Float32[Singles, "track 32"]) -> pl.DataFrame:
    """The vectors as a table, each of length one."""
    unit = sounds / np.sqrt(np.square(sounds).sum(axis=1, keepdims=True))
    return frame("embeddings", track_id=track_id, model=MODEL, vector=pl.Series(unit).arr.to_list())
