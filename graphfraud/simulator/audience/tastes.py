"""What people like: a few scenes, favourites they come back to, and some new every day.

Nothing of it is stored: a favourite is drawn from its owner's number and its own, always the same.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Floats, Ints, choices, choices_by_row, luck_of
from graphfraud.simulator.platform.owners import Scenes
from graphfraud.simulator.platform.shelves import Shelves

TASTE_SHARE: Final = np.array([0.6, 0.3, 0.1])
SAVED_COUNT: Final = 9
"""Tracks that a person keeps of a favourite artist, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tastes:
    """What some people like, by their place among them."""

    salt: int
    scene_ix: Int[Ints, "person 3"]
    """The dearest first."""
    variety: Int[Ints, " person"]
    """Favourite artists."""
    devotion: Float[Floats, " person"]
    """How much dearer the first favourite is than the next: 1 is not at all."""

    def scenes(self, person_ix: Int[Ints, " draw"], rng: Generator) -> Int[Ints, " draw"]:
        """A scene that each person likes."""
        return self.scene_ix[person_ix, choices(TASTE_SHARE, person_ix.size, rng)]

    def slots(self, person_ix: Int[Ints, " draw"], luck: Float[Floats, " draw"]) -> Int[Ints, " draw"]:
        """The place of a favourite among each person's, by `luck` in [0, 1)."""
        return (luck ** self.devotion[person_ix] * self.variety[person_ix]).astype(np.int64)

    def favourites(
        self, shelves: Shelves, person_ix: Int[Ints, " draw"], slot: Int[Ints, " draw"]
    ) -> Int[Ints, " draw"]:
        """The artist at each place."""
        which = np.searchsorted(np.cumsum(TASTE_SHARE), luck_of(self.salt, person_ix, slot, 0)).clip(0, 2)
        scene_ix = self.scene_ix[person_ix, which]
        where, luck = luck_of(self.salt, person_ix, slot, 1), luck_of(self.salt, person_ix, slot, 2)
        return shelves.artists(scene_ix, where, luck)

    def saved_tracks(
        self, shelves: Shelves, person_ix: Int[Ints, " draw"], slot: Int[Ints, " draw"], luck: Float[Floats, " draw"]
    ) -> Int[Ints, " draw"]:
        """One of the few tracks that each person keeps of the artist at this place."""
        artist_ix = self.favourites(shelves, person_ix, slot)
        place = (luck**1.7 * SAVED_COUNT).astype(np.int64)
        return shelves.tracks_by(artist_ix, luck_of(self.salt, person_ix, slot, 3 + place))


def tastes_drawn(
    country_ix: Int[Ints, " person"], scenes: Scenes, *, variety: float, devotion: float, rng: Generator
) -> Tastes:
    """Tastes around each person's country; `variety` and `devotion` are the median person's."""
    count = country_ix.size
    scene_ix = choices_by_row(scenes.pull_by_country, np.repeat(country_ix, TASTE_SHARE.size), rng)
    return Tastes(
        salt=int(rng.integers(0, 1 << 62)),
        scene_ix=scene_ix.reshape(count, TASTE_SHARE.size),
        variety=np.clip(variety * rng.lognormal(0, 0.7, count), 2, 400).astype(np.int64),
        devotion=1 + (devotion - 1) * rng.lognormal(0, 0.5, count),
    )
