"""Super fans: twenty or so listeners who loop one honest artist, some evenings all together."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.audience.people import People
from graphfraud.simulator.audience.plays import (
    ARTIST,
    LIBRARY,
    PLAYLIST,
    SEARCH,
    listened_ms,
    pauses_ms,
    sessions_in_order,
    stream_rows,
)
from graphfraud.simulator.audience.sessions import addresses_drawn, person_instants_ms
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
    return Rows(
        streams=_loops(stage, fan_ix, track_ix, playlist_id=int(keys.taken(1)[0]), rng=rng),
        subjects=pl.concat(
            [
                subjects_of("listener", fan_ix),
                subjects_of("track", track_ix),
                subjects_of("account", np.array([account_ix])),
            ]
        ),
    )


def _small_artist(catalogue: Catalogue, rng: Generator) -> int:
    """An artist with enough tracks to loop, whom few others know."""
    heard_of = np.bincount(catalogue.account_ix, catalogue.pull)
    enough = np.minimum(catalogue.account_size, 3)
    known_rank = np.argsort(np.argsort(heard_of)) / heard_of.size
    return int(np.argmax(enough - np.abs(known_rank - rng.uniform(0.3, 0.8)) + 0.02 * rng.random(heard_of.size)))


def _favourites(catalogue: Catalogue, account_ix: int, rng: Generator) -> Int[Ints, " favourite"]:
    first, size = int(catalogue.account_first_ix[account_ix]), int(catalogue.account_size[account_ix])
    return first + np.sort(rng.permutation(size)[: int(rng.integers(2, 9))])


def _fans(people: People, count: int, rng: Generator) -> Int[Ints, " fan"]:
    """Listeners who joined before the window, so that the fandom is there from its first day."""
    joined = np.flatnonzero(people.created_ms < np.quantile(people.created_ms, 0.9))
    return np.sort(rng.choice(joined, count, replace=False))


def _loops(
    stage: Stage, fan_ix: Int[Ints, " fan"], track_ix: Int[Ints, " favourite"], *, playlist_id: int, rng: Generator
) -> pl.DataFrame:
    mean_session_count = log_uniform(rng, 6, 30) * rng.gamma(2, 0.5, fan_ix.size)
    listener_ix = np.repeat(fan_ix, rng.poisson(mean_session_count))
    party_days = rng.choice(stage.window.day_count, 3)
    any_day = rng.integers(0, stage.window.day_count, listener_ix.size)
    day = np.where(rng.random(listener_ix.size) < PARTY_SHARE, rng.choice(party_days, listener_ix.size), any_day)
    sessions = sessions_in_order(
        listener_id=listener_ix,
        start_ms=person_instants_ms(stage.people, listener_ix, day, stage.window, rng),
        play_count=rng.geometric(1 / log_uniform(rng, 5, 15), listener_ix.size),
        source_ix=rng.choice(FAN_SOURCES, listener_ix.size),
        device_id=stage.people.device_id[listener_ix, 0],
        ip_hash=addresses_drawn(stage.people, listener_ix, rng),
        country_ix=stage.people.country_ix[listener_ix],
    )
    context_id = stage.contexts_drawn(sessions.source_ix, playlist_id=playlist_id, rng=rng)
    played_ix = rng.choice(track_ix, sessions.session_ix.size)
    return stream_rows(
        sessions,
        track_id=played_ix,
        played_ms=listened_ms(stage.catalogue.duration_ms[played_ix], rng.uniform(0, 0.2), 32.0, rng),
        gap_ms=pauses_ms(played_ix.size, rng),
        context_id=context_id[sessions.session_ix],
        fake=False,
    )
