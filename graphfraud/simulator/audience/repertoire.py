"""Tracks that somebody comes back to, and where a play of them comes from."""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.audience.plays import ALBUM, AUTOPLAY, NOWHERE, PLAYLIST, RADIO
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Repertoire:
    """Some tracks, honest or not."""

    track_id: Int[Ints, " track"]
    duration_ms: Int[Ints, " track"]
    uploaded_ms: Int[Ints, " track"]
    collection_id: Int[Ints, " track"]
    """Of its release."""
    scene_ix: Int[Ints, " track"]
    """Whose station plays it."""

    @property
    def count(self) -> int:
        """How many tracks there are."""
        return self.track_id.size


def honest_repertoire(stage: Stage, track_ix: Int[Ints, " track"]) -> Repertoire:
    """These tracks of the catalogue."""
    catalogue = stage.catalogue
    return Repertoire(
        track_id=track_ix,
        duration_ms=catalogue.duration_ms[track_ix],
        uploaded_ms=catalogue.uploaded_ms[track_ix],
        collection_id=catalogue.collection_id[catalogue.release_ix[track_ix]],
        scene_ix=catalogue.owners.scene_ix[catalogue.account_ix[track_ix]],
    )


def both(first: Repertoire, second: Repertoire) -> Repertoire:
    """The tracks of both, one after the other."""
    parts = {each.name: (getattr(first, each.name), getattr(second, each.name)) for each in fields(Repertoire)}
    return Repertoire(**{name: np.concatenate(pair) for name, pair in parts.items()})


def scenes_of_genre(stage: Stage, genre_ix: Int[Ints, " track"], rng: Generator) -> Int[Ints, " track"]:
    """A scene of each genre."""
    first = np.searchsorted(stage.scenes.genre_ix, genre_ix)
    size = np.bincount(stage.scenes.genre_ix)[genre_ix]
    return first + (rng.random(genre_ix.size) * size).astype(np.int64)


def contexts_of(
    stage: Stage,
    *,
    source_ix: Int[Ints, " play"],
    collection_id: Int[Ints, " play"],
    scene_ix: Int[Ints, " play"],
    playlist_id: Int[Ints, " play"] | int,
) -> Int[Ints, " play"]:
    """Where each play comes from: its playlist, its track's release or station, or nowhere, as its source says."""
    station_id = stage.station_context_id[scene_ix]
    is_station = (source_ix == RADIO) | (source_ix == AUTOPLAY)
    known = [source_ix == PLAYLIST, source_ix == ALBUM, is_station]
    return np.select(known, [playlist_id, collection_id, station_id], NOWHERE)
