"""A local scene: people of one country who play the same few artists, whom hardly anybody else knows."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.plays import ARTIST, AUTOPLAY, LIBRARY, PLAYLIST, SEARCH
from graphfraud.simulator.audience.regulars import Habit, habit_plays, people_who_stay
from graphfraud.simulator.audience.repertoire import honest_repertoire
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Ints, log_uniform
from graphfraud.simulator.platform.rows import ACCOUNT, COLLECTION, LISTENER, TRACK, Numbers, Rows, subjects_of

UNKNOWN_SHARE: Final = 0.6
"""Of all artists, the least heard, whom scenes are about."""


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """Twenty friends and one band, or a hundred people and five."""
    listener_ix, account_ix = _neighbours(stage, rng), _artists(stage, rng)
    track_ix = np.flatnonzero(np.isin(stage.catalogue.account_ix, account_ix))
    habit = Habit(
        listener_ix=listener_ix,
        plays_per_day=log_uniform(rng, 0.3, 4) * rng.gamma(0.8, 1 / 0.8, listener_ix.size),
        repertoire=honest_repertoire(stage, track_ix),
        weight=rng.lognormal(0, 1, track_ix.size),
        salt=int(rng.integers(0, 1 << 62)),
        choice_count=int(rng.integers(3, 15)),
        source_ix=(LIBRARY, LIBRARY, ARTIST, SEARCH, PLAYLIST, AUTOPLAY),
        plays_per_session=rng.uniform(1.5, 8),
        skip_share=rng.uniform(0.05, 0.3),
        playlist_id=int(numbers.taken(COLLECTION, 1)[0]),
    )
    subjects = [
        subjects_of(LISTENER, listener_ix),
        subjects_of(ACCOUNT, account_ix),
        subjects_of(TRACK, track_ix),
    ]
    return Act(rows=Rows(subjects=pl.concat(subjects)), plays_on=lambda day, rng: [habit_plays(stage, habit, day, rng)])


def _neighbours(stage: Stage, rng: Generator) -> Int[Ints, " listener"]:
    """People of one country; someone there founded the scene."""
    stay = people_who_stay(stage, stage.people.count, rng)
    country_ix = stage.people.country_ix[stay]
    at_home = stay[country_ix == rng.choice(country_ix)]
    return np.sort(rng.permutation(at_home)[: max(5, round(log_uniform(rng, 12, 120) * stage.crew_scale))])


def _artists(stage: Stage, rng: Generator) -> Int[Ints, " account"]:
    pull = stage.catalogue.owners.pull
    little_known = np.flatnonzero(pull <= np.quantile(pull, UNKNOWN_SHARE))
    return np.sort(rng.choice(little_known, int(rng.integers(1, 7)), replace=False))


LOOKALIKE: Final = Lookalike(kind="scene", entered=entered, per_scale=6)
