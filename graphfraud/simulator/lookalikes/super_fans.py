"""Super fans: twenty or so listeners who loop one honest artist, some evenings all together."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.audience.few_tracks import few_track_rows
from graphfraud.simulator.audience.people import People
from graphfraud.simulator.audience.plays import ARTIST, LIBRARY, PLAYLIST, SEARCH, Sessions
from graphfraud.simulator.audience.sessions import people_sessions
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.catalogue import Catalogue
from graphfraud.simulator.platform.chance import Ints, log_uniform
from graphfraud.simulator.platform.rows import Keys, Rows, subjects_of

FAN_SOURCES: Final = np.array([ARTIST, ARTIST, LIBRARY, SEARCH, PLAYLIST, PLAYLIST])
PARTY_SHARE: Final = 0.4
"""Of the sessions, on days that the fans agreed on."""


def rows_added(stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """What fans among the stage's people play beside all else that they hear."""
    account_ix = _small_artist(stage.catalogue, rng)
    track_ix = _favourites(stage.catalogue, account_ix, rng)
    fan_ix = _fans(stage.people, max(5, round(rng.integers(14, 30) * stage.crew_scale)), rng)
    streams = few_track_rows(
        stage,
        _loops(stage, fan_ix, rng),
        track_id=track_ix,
        duration_ms=stage.catalogue.duration_ms[track_ix],
        skip_share=rng.uniform(0, 0.2),
        playlist_id=int(keys.taken(1)[0]),
        rng=rng,
    )
    subjects = [
        subjects_of("listener", fan_ix),
        subjects_of("track", track_ix),
        subjects_of("account", np.array([account_ix])),
    ]
    return Rows(streams=streams, subjects=pl.concat(subjects))


def _small_artist(catalogue: Catalogue, rng: Generator) -> int:
    """An artist with enough tracks to loop, whom not too many others know."""
    heard_of = np.bincount(catalogue.account_ix, catalogue.pull)
    known_share = np.argsort(np.argsort(heard_of)) / heard_of.size
    fits = (catalogue.account_size >= 3) & (known_share > 0.3) & (known_share < 0.8)
    return int(rng.choice(np.flatnonzero(fits if fits.any() else catalogue.account_size > 0)))


def _favourites(catalogue: Catalogue, account_ix: int, rng: Generator) -> Int[Ints, " favourite"]:
    first, size = int(catalogue.account_first_ix[account_ix]), int(catalogue.account_size[account_ix])
    return first + np.sort(rng.permutation(size)[: int(rng.integers(2, 9))])


def _fans(people: People, count: int, rng: Generator) -> Int[Ints, " fan"]:
    """Listeners who did not join just now, so that the fandom is there from the first day."""
    joined = np.flatnonzero(people.created_ms < np.quantile(people.created_ms, 0.9))
    return np.sort(rng.choice(joined, count, replace=False))


def _loops(stage: Stage, fan_ix: Int[Ints, " fan"], rng: Generator) -> Sessions:
    mean_session_count = log_uniform(rng, 6, 30) * rng.gamma(2, 0.5, fan_ix.size)
    listener_ix = np.repeat(fan_ix, rng.poisson(mean_session_count))
    party_days = rng.choice(stage.window.day_count, 3)
    any_day = rng.integers(0, stage.window.day_count, listener_ix.size)
    at_party = rng.random(listener_ix.size) < PARTY_SHARE
    return people_sessions(
        stage,
        listener_ix=listener_ix,
        day=np.where(at_party, rng.choice(party_days, listener_ix.size), any_day),
        play_count=rng.geometric(1 / log_uniform(rng, 5, 15), listener_ix.size),
        source_ix=rng.choice(FAN_SOURCES, listener_ix.size),
        rng=rng,
    )
