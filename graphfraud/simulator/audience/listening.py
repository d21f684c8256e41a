"""What honest listeners hear on a day, of their own will: each source picks tracks in its own way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.audience.people import People
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
    Plays,
    Sessions,
    listened_ms,
    plays_in,
)
from graphfraud.simulator.audience.sittings import people_sessions, present_share
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.audience.tastes import Tastes
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, choices_by_row, luck_of, position_in_run

SOURCE_SHARE: Final = np.array([24, 27, 14, 10, 9, 8, 6, 2]) / 100
MEAN_PLAY_COUNT: Final = np.array([8, 7, 2.5, 8, 7, 6, 6, 5])
"""Of the sessions, and plays in each: in the order of `plays.SOURCES`."""
PLAYS_PER_SESSION: Final = float(SOURCE_SHARE @ MEAN_PLAY_COUNT)
KNOWN_SHARE: Final = 0.8
"""Of what people look for, artists that are dear to them already."""
LOOP_SHARE: Final = 0.04
"""Of the library sessions, one track over and over."""
RADIO_SKIPS: Final = 1.5
"""How much more people skip of what they did not choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moods:
    """What each session is about."""

    person_ix: Int[Ints, " session"]
    scene_ix: Int[Ints, " session"]
    artist_ix: Int[Ints, " session"]
    """Whom the session began with."""
    playlist_ix: Int[Ints, " session"]
    start_luck: Float[Floats, " session"]
    loops: Bool[Flags, " session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The plays of one source: their sessions, and their places in them."""

    stage: Stage
    tastes: Tastes
    day: int
    moods: _Moods
    session_ix: Int[Ints, " play"]
    position: Int[Ints, " play"]
    rng: Generator


_Picked = tuple[Int[Ints, " play"], Int[Ints, " play"] | int]
"""Tracks and their contexts."""


def heard_on(stage: Stage, people: People, day: int, rng: Generator) -> Plays:
    """What these people play on this day."""
    person_ix = _sitters(people, stage.window, day, rng)
    source_ix = choices_by_row(SOURCE_SHARE * _habits(person_ix), np.arange(person_ix.size), rng)
    sessions = people_sessions(
        people,
        stage.window,
        day,
        listener_ix=person_ix,
        play_count=rng.geometric(1 / MEAN_PLAY_COUNT[source_ix]),
        source_ix=source_ix,
        rng=rng,
    )
    track_ix, context_id = _chosen(stage, people, day, person_ix, sessions, rng)
    session_ix = sessions.session_ix
    listener_ix = person_ix[session_ix]
    unasked = np.isin(sessions.source_ix, (RADIO, AUTOPLAY))[session_ix]
    skip_share = people.skip_share[listener_ix] * np.where(unasked, RADIO_SKIPS, 1.0)
    return plays_in(
        sessions,
        track_id=track_ix,
        played_ms=listened_ms(stage.catalogue.duration_ms[track_ix], skip_share, people.patience_s[listener_ix], rng),
        context_id=context_id,
        fake=False,
        rng=rng,
    )


def _sitters(people: People, window: Window, day: int, rng: Generator) -> Int[Ints, " session"]:
    """Who sits down for each session: people have days off, and busier days; nobody before joining or after leaving."""
    everybody = np.arange(people.count)
    at_all = rng.random(people.count) >= people.idle_day_share
    eager = at_all / (1 - people.idle_day_share) * rng.gamma(1.5, 1 / 1.5, people.count)
    expected = people.plays_per_day / PLAYS_PER_SESSION * eager * present_share(people, window, day, everybody)
    return np.repeat(everybody, rng.poisson(expected * window.weekend_factors[day]))


def _habits(person_ix: Int[Ints, " session"]) -> Float[Floats, "session source"]:
    """How much more or less than others each listener uses each source: an exponential of mean 1, always the same."""
    luck = luck_of(3, person_ix[:, None], np.arange(SOURCE_SHARE.size)[None, :])
    return 0.05 - np.log1p(-luck)


def _chosen(
    stage: Stage, people: People, day: int, person_ix: Int[Ints, " session"], sessions: Sessions, rng: Generator
) -> tuple[Int[Ints, " play"], Int[Ints, " play"]]:
    """The track of each play, and the playlist, album or station that it comes from."""
    moods = _moods(stage, people, person_ix, rng)
    session_ix, position = sessions.session_ix, position_in_run(sessions.play_count)
    track_ix = np.zeros(session_ix.size, np.int64)
    context_id = np.full(session_ix.size, NOWHERE)
    for source_ix, pick in PICKS.items():
        here = sessions.source_ix[session_ix] == source_ix
        wanted = _Wanted(
            stage=stage,
            tastes=people.tastes,
            day=day,
            moods=moods,
            session_ix=session_ix[here],
            position=position[here],
            rng=rng,
        )
        track_ix[here], context_id[here] = pick(wanted)
    return track_ix, context_id


def _moods(stage: Stage, people: People, person_ix: Int[Ints, " session"], rng: Generator) -> _Moods:
    count = person_ix.size
    scene_ix = people.tastes.scenes(person_ix, rng)
    return _Moods(
        person_ix=person_ix,
        scene_ix=scene_ix,
        artist_ix=_looked_for(stage, people.tastes, person_ix, scene_ix, rng),
        playlist_ix=stage.playlists.followed(
            person_ix, stage.scenes.genre_ix[scene_ix], people.country_ix[person_ix], rng
        ),
        start_luck=rng.random(count),
        loops=rng.random(count) < LOOP_SHARE,
    )


def _looked_for(
    stage: Stage, tastes: Tastes, person_ix: Int[Ints, " draw"], scene_ix: Int[Ints, " draw"], rng: Generator
) -> Int[Ints, " draw"]:
    """An artist that each has in mind: a dear one mostly, else one that they heard of."""
    count = person_ix.size
    dear = tastes.favourites(stage.shelves, person_ix, tastes.slots(person_ix, rng.random(count)))
    new = stage.shelves.artists(scene_ix, rng.random(count), rng.random(count))
    return np.where(rng.random(count) < KNOWN_SHARE, dear, new)


def _from_playlist(wanted: _Wanted) -> _Picked:
    """In order, from the top or from the middle."""
    tracks = wanted.stage.playlists.on(wanted.day)
    playlist_ix = wanted.moods.playlist_ix[wanted.session_ix]
    length = tracks.shape[1]
    start = (wanted.moods.start_luck[wanted.session_ix] ** 2 * length).astype(np.int64)
    return tracks[playlist_ix, (start + wanted.position) % length], wanted.stage.playlists.context_id[playlist_ix]


def _from_library(wanted: _Wanted) -> _Picked:
    """The dear ones most; in some sessions one track in a loop."""
    moods, rng = wanted.moods, wanted.rng
    loops, start_luck = moods.loops[wanted.session_ix], moods.start_luck[wanted.session_ix]
    luck, which = rng.random(loops.size), rng.random(loops.size)
    luck, which = np.where(loops, start_luck, luck), np.where(loops, start_luck * 977 % 1, which)
    person_ix, tastes = moods.person_ix[wanted.session_ix], wanted.tastes
    return tastes.saved_tracks(wanted.stage.shelves, person_ix, tastes.slots(person_ix, luck), which), NOWHERE


def _from_album(wanted: _Wanted) -> _Picked:
    """From the first track on, and again."""
    catalogue, moods = wanted.stage.catalogue, wanted.moods
    track_ix = wanted.stage.shelves.tracks_by(moods.artist_ix, moods.start_luck)[wanted.session_ix]
    release_ix = catalogue.release_ix[track_ix]
    place = wanted.position % catalogue.release_size[release_ix]
    return catalogue.release_first_ix[release_ix] + place, catalogue.collection_id[release_ix]


def _from_artist(wanted: _Wanted) -> _Picked:
    """The artist's tracks, the best known more than the others."""
    artist_ix = wanted.moods.artist_ix[wanted.session_ix]
    return wanted.stage.shelves.tracks_by(artist_ix, wanted.rng.random(artist_ix.size)), NOWHERE


def _from_search(wanted: _Wanted) -> _Picked:
    """What they had in mind, then what comes to it."""
    moods, rng, count = wanted.moods, wanted.rng, wanted.session_ix.size
    person_ix, scene_ix = moods.person_ix[wanted.session_ix], moods.scene_ix[wanted.session_ix]
    next_ix = _looked_for(wanted.stage, wanted.tastes, person_ix, scene_ix, rng)
    artist_ix = np.where(wanted.position == 0, moods.artist_ix[wanted.session_ix], next_ix)
    return wanted.stage.shelves.tracks_by(artist_ix, rng.random(count)), NOWHERE


def _from_station(wanted: _Wanted) -> _Picked:
    """Whatever the scene's station brings."""
    scene_ix = wanted.moods.scene_ix[wanted.session_ix]
    return wanted.stage.shelves.tracks_near(scene_ix, wanted.rng), wanted.stage.station_context_id[scene_ix]


PICKS: Final[dict[int, Callable[[_Wanted], _Picked]]] = {
    PLAYLIST: _from_playlist,
    LIBRARY: _from_library,
    ALBUM: _from_album,
    ARTIST: _from_artist,
    SEARCH: _from_search,
    RADIO: _from_station,
    AUTOPLAY: _from_station,
    API: _from_library,
}
