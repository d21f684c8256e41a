"""A local scene: people of one country who play the same few artists, whom hardly anybody else knows."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.audience.few_tracks import few_track_rows
from graphfraud.simulator.audience.plays import ARTIST, AUTOPLAY, LIBRARY, PLAYLIST, SEARCH, Sessions
from graphfraud.simulator.audience.sessions import people_sessions
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Ints, log_uniform
from graphfraud.simulator.platform.rows import Keys, Rows, subjects_of

SCENE_SOURCES: Final = np.array([LIBRARY, LIBRARY, ARTIST, SEARCH, PLAYLIST, AUTOPLAY])
UNKNOWN_SHARE: Final = 0.6
"""Of all artists, the least heard, whom scenes are about."""


def rows_added(stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """What the scene's people play of its artists, beside all else that they hear."""
    listener_ix, account_ix = _neighbours(stage, rng), _artists(stage, rng)
    track_ix = np.flatnonzero(np.isin(stage.catalogue.account_ix, account_ix))
    streams = few_track_rows(
        stage,
        _evenings(stage, listener_ix, rng),
        track_id=track_ix,
        duration_ms=stage.catalogue.duration_ms[track_ix],
        skip_share=rng.uniform(0.05, 0.3),
        playlist_id=int(keys.taken(1)[0]),
        rng=rng,
    )
    subjects = [
        subjects_of("listener", listener_ix),
        subjects_of("account", account_ix),
        subjects_of("track", track_ix),
    ]
    return Rows(streams=streams, subjects=pl.concat(subjects))


def _neighbours(stage: Stage, rng: Generator) -> Int[Ints, " listener"]:
    """People of one country; someone there founded the scene."""
    country_ix = stage.people.country_ix
    at_home = np.flatnonzero(country_ix == rng.choice(country_ix))
    return np.sort(rng.permutation(at_home)[: round(rng.integers(12, 45) * stage.crew_scale)])


def _artists(stage: Stage, rng: Generator) -> Int[Ints, " account"]:
    pull = stage.catalogue.owners.pull
    little_known = np.flatnonzero(pull <= np.quantile(pull, UNKNOWN_SHARE))
    return np.sort(rng.choice(little_known, int(rng.integers(3, 9)), replace=False))


def _evenings(stage: Stage, listener_ix: Int[Ints, " listener"], rng: Generator) -> Sessions:
    mean_session_count = log_uniform(rng, 3, 12) * rng.gamma(1.5, 1 / 1.5, listener_ix.size)
    who_ix = np.repeat(listener_ix, rng.poisson(mean_session_count))
    return people_sessions(
        stage,
        listener_ix=who_ix,
        day=rng.integers(0, stage.window.day_count, who_ix.size),
        play_count=rng.geometric(1 / 6, who_ix.size),
        source_ix=rng.choice(SCENE_SOURCES, who_ix.size),
        rng=rng,
    )
