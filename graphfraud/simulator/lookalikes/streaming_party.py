"""A streaming party: hundreds of fans who agreed to loop a new release on the same evenings."""

from typing import Final

import numpy as np
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.plays import ARTIST, PLAYLIST, SEARCH
from graphfraud.simulator.audience.regulars import Habit, habit_plays, people_who_stay
from graphfraud.simulator.audience.repertoire import honest_repertoire
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.lookalikes.super_fans import artist_with_fans, fandom, favourites
from graphfraud.simulator.platform.chance import log_uniform
from graphfraud.simulator.platform.rows import COLLECTION, Numbers, Rows


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """A few evenings of one fandom; between them most of it plays other things."""
    account_ix = artist_with_fans(stage.catalogue, rng)
    track_ix = favourites(stage.catalogue, account_ix, rng)[:4]
    fan_ix = people_who_stay(stage, max(8, round(log_uniform(rng, 60, 500) * stage.crew_scale)), rng)
    days = stage.window.day_count
    eagerness = np.full(days, rng.uniform(0, 0.1))
    eagerness[rng.choice(days, min(days, int(rng.integers(1, 5))), replace=False)] = 1.0
    habit = Habit(
        listener_ix=fan_ix,
        plays_per_day=log_uniform(rng, 5, 40) * rng.gamma(1, 1, fan_ix.size),
        repertoire=honest_repertoire(stage, track_ix),
        weight=rng.lognormal(0, 0.8, track_ix.size),
        salt=int(rng.integers(0, 1 << 62)),
        source_ix=(ARTIST, SEARCH, PLAYLIST, PLAYLIST),
        plays_per_session=log_uniform(rng, 5, 25),
        skip_share=rng.uniform(0, 0.15),
        playlist_id=int(numbers.taken(COLLECTION, 1)[0]),
        eagerness=eagerness,
    )
    return Act(
        rows=Rows(subjects=fandom(fan_ix, track_ix, account_ix)),
        plays_on=lambda day, rng: [habit_plays(stage, habit, day, rng)],
    )


LOOKALIKE: Final = Lookalike(kind="streaming_party", entered=entered, per_scale=3)
