"""Sleepers: listeners who let rain and noise play all night, most nights, some one track over and over."""

from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.clock import instants_ms
from graphfraud.simulator.audience.people import People
from graphfraud.simulator.audience.playlists import PER_GENRE
from graphfraud.simulator.audience.plays import LIBRARY, NOWHERE, PLAYLIST, Plays, Sessions, plays_in
from graphfraud.simulator.audience.regulars import people_who_stay
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, position_in_run
from graphfraud.simulator.platform.owners import SLEEP_GENRES
from graphfraud.simulator.platform.rows import LISTENER, Numbers, Rows, subjects_of

GROUP_COUNT: Final = 30
LOOPER_SHARE: Final = 0.4
"""Of the sleepers, those who loop one track."""


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """The nights of some of the stage's people, on one sleep playlist."""
    del numbers
    sleeper_ix = people_who_stay(stage, max(3, round(GROUP_COUNT * stage.crew_scale)), rng)
    sleeps_share = rng.uniform(0.3, 0.95, sleeper_ix.size)
    bedtime_h = rng.uniform(20.5, 25, sleeper_ix.size)
    length = rng.integers(5, 110, sleeper_ix.size)
    loops = rng.random(sleeper_ix.size) < LOOPER_SHARE
    own_place = rng.integers(0, 15, sleeper_ix.size)
    playlist_ix = PER_GENRE * int(rng.choice(SLEEP_GENRES)) + int(rng.integers(0, PER_GENRE))

    def plays_on(day: int, rng: Generator) -> list[Plays]:
        who = np.flatnonzero(rng.random(sleeper_ix.size) < sleeps_share)
        hour = (bedtime_h[who] + rng.normal(0, 0.4, who.size)) % 24
        sessions = _nights(stage, day, sleeper_ix[who], hour, rng.poisson(length[who]) + 1, loops[who])
        place = np.where(loops[who][sessions.session_ix], own_place[who][sessions.session_ix], _turn(sessions))
        track_ix = stage.playlists.on(day)[playlist_ix, place]
        is_loop = loops[who][sessions.session_ix]
        played_ms = stage.catalogue.duration_ms[track_ix]
        context_id = np.where(is_loop, NOWHERE, stage.playlists.context_id[playlist_ix])
        return [plays_in(sessions, track_id=track_ix, played_ms=played_ms, context_id=context_id, fake=False, rng=rng)]

    return Act(rows=Rows(subjects=subjects_of(LISTENER, sleeper_ix)), plays_on=plays_on)


def _turn(sessions: Sessions) -> Int[Ints, " play"]:
    return position_in_run(sessions.play_count) % 15


def _nights(
    stage: Stage,
    day: int,
    listener_ix: Int[Ints, " night"],
    hour: Float[Floats, " night"],
    play_count: Int[Ints, " night"],
    loops: Bool[Flags, " night"],
) -> Sessions:
    people: People = stage.people
    return Sessions(
        listener_id=people.listener_id[listener_ix],
        lane=people.lane[listener_ix],
        start_ms=instants_ms(stage.window, day, hour, people.zone_h[listener_ix]),
        play_count=play_count,
        source_ix=np.where(loops, LIBRARY, PLAYLIST),
        device_id=people.device_id[listener_ix, 2],
        ip_hash=people.home_ip[listener_ix],
        country_ix=people.country_ix[listener_ix],
    )


LOOKALIKE: Final = Lookalike(kind="sleepers", entered=entered)
