"""A shop: one playlist, all opening hours, through one device and one address."""

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import instants_ms, zones_drawn
from graphfraud.simulator.audience.people import PLANS
from graphfraud.simulator.audience.plays import PLAYLIST, Sessions, sessions_in_order, stream_rows
from graphfraud.simulator.audience.stage import PLAYLIST_TRACK_COUNT, Stage
from graphfraud.simulator.platform.chance import Ints, choices
from graphfraud.simulator.platform.owners import COUNTRIES, COUNTRY_SHARE, DAY_MS, GENRE_SHARE
from graphfraud.simulator.platform.rows import Keys, Rows, frame, picked, subjects_of


def rows_added(stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """The shop's own subscription and its plays."""
    country_ix, listener_id = choices(COUNTRY_SHARE, 1, rng), keys.taken(1)
    listeners = frame(
        "listeners",
        listener_id=listener_id,
        created_at=stage.window.start_ms - rng.integers(DAY_MS, 900 * DAY_MS, 1),
        country=picked(COUNTRIES, country_ix),
        plan=picked(PLANS, rng.integers(0, 2, 1)),
    )
    sessions = _open_days(stage, listener_id, country_ix, keys, rng)
    return Rows(
        listeners=listeners,
        streams=_played(stage, sessions, keys, rng),
        logins=frame(
            "logins",
            subject_kind="listener",
            subject_id=listener_id,
            device_id=sessions.device_id[:1],
            ip_hash=sessions.ip_hash[:1],
            at=sessions.start_ms[:1],
        ),
        subjects=subjects_of("listener", listener_id),
    )


def _open_days(
    stage: Stage, listener_id: Int[Ints, " 1"], country_ix: Int[Ints, " 1"], keys: Keys, rng: Generator
) -> Sessions:
    """A session a day, as long as the shop is open; most shops close on one day of the week."""
    closed_weekday = rng.integers(0, 10)
    day = np.flatnonzero(np.arange(stage.window.day_count) % 7 != closed_weekday)
    opens_hour = rng.uniform(7, 11) + rng.normal(0, 0.1, day.size)
    open_ms = rng.uniform(8, 12) * 3_600_000
    same = np.zeros(day.size, np.int64)
    return sessions_in_order(
        listener_id=listener_id[same],
        start_ms=instants_ms(stage.window, day, opens_hour, zones_drawn(country_ix, rng)[same]),
        play_count=np.full(day.size, open_ms // stage.catalogue.duration_ms.mean(), np.int64),
        source_ix=np.full(day.size, PLAYLIST),
        device_id=keys.taken(1)[same],
        ip_hash=keys.taken(1)[same],
        country_ix=country_ix[same],
    )


def _played(stage: Stage, sessions: Sessions, keys: Keys, rng: Generator) -> pl.DataFrame:
    """One playlist, an editorial or their own, from the first track to the last and again; nobody skips."""
    count = sessions.session_ix.size
    playlist_ix = int(rng.integers(0, len(stage.playlists.track_ix)))
    own_ix = stage.shelves.drawn(choices(GENRE_SHARE, 2, rng)[rng.integers(0, 2, PLAYLIST_TRACK_COUNT)], rng)
    theirs = rng.random() < 0.5
    track_ix = own_ix if theirs else stage.playlists.track_ix[playlist_ix]
    context_id = keys.taken(1)[0] if theirs else stage.playlists.context_id[playlist_ix]
    played_ix = track_ix[np.arange(count) % track_ix.size]
    return stream_rows(
        sessions,
        track_id=played_ix,
        played_ms=stage.catalogue.duration_ms[played_ix],
        gap_ms=rng.integers(200, 2_500, count),
        context_id=np.full(count, context_id),
        fake=False,
    )
