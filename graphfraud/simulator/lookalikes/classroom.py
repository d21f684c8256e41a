"""A classroom: children at one address who play the same few tracks in the same lesson, day after day."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.clock import instants_ms
from graphfraud.simulator.audience.plays import NOWHERE, PLAYLIST, SEARCH, Plays, Sessions, listened_ms, plays_in
from graphfraud.simulator.audience.regulars import people_who_stay
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Ints, choices
from graphfraud.simulator.platform.rows import ADDRESS, COLLECTION, LISTENER, TRACK, Numbers, Rows, subjects_of


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """One class of the stage's people, in lessons on their school's address."""
    pupil_ix = _class(stage, rng)
    people, catalogue = stage.people, stage.catalogue
    out = np.flatnonzero(catalogue.uploaded_ms < stage.window.start_ms)
    track_ix = np.unique(out[choices(catalogue.pull[out] ** 0.3, int(rng.integers(2, 12)), rng)])
    liked = rng.lognormal(0, 0.8, track_ix.size)
    weekdays = rng.permutation(5)[: int(rng.integers(1, 6))]
    lesson_h, plays_mean = rng.uniform(8, 15), rng.uniform(1, 5)
    playlist_id = int(numbers.taken(COLLECTION, 1)[0])
    ip_hash, takes_part = numbers.taken(ADDRESS, 1), rng.uniform(0.5, 0.95, pupil_ix.size)

    def plays_on(day: int, rng: Generator) -> list[Plays]:
        if stage.window.weekday(day) not in weekdays:
            return []
        who = pupil_ix[rng.random(pupil_ix.size) < takes_part]
        hour = lesson_h + rng.uniform(0, 0.6, who.size)
        sessions = Sessions(
            listener_id=people.listener_id[who],
            lane=people.lane[who],
            start_ms=instants_ms(stage.window, day, hour, people.zone_h[who]),
            play_count=rng.poisson(plays_mean, who.size),
            source_ix=rng.choice(np.array([SEARCH, PLAYLIST]), who.size),
            device_id=people.device_id[who, 0],
            ip_hash=np.repeat(ip_hash, who.size),
            country_ix=people.country_ix[who],
        )
        played_ix = track_ix[choices(liked, sessions.session_ix.size, rng)]
        played_ms = listened_ms(catalogue.duration_ms[played_ix], 0.3, 20.0, rng)
        contexts = np.where(sessions.source_ix == PLAYLIST, playlist_id, NOWHERE)[sessions.session_ix]
        return [plays_in(sessions, track_id=played_ix, played_ms=played_ms, context_id=contexts, fake=False, rng=rng)]

    subjects = [subjects_of(LISTENER, pupil_ix), subjects_of(TRACK, track_ix)]
    return Act(rows=Rows(subjects=pl.concat(subjects)), plays_on=plays_on)


def _class(stage: Stage, rng: Generator) -> Int[Ints, " pupil"]:
    """Twenty or so people of one country and time zone."""
    stay = people_who_stay(stage, stage.people.count, rng)
    place = 100 * stage.people.country_ix[stay] + stage.people.zone_h[stay]
    at_home = stay[place == rng.choice(place)]
    return np.sort(rng.permutation(at_home)[: max(6, round(rng.integers(15, 35) * min(1.0, stage.crew_scale)))])


LOOKALIKE: Final = Lookalike(kind="classroom", entered=entered)
