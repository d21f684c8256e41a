"""Super fans: listeners who loop one honest artist day and night, some more than others."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.plays import ARTIST, LIBRARY, PLAYLIST, SEARCH
from graphfraud.simulator.audience.regulars import Habit, habit_plays, people_who_stay
from graphfraud.simulator.audience.repertoire import honest_repertoire
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.catalogue import Catalogue
from graphfraud.simulator.platform.chance import Ints, log_uniform
from graphfraud.simulator.platform.rows import ACCOUNT, COLLECTION, LISTENER, TRACK, Numbers, Rows, subjects_of


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """What fans among the stage's people play beside all else that they hear."""
    account_ix = artist_with_fans(stage.catalogue, rng)
    track_ix = favourites(stage.catalogue, account_ix, rng)
    fan_ix = people_who_stay(stage, max(5, round(log_uniform(rng, 12, 150) * stage.crew_scale)), rng)
    habit = Habit(
        listener_ix=fan_ix,
        plays_per_day=log_uniform(rng, 2, 18) * rng.gamma(1, 1, fan_ix.size),
        repertoire=honest_repertoire(stage, track_ix),
        weight=rng.lognormal(0, 0.8, track_ix.size),
        salt=int(rng.integers(0, 1 << 62)),
        source_ix=(ARTIST, ARTIST, LIBRARY, SEARCH, PLAYLIST, PLAYLIST),
        plays_per_session=log_uniform(rng, 3, 15),
        skip_share=rng.uniform(0, 0.2),
        playlist_id=int(numbers.taken(COLLECTION, 1)[0]),
    )
    return Act(
        rows=Rows(subjects=fandom(fan_ix, track_ix, account_ix)),
        plays_on=lambda day, rng: [habit_plays(stage, habit, day, rng)],
    )


def artist_with_fans(catalogue: Catalogue, rng: Generator) -> int:
    """An artist with enough tracks to loop, whom not too many others know."""
    heard_of = np.bincount(catalogue.account_ix, catalogue.pull)
    known_share = np.argsort(np.argsort(heard_of)) / heard_of.size
    fits = (catalogue.account_size >= 3) & (known_share > 0.3) & (known_share < 0.95)
    return int(rng.choice(np.flatnonzero(fits if fits.any() else catalogue.account_size > 0)))


def favourites(catalogue: Catalogue, account_ix: int, rng: Generator) -> Int[Ints, " favourite"]:
    """The tracks that the fans are about: two to ten of the artist's."""
    first, size = int(catalogue.account_first_ix[account_ix]), int(catalogue.account_size[account_ix])
    return first + np.sort(rng.permutation(size)[: int(rng.integers(2, 11))])


def fandom(fan_ix: Int[Ints, " fan"], track_ix: Int[Ints, " track"], account_ix: int) -> pl.DataFrame:
    """The fans, what they play and whose it is."""
    return pl.concat(
        [
            subjects_of(LISTENER, fan_ix),
            subjects_of(TRACK, track_ix),
            subjects_of(ACCOUNT, np.array([account_ix])),
        ]
    )


LOOKALIKE: Final = Lookalike(kind="super_fans", entered=entered)
