"""What honest listeners hear: each source picks tracks in its own way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.people import TASTE_SHARE
from graphfraud.simulator.audience.plays import (
    ALBUM,
    API,
    ARTIST,
    AUTOPLAY,
    LIBRARY,
    NOWHERE,
    PLAYLIST,
    RADIO,
    SEARCH,
    Sessions,
)
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, choices, position_in_run

LIBRARY_TRACK_COUNT: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was played, and from which playlist, album or station."""

    track_ix: Int[Ints, " play"]
    context_id: Int[Ints, " play"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moods:
    """What each session is about."""

    listener_ix: Int[Ints, " session"]
    genre_ix: Int[Ints, " session"]
    anchor_ix: Int[Ints, " session"]
    """The track that the session began from: its album, its artist."""
    playlist_ix: Int[Ints, " session"]
    start_luck: Float[Floats, " session"]
    loops: Bool[Flags, " session"]
    libraries: Int[Ints, "listener 60"]
    """Each listener's own tracks, the dearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plays:
    """The plays of one source: their sessions, and their places in them."""

    stage: Stage
    moods: _Moods
    session_ix: Int[Ints, " play"]
    position: Int[Ints, " play"]
    rng: Generator


_Picked = tuple[Int[Ints, " play"], Int[Ints, " play"] | int]
"""Tracks and their contexts."""


def heard(stage: Stage, sessions: Sessions, rng: Generator) -> Heard:
    """The tracks of these sessions, whose listeners are the stage's people."""
    moods = _moods(stage, sessions.listener_id, rng)
    session_ix, position = sessions.session_ix, position_in_run(sessions.play_count)
    track_ix = np.zeros(session_ix.size, np.int64)
    context_id = np.full(session_ix.size, NOWHERE)
    for source_ix, pick in PICKS.items():
        here = sessions.source_ix[session_ix] == source_ix
        plays = _Plays(stage=stage, moods=moods, session_ix=session_ix[here], position=position[here], rng=rng)
        track_ix[here], context_id[here] = pick(plays)
    return Heard(track_ix=track_ix, context_id=context_id)


def _moods(stage: Stage, listener_ix: Int[Ints, " session"], rng: Generator) -> _Moods:
    people = stage.people
    genre_ix = people.taste_genre_ix[listener_ix, choices(TASTE_SHARE, listener_ix.size, rng)]
    saved_by = np.repeat(np.arange(people.count), LIBRARY_TRACK_COUNT)
    saved_genre_ix = people.taste_genre_ix[saved_by, choices(TASTE_SHARE, saved_by.size, rng)]
    return _Moods(
        listener_ix=listener_ix,
        genre_ix=genre_ix,
        anchor_ix=stage.shelves.drawn(genre_ix, rng),
        playlist_ix=stage.playlists.drawn(genre_ix, rng),
        start_luck=rng.random(listener_ix.size),
        loops=rng.random(listener_ix.size) < 0.04,
        libraries=stage.shelves.drawn(saved_genre_ix, rng).reshape(people.count, LIBRARY_TRACK_COUNT),
    )


def _from_playlist(plays: _Plays) -> _Picked:
    """In order, from the top or from the middle."""
    playlists, moods = plays.stage.playlists, plays.moods
    playlist_ix = moods.playlist_ix[plays.session_ix]
    length = playlists.track_ix.shape[1]
    start = (moods.start_luck[plays.session_ix] ** 2 * length).astype(np.int64)
    return playlists.track_ix[playlist_ix, (start + plays.position) % length], playlists.context_id[playlist_ix]


def _from_library(plays: _Plays) -> _Picked:
    """The dear ones most; in some sessions one track in a loop."""
    moods = plays.moods
    luck = plays.rng.random(plays.session_ix.size)
    luck = np.where(moods.loops[plays.session_ix], moods.start_luck[plays.session_ix], luck)
    dearness = (luck**1.8 * LIBRARY_TRACK_COUNT).astype(np.int64)
    return moods.libraries[moods.listener_ix[plays.session_ix], dearness], NOWHERE


def _from_album(plays: _Plays) -> _Picked:
    """From the first track on, and again."""
    catalogue = plays.stage.catalogue
    release_ix = catalogue.release_ix[plays.moods.anchor_ix[plays.session_ix]]
    return catalogue.release_first_ix[release_ix] + plays.position % catalogue.release_size[release_ix], release_ix


def _from_artist(plays: _Plays) -> _Picked:
    """The artist's tracks, the first ones more than the last."""
    catalogue = plays.stage.catalogue
    account_ix = catalogue.account_ix[plays.moods.anchor_ix[plays.session_ix]]
    luck = plays.rng.random(account_ix.size) ** 1.5
    place = (luck * catalogue.account_size[account_ix]).astype(np.int64)
    return catalogue.account_first_ix[account_ix] + place, NOWHERE


def _from_search(plays: _Plays) -> _Picked:
    """What they had in mind, then what comes to it."""
    next_ix = plays.stage.shelves.drawn(plays.moods.genre_ix[plays.session_ix], plays.rng)
    return np.where(plays.position == 0, plays.moods.anchor_ix[plays.session_ix], next_ix), NOWHERE


def _from_station(plays: _Plays) -> _Picked:
    """Whatever the genre's station brings."""
    genre_ix = plays.moods.genre_ix[plays.session_ix]
    return plays.stage.shelves.drawn(genre_ix, plays.rng), plays.stage.station_context_id[genre_ix]


PICKS: Final[dict[int, Callable[[_Plays], _Picked]]] = {
    PLAYLIST: _from_playlist,
    LIBRARY: _from_library,
    ALBUM: _from_album,
    ARTIST: _from_artist,
    SEARCH: _from_search,
    RADIO: _from_station,
    AUTOPLAY: _from_station,
    API: _from_library,
}
