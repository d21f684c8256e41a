"""People who come back to a few tracks: fans, scenes, classes, and whoever stumbles on something and stays."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.plays import (
    ALBUM,
    ARTIST,
    AUTOPLAY,
    LIBRARY,
    PLAYLIST,
    RADIO,
    SEARCH,
    Plays,
    Sessions,
    listened_ms,
    plays_in,
)
from graphfraud.simulator.audience.repertoire import Repertoire, contexts_of
from graphfraud.simulator.audience.sittings import people_sessions, present_share
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Floats, Ints, choices, luck_of
from graphfraud.simulator.platform.rows import DAY_MS

STUMBLED_FROM: Final = (SEARCH, RADIO, RADIO, AUTOPLAY, PLAYLIST, ARTIST, LIBRARY, ALBUM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What some of the stage's people play beside all else that they hear."""

    listener_ix: Int[Ints, " regular"]
    plays_per_day: Float[Floats, " regular"]
    repertoire: Repertoire
    weight: Float[Floats, " track"]
    """How much each track is liked in general."""
    salt: int
    choice_count: int = 0
    """Tracks that each of them likes, of all; 0 when everybody plays what is liked in general."""
    source_ix: tuple[int, ...] = (LIBRARY, ARTIST, SEARCH, PLAYLIST, ALBUM)
    plays_per_session: float = 4.0
    skip_share: float = 0.15
    playlist_id: int | None = None
    """Of their own; None when they find the tracks on playlists that they follow."""
    eagerness: Float[Floats, " day"] = field(default_factory=lambda: np.ones(0))
    """How much more than usual is played on each day of the window; empty when all weeks are alike."""


def habit_plays(stage: Stage, habit: Habit, day: int, rng: Generator) -> Plays:
    """The plays of a habit on one day."""
    eagerness = habit.eagerness[day] if habit.eagerness.size else stage.window.weekend_factors[day]
    there = present_share(stage.people, stage.window, day, habit.listener_ix)
    mean_count = habit.plays_per_day * eagerness * there / habit.plays_per_session
    regular_ix = np.repeat(np.arange(habit.listener_ix.size), rng.poisson(mean_count))
    sessions = people_sessions(
        stage.people,
        stage.window,
        day,
        listener_ix=habit.listener_ix[regular_ix],
        play_count=rng.geometric(1 / habit.plays_per_session, regular_ix.size),
        source_ix=rng.choice(np.array(habit.source_ix), regular_ix.size),
        rng=rng,
    )
    session_ix, heard = sessions.session_ix, habit.repertoire
    track_ix = _liked(habit, regular_ix[session_ix], rng)
    patience_s = stage.people.patience_s[sessions.listener_id[session_ix]]
    context_id = contexts_of(
        stage,
        source_ix=sessions.source_ix[session_ix],
        collection_id=heard.collection_id[track_ix],
        scene_ix=heard.scene_ix[track_ix],
        playlist_id=_playlists(stage, habit, sessions, rng)[session_ix],
    )
    return plays_in(
        sessions,
        track_id=heard.track_id[track_ix],
        played_ms=listened_ms(heard.duration_ms[track_ix], habit.skip_share, patience_s, rng),
        context_id=context_id,
        fake=False,
        rng=rng,
    )


def _playlists(stage: Stage, habit: Habit, sessions: Sessions, rng: Generator) -> Int[Ints, " session"]:
    """The playlist that each session would come from."""
    if habit.playlist_id is not None:
        return np.full(sessions.count, habit.playlist_id)
    listener_ix = sessions.listener_id
    genre_ix = stage.scenes.genre_ix[stage.people.tastes.scenes(listener_ix, rng)]
    followed = stage.playlists.followed(listener_ix, genre_ix, stage.people.country_ix[listener_ix], rng)
    context_id: Int[Ints, " session"] = stage.playlists.context_id[followed]
    return context_id


def _liked(habit: Habit, regular_ix: Int[Ints, " play"], rng: Generator) -> Int[Ints, " play"]:
    if not habit.choice_count:
        return choices(habit.weight, regular_ix.size, rng)
    slot = (rng.random(regular_ix.size) ** 1.8 * habit.choice_count).astype(np.int64)
    reach = np.cumsum(habit.weight)
    luck = luck_of(habit.salt, regular_ix, slot)
    place: Int[Ints, " play"] = np.searchsorted(reach, luck * reach[-1], side="right")
    return np.minimum(place, reach.size - 1)


def casual_habit(
    stage: Stage,
    repertoire: Repertoire,
    *,
    weight: Float[Floats, " track"],
    plays_per_day: float,
    rng: Generator,
) -> Habit:
    """People who find these tracks by chance, `plays_per_day` in all; some of them come back, most hardly do."""
    window_plays = plays_per_day * stage.window.day_count
    regular_count = int(np.clip(window_plays / rng.uniform(1.3, 4), 1, stage.people.count / 2))
    fondness = rng.lognormal(0, 1.2, regular_count)
    return Habit(
        listener_ix=choices(stage.people.plays_per_day, regular_count, rng),
        plays_per_day=plays_per_day * fondness / fondness.sum(),
        repertoire=repertoire,
        weight=weight,
        salt=int(rng.integers(0, 1 << 62)),
        choice_count=int(rng.integers(1, 6)),
        source_ix=STUMBLED_FROM,
        plays_per_session=rng.uniform(1.05, 2.5),
        skip_share=rng.uniform(0.1, 0.5),
    )


def people_who_stay(stage: Stage, count: int, rng: Generator) -> Int[Ints, " listener"]:
    """Listeners who were there before the window and do not leave in it; at most as many as there are."""
    people = stage.people
    stay = np.flatnonzero((people.created_ms < stage.window.start_ms - DAY_MS) & (people.left_ms > stage.window.end_ms))
    return np.sort(rng.permutation(stay)[:count])
