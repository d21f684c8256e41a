"""What an actor finds when it comes on: the honest platform, which no actor changes for another."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Float32, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.audience.people import People, people_drawn
from graphfraud.simulator.audience.plays import AUTOPLAY, NOWHERE, PLAYLIST, RADIO
from graphfraud.simulator.platform.catalogue import Catalogue, catalogue_drawn, catalogue_sounds
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, Singles, rng_for
from graphfraud.simulator.platform.owners import GENRES, owners_drawn
from graphfraud.simulator.platform.rows import Keys
from graphfraud.simulator.platform.sound import SoundSpace, sound_space

PLAYLISTS_PER_GENRE: Final = 3
HIT_PLAYLIST_COUNT: Final = 5
PLAYLIST_TRACK_COUNT: Final = 40


@dataclass(frozen=True, slots=True)
class Shelves:
    """Tracks by genre, to be drawn by their pull."""

    track_ix: Int[Ints, " track"]
    cumulative: Float[Floats, " track"]
    """Genre row plus the share of its pull up to and with this track."""

    def drawn(self, genre_ix: Int[Ints, " draw"], rng: Generator) -> Int[Ints, " draw"]:
        """A track of each genre; an empty genre gives a track of the next one."""
        place = np.searchsorted(self.cumulative, genre_ix + rng.random(genre_ix.size), side="right")
        return self.track_ix[np.minimum(place, self.track_ix.size - 1)]


@dataclass(frozen=True, slots=True)
class Playlists:
    """Editorial playlists: some for each genre, then hits of all genres."""

    track_ix: Int[Ints, "playlist 40"]
    context_id: Int[Ints, " playlist"]

    def drawn(self, genre_ix: Int[Ints, " draw"], rng: Generator) -> Int[Ints, " draw"]:
        """A playlist row for each genre: mostly the genre's own, else hits."""
        own = PLAYLISTS_PER_GENRE * genre_ix + rng.integers(0, PLAYLISTS_PER_GENRE, genre_ix.size)
        hits = len(GENRES) * PLAYLISTS_PER_GENRE + rng.integers(0, HIT_PLAYLIST_COUNT, genre_ix.size)
        return np.where(rng.random(genre_ix.size) < 0.25, hits, own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The honest platform."""

    window: Window
    crew_scale: float
    """In (0, 1]: how much smaller a group of fraudsters or fans is on a small platform."""
    catalogue: Catalogue
    sound_space: SoundSpace
    sounds: Float32[Singles, "track 32"]
    people: People
    shelves: Shelves
    playlists: Playlists
    station_context_id: Int[Ints, " genre"]

    @property
    def subject_counts(self) -> dict[str, int]:
        """Honest subjects by kind; their numbers begin at 0."""
        return {
            "account": self.catalogue.owners.count,
            "track": self.catalogue.count,
            "listener": self.people.count,
        }

    def contexts_drawn(
        self, source_ix: Int[Ints, " session"], *, playlist_id: int, rng: Generator
    ) -> Int[Ints, " session"]:
        """Where each session's tracks come from: this playlist, any station, or nowhere."""
        station_id = rng.choice(self.station_context_id, source_ix.size)
        is_station = np.isin(source_ix, (RADIO, AUTOPLAY))
        return np.where(source_ix == PLAYLIST, playlist_id, np.where(is_station, station_id, NOWHERE))


def stage_set(*, scale: float, window: Window, seed: int) -> Stage:
    """The honest platform of this scale and seed."""
    keys = Keys(0)
    owners = owners_drawn(round(1_200 * scale), end_ms=window.end_ms, keys=keys, rng=rng_for(seed, "owners"))
    catalogue = catalogue_drawn(owners, round(8_000 * scale), end_ms=window.end_ms, rng=rng_for(seed, "catalogue"))
    space = sound_space(rng_for(seed, "genres"))
    return Stage(
        window=window,
        crew_scale=min(1.0, math.sqrt(2.5 * scale)),
        catalogue=catalogue,
        sound_space=space,
        sounds=catalogue_sounds(catalogue, space, rng_for(seed, "sounds")),
        people=people_drawn(round(3_000 * scale), window=window, keys=keys, rng=rng_for(seed, "people")),
        shelves=shelves_of(catalogue),
        playlists=playlists_drawn(catalogue, keys, rng_for(seed, "playlists")),
        station_context_id=keys.taken(len(GENRES)),
    )


def shelves_of(catalogue: Catalogue) -> Shelves:
    """The catalogue by genre and pull, flattened a little: people look past the hits."""
    track_ix = np.argsort(catalogue.genre_ix, kind="stable")
    genre_ix, pull = catalogue.genre_ix[track_ix], catalogue.pull[track_ix] ** 0.9
    genre_pull = np.bincount(genre_ix, pull, minlength=len(GENRES))
    before = np.cumsum(genre_pull) - genre_pull
    return Shelves(track_ix, genre_ix + (np.cumsum(pull) - before[genre_ix]) / genre_pull[genre_ix])


def playlists_drawn(catalogue: Catalogue, keys: Keys, rng: Generator) -> Playlists:
    """Playlists filled by pull, without repeats; the genre's own tracks come first."""
    genre_ix = np.repeat(np.arange(len(GENRES)), PLAYLISTS_PER_GENRE)
    rows = [_top_tracks(catalogue, catalogue.genre_ix == genre, rng) for genre in genre_ix]
    rows += [_top_tracks(catalogue, catalogue.pull > 0, rng) for _ in range(HIT_PLAYLIST_COUNT)]
    return Playlists(np.stack(rows), keys.taken(len(rows)))


def _top_tracks(catalogue: Catalogue, wanted: Bool[Flags, " track"], rng: Generator) -> Int[Ints, " 40"]:
    """Tracks drawn by pull without repeats: the largest of log pull plus Gumbel noise."""
    appeal = np.log(catalogue.pull) + rng.gumbel(size=catalogue.count) + np.where(wanted, 100, 0)
    return np.argsort(-appeal)[:PLAYLIST_TRACK_COUNT]
