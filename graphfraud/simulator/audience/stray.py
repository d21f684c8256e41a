"""Honest plays of tracks that nobody set out to hear: a ring's tracks have some too."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.audience.plays import (
    AUTOPLAY,
    NOWHERE,
    RADIO,
    SEARCH,
    listened_ms,
    pauses_ms,
    sessions_in_order,
    stream_rows,
)
from graphfraud.simulator.audience.sessions import addresses_drawn, person_instants_ms
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Ints, choices

STUMBLED_FROM: Final = np.array([SEARCH, RADIO, AUTOPLAY])


def stray_stream_rows(
    stage: Stage,
    *,
    track_id: Int[Ints, " track"],
    duration_ms: Int[Ints, " track"],
    mean_count: float,
    rng: Generator,
) -> pl.DataFrame:
    """A few honest plays of tracks that honest people only stumble on, by search, radio and autoplay."""
    people, count = stage.people, int(rng.poisson(mean_count * track_id.size))
    listener_ix = choices(people.plays_per_day, count, rng)
    track_ix = rng.integers(0, track_id.size, count)
    sessions = sessions_in_order(
        listener_id=listener_ix,
        start_ms=person_instants_ms(
            people, listener_ix, rng.integers(0, stage.window.day_count, count), stage.window, rng
        ),
        play_count=np.ones(count, np.int64),
        source_ix=rng.choice(STUMBLED_FROM, count),
        device_id=people.device_id[listener_ix, rng.integers(0, 3, count)],
        ip_hash=addresses_drawn(people, listener_ix, rng),
        country_ix=people.country_ix[listener_ix],
    )
    return stream_rows(
        sessions,
        track_id=track_id[track_ix],
        played_ms=listened_ms(duration_ms[track_ix], 0.5, 14.0, rng),
        gap_ms=pauses_ms(count, rng),
        context_id=stage.contexts_drawn(sessions.source_ix, playlist_id=NOWHERE, rng=rng),
        fake=False,
    )
