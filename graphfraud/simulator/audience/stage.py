"""What an actor finds when it comes on: the honest platform, which no actor changes for another."""

import math
from dataclasses import dataclass

import polars as pl
from jaxtyping import Float32, Int

from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.audience.people import Compatriots, People, compatriots_of, people_drawn
from graphfraud.simulator.audience.playlists import Playlists, playlists_drawn
from graphfraud.simulator.platform.catalogue import Catalogue, artists_called, catalogue_drawn, catalogue_sounds
from graphfraud.simulator.platform.chance import Ints, Singles, rng_for
from graphfraud.simulator.platform.owners import Market, Scenes, market_drawn, owners_drawn, scenes_drawn
from graphfraud.simulator.platform.rows import ACCOUNT, COLLECTION, LISTENER, TRACK, Numbers
from graphfraud.simulator.platform.shelves import Shelves, shelves_of
from graphfraud.simulator.platform.sound import SoundSpace, sound_space

LISTENERS, ACCOUNTS, TRACKS = 40_000, 14_000, 45_000
"""Honest ones, at scale 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The honest platform."""

    window: Window
    scale: float
    scenes: Scenes
    market: Market
    catalogue: Catalogue
    artist_names: pl.Series
    sound_space: SoundSpace
    sounds: Float32[Singles, "track 32"]
    people: People
    compatriots: Compatriots
    shelves: Shelves
    playlists: Playlists
    station_context_id: Int[Ints, " scene"]

    @property
    def crew_scale(self) -> float:
        """How much smaller or larger than at scale 1 a group of fraudsters or fans is."""
        return min(1.5, max(0.1, math.sqrt(self.scale)))

    @property
    def subject_counts(self) -> dict[str, int]:
        """Honest subjects by kind; their numbers begin at 0."""
        return {ACCOUNT: self.catalogue.owners.count, TRACK: self.catalogue.count, LISTENER: self.people.count}


def stage_set(*, scale: float, window: Window, seed: int, numbers: Numbers) -> Stage:
    """The honest platform of this scale and seed."""
    owner_count = max(60, round(ACCOUNTS * scale))
    scenes = scenes_drawn(owner_count, rng_for(seed, "scenes"))
    market = market_drawn(rng_for(seed, "distributors"))
    owners = owners_drawn(
        owner_count, scenes, market, end_ms=window.end_ms, numbers=numbers, rng=rng_for(seed, "owners")
    )
    numbers.taken(ACCOUNT, owner_count)
    catalogue = catalogue_drawn(
        owners, max(250, round(TRACKS * scale)), end_ms=window.end_ms, numbers=numbers, rng=rng_for(seed, "catalogue")
    )
    space = sound_space(rng_for(seed, "genres"))
    people = people_drawn(
        max(40, round(LISTENERS * scale)), scenes, window=window, numbers=numbers, rng=rng_for(seed, "people")
    )
    return Stage(
        window=window,
        scale=scale,
        scenes=scenes,
        market=market,
        catalogue=catalogue,
        artist_names=artists_called(owners, rng_for(seed, "artist names")),
        sound_space=space,
        sounds=catalogue_sounds(catalogue, space, rng_for(seed, "sounds")),
        people=people,
        compatriots=compatriots_of(people),
        shelves=shelves_of(catalogue, scenes),
        playlists=playlists_drawn(
            catalogue,
            start_ms=window.start_ms,
            week_count=1 + (window.day_count - 1) // 7,
            numbers=numbers,
            rng=rng_for(seed, "playlists"),
        ),
        station_context_id=numbers.taken(COLLECTION, scenes.genre_ix.size),
    )
