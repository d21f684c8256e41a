"""When honest listeners sit down to listen, where, on what, and from which source."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.choices import heard
from graphfraud.simulator.audience.clock import Window, instants_ms, local_hours_drawn
from graphfraud.simulator.audience.people import People, people_login_rows, people_rows
from graphfraud.simulator.audience.plays import Sessions, listened_ms, pauses_ms, sessions_in_order, stream_rows
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.catalogue import track_rows
from graphfraud.simulator.platform.chance import Floats, Ints, choices_by_row, rng_for
from graphfraud.simulator.platform.owners import DAY_MS, account_login_rows, account_rows
from graphfraud.simulator.platform.rows import Rows
from graphfraud.simulator.platform.sound import embedding_rows

SOURCE_SHARE: Final = np.array([24, 27, 14, 10, 9, 8, 6, 2]) / 100
MEAN_PLAY_COUNT: Final = np.array([8, 7, 2.5, 8, 7, 6, 6, 5])
"""Of the sessions, and plays in each: in the order of `plays.SOURCES`."""
PLAYS_PER_SESSION: Final = float(SOURCE_SHARE @ MEAN_PLAY_COUNT)

AT_HOME_SHARE: Final = 0.7
TRAVELLING_SHARE: Final = 0.02


def honest_rows(stage: Stage, seed: int) -> Rows:
    """The honest platform's rows."""
    owners, people, window = stage.catalogue.owners, stage.people, stage.window
    return Rows(
        accounts=account_rows(owners, rng_for(seed, "verification")),
        tracks=track_rows(stage.catalogue, rng_for(seed, "titles")),
        listeners=people_rows(people),
        streams=_stream_rows(stage, rng_for(seed, "listening")),
        logins=pl.concat(
            [
                account_login_rows(
                    owners, start_ms=window.start_ms, end_ms=window.end_ms, rng=rng_for(seed, "account logins")
                ),
                people_login_rows(people, window=window, rng=rng_for(seed, "listener logins")),
            ]
        ),
        embeddings=embedding_rows(np.arange(stage.catalogue.count), stage.sounds),
    )


def _stream_rows(stage: Stage, rng: Generator) -> pl.DataFrame:
    """What the stage's people play, of their own will."""
    people, catalogue = stage.people, stage.catalogue
    sessions = _sessions_drawn(stage, rng)
    plays = heard(stage, sessions, rng)
    listener_ix = sessions.listener_id[sessions.session_ix]
    return stream_rows(
        sessions,
        track_id=plays.track_ix,
        played_ms=listened_ms(
            catalogue.duration_ms[plays.track_ix], people.skip_share[listener_ix], people.patience_s[listener_ix], rng
        ),
        gap_ms=pauses_ms(listener_ix.size, rng),
        context_id=plays.context_id,
        fake=False,
    )


def _sessions_drawn(stage: Stage, rng: Generator) -> Sessions:
    people, window = stage.people, stage.window
    days_here = np.minimum(window.day_count, (window.end_ms - people.created_ms) / DAY_MS)
    expected = people.plays_per_day * days_here / PLAYS_PER_SESSION
    listener_ix = np.repeat(np.arange(people.count), rng.poisson(expected))
    habits = SOURCE_SHARE * rng.gamma(1.5, 1, (people.count, SOURCE_SHARE.size))
    source_ix = choices_by_row(habits, listener_ix, rng)
    return people_sessions(
        stage,
        listener_ix=listener_ix,
        day=_days(people, window, listener_ix, rng),
        play_count=rng.geometric(1 / MEAN_PLAY_COUNT[source_ix]),
        source_ix=source_ix,
        rng=rng,
    )


def _days(people: People, window: Window, listener_ix: Int[Ints, " session"], rng: Generator) -> Int[Ints, " session"]:
    """The day of each session: people have days off, and busier days; nobody listens before joining."""
    shape = (people.count, window.day_count)
    eager: Float[Floats, "listener day"] = window.weekend_factors * rng.gamma(1.5, 1, shape)
    eager[rng.random(shape) < people.idle_day_share[:, None]] = 0
    eager += 1e-6
    joined_day = (people.created_ms - window.start_ms) // DAY_MS
    eager[np.arange(window.day_count) < joined_day[:, None]] = 0
    return choices_by_row(eager, listener_ix, rng)


def people_sessions(
    stage: Stage,
    *,
    listener_ix: Int[Ints, " session"],
    day: Int[Ints, " session"],
    play_count: Int[Ints, " session"],
    source_ix: Int[Ints, " session"],
    rng: Generator,
) -> Sessions:
    """Sessions of the stage's people on these days: when they are awake, on a device of theirs, at home or away."""
    people = stage.people
    hour = (local_hours_drawn(people.country_ix[listener_ix], rng) + people.shift_h[listener_ix]) % 24
    return sessions_in_order(
        listener_id=listener_ix,
        start_ms=instants_ms(stage.window, day, hour, people.zone_h[listener_ix]),
        play_count=play_count,
        source_ix=source_ix,
        device_id=people.device_id[listener_ix, rng.integers(0, 3, listener_ix.size)],
        ip_hash=_addresses(people, listener_ix, rng),
        country_ix=_countries(people, listener_ix, rng),
    )


def _addresses(people: People, listener_ix: Int[Ints, " session"], rng: Generator) -> Int[Ints, " session"]:
    """Home, or one of the carrier's addresses on the road."""
    carrier_ip = people.carrier_ip[listener_ix, rng.integers(0, 4, listener_ix.size)]
    return np.where(rng.random(listener_ix.size) < AT_HOME_SHARE, people.home_ip[listener_ix], carrier_ip)


def _countries(people: People, listener_ix: Int[Ints, " session"], rng: Generator) -> Int[Ints, " session"]:
    abroad = rng.random(listener_ix.size) < TRAVELLING_SHARE
    return np.where(abroad, rng.permutation(people.country_ix)[listener_ix], people.country_ix[listener_ix])
