"""Honest plays of a few tracks: by people who love them, and by people who stumble on them."""

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
    Sessions,
    listened_ms,
    pauses_ms,
    stream_rows,
)
from graphfraud.simulator.audience.sessions import people_sessions
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Ints, choices

USUAL_PATIENCE_S: Final = 14.0
STUMBLED_FROM: Final = np.array([SEARCH, RADIO, AUTOPLAY])
STUMBLERS_SKIP_SHARE: Final = 0.5


def few_track_rows(
    stage: Stage,
    sessions: Sessions,
    *,
    track_id: Int[Ints, " track"],
    duration_ms: Int[Ints, " track"],
    skip_share: float,
    playlist_id: int,
    rng: Generator,
) -> pl.DataFrame:
    """The streams of people's sessions on these tracks, each as likely as the next."""
    session_ix = sessions.session_ix
    track_ix = rng.integers(0, track_id.size, session_ix.size)
    context_id = stage.contexts_drawn(sessions.source_ix, playlist_id=playlist_id, rng=rng)
    return stream_rows(
        sessions,
        track_id=track_id[track_ix],
        played_ms=listened_ms(duration_ms[track_ix], skip_share, USUAL_PATIENCE_S, rng),
        gap_ms=pauses_ms(session_ix.size, rng),
        context_id=context_id[session_ix],
        fake=False,
    )


def stray_rows(
    stage: Stage,
    *,
    track_id: Int[Ints, " track"],
    duration_ms: Int[Ints, " track"],
    mean_count: float,
    rng: Generator,
) -> pl.DataFrame:
    """The streams of people who stumble on these tracks by search, radio and autoplay, `mean_count` for each."""
    count = int(rng.poisson(mean_count * track_id.size))
    sessions = people_sessions(
        stage,
        listener_ix=choices(stage.people.plays_per_day, count, rng),
        day=rng.integers(0, stage.window.day_count, count),
        play_count=np.ones(count, np.int64),
        source_ix=rng.choice(STUMBLED_FROM, count),
        rng=rng,
    )
    return few_track_rows(
        stage,
        sessions,
        track_id=track_id,
        duration_ms=duration_ms,
        skip_share=STUMBLERS_SKIP_SHARE,
        playlist_id=NOWHERE,
        rng=rng,
    )
