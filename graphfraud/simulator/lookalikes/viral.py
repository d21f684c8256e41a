"""A viral day: a track that nobody knew is heard by thousands within days, half of them for half a minute."""

from typing import Final

import numpy as np
import polars as pl
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.plays import PLAYLIST, RADIO, SEARCH
from graphfraud.simulator.audience.regulars import Habit, habit_plays
from graphfraud.simulator.audience.repertoire import honest_repertoire
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import choices, log_uniform
from graphfraud.simulator.platform.rows import ACCOUNT, COLLECTION, TRACK, Numbers, Rows, subjects_of


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """One track's days of fame; whoever comes is anybody."""
    catalogue = stage.catalogue
    unknown = np.flatnonzero(
        (catalogue.pull < np.quantile(catalogue.pull, 0.8)) & (catalogue.uploaded_ms < stage.window.start_ms)
    )
    track_ix = rng.choice(unknown, 1)
    crowd = min(stage.people.count, max(20, round(log_uniform(rng, 300, 4_000) * stage.scale**0.8)))
    days = np.arange(stage.window.day_count)
    peak = rng.uniform(0.1, 0.9) * days.size
    eagerness = np.where(days < peak, np.exp((days - peak) / 0.7), np.exp((peak - days) / rng.uniform(1, 6)))
    habit = Habit(
        listener_ix=np.unique(choices(stage.people.plays_per_day, crowd, rng)),
        plays_per_day=np.ones(1) * rng.uniform(0.2, 0.7),
        repertoire=honest_repertoire(stage, track_ix),
        weight=np.ones(1),
        salt=0,
        source_ix=(SEARCH, SEARCH, PLAYLIST, RADIO),
        plays_per_session=rng.uniform(1.1, 2.5),
        skip_share=rng.uniform(0.2, 0.6),
        playlist_id=int(numbers.taken(COLLECTION, 1)[0]),
        eagerness=eagerness,
    )
    subjects = [subjects_of(TRACK, track_ix), subjects_of(ACCOUNT, catalogue.account_ix[track_ix])]
    return Act(rows=Rows(subjects=pl.concat(subjects)), plays_on=lambda day, rng: [habit_plays(stage, habit, day, rng)])


LOOKALIKE: Final = Lookalike(kind="viral", entered=entered)
