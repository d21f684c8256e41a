"""Artists and tracks on shelves, to be drawn by their pull: of a scene, of a genre, of everything."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.platform.catalogue import Catalogue
from graphfraud.simulator.platform.chance import Floats, Ints
from graphfraud.simulator.platform.owners import GENRES, Scenes

OWN_SCENE, OWN_GENRE = 0.55, 0.85
"""Of what people look for, in the scene that they are in, and in its genre; the rest is anything."""
FLATTENED: Final = 0.95
"""People look past the hits a little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Cumulative pulls: artists in order of their scene, and tracks in order of the catalogue."""

    artist_ix: Int[Ints, " account"]
    reach: Float[Floats, " account"]
    """Pull of the artists up to and with this one."""
    scene_edge: Float[Floats, " edge"]
    """Pull before each scene, and at the end that of all."""
    genre_edge: Float[Floats, " edge"]
    scene_genre_ix: Int[Ints, " scene"]
    track_edge: Float[Floats, " edge"]
    """Pull of the tracks before each, and at the end that of all."""
    first_track_ix: Int[Ints, " account"]
    past_track_ix: Int[Ints, " account"]

    def artists(
        self, scene_ix: Int[Ints, " draw"], where: Float[Floats, " draw"], luck: Float[Floats, " draw"]
    ) -> Int[Ints, " draw"]:
        """An artist in or around each scene; `where`, in [0, 1), says how far around, and `luck` who."""
        genre_ix = self.scene_genre_ix[scene_ix]
        in_scene, in_genre = where < OWN_SCENE, where < OWN_GENRE
        low = np.where(in_scene, self.scene_edge[scene_ix], np.where(in_genre, self.genre_edge[genre_ix], 0.0))
        high_in_genre = np.where(in_genre, self.genre_edge[genre_ix + 1], self.genre_edge[-1])
        high = np.where(in_scene, self.scene_edge[scene_ix + 1], high_in_genre)
        return self._artist_at(np.where(high > low, low + luck * (high - low), luck * self.genre_edge[-1]))

    def _artist_at(self, pull: Float[Floats, " draw"]) -> Int[Ints, " draw"]:
        place = np.searchsorted(self.reach, pull, side="right")
        return self.artist_ix[np.minimum(place, self.artist_ix.size - 1)]

    def tracks_by(self, account_ix: Int[Ints, " draw"], luck: Float[Floats, " draw"]) -> Int[Ints, " draw"]:
        """A track of each account, by its pull."""
        first, past = self.first_track_ix[account_ix], self.past_track_ix[account_ix]
        low, high = self.track_edge[first], self.track_edge[past]
        place = np.searchsorted(self.track_edge, low + luck * (high - low), side="right") - 1
        return np.clip(place, first, past - 1)

    def tracks_near(self, scene_ix: Int[Ints, " draw"], rng: Generator) -> Int[Ints, " draw"]:
        """A track in or around each scene."""
        count = scene_ix.size
        return self.tracks_by(self.artists(scene_ix, rng.random(count), rng.random(count)), rng.random(count))


def shelves_of(catalogue: Catalogue, scenes: Scenes) -> Shelves:
    """The catalogue, by scene and pull."""
    owners = catalogue.owners
    artist_ix = np.argsort(owners.scene_ix, kind="stable")
    reach = np.cumsum(owners.pull[artist_ix] ** FLATTENED)
    scene_size = np.bincount(owners.scene_ix, minlength=scenes.genre_ix.size)
    scene_edge = np.concatenate([[0.0], reach])[np.concatenate([[0], np.cumsum(scene_size)])]
    first_scene_ix = np.searchsorted(scenes.genre_ix, np.arange(len(GENRES) + 1))
    return Shelves(
        artist_ix=artist_ix,
        reach=reach,
        scene_edge=scene_edge,
        genre_edge=scene_edge[first_scene_ix],
        scene_genre_ix=scenes.genre_ix,
        track_edge=np.concatenate([[0.0], np.cumsum(catalogue.pull)]),
        first_track_ix=catalogue.account_first_ix,
        past_track_ix=catalogue.account_first_ix + catalogue.account_size,
    )
