"""Shops: a playlist all opening hours, through one device and one address; a chain has many."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.clock import instants_ms, zones_drawn
from graphfraud.simulator.audience.people import FREE, PLANS, PREMIUM
from graphfraud.simulator.audience.playlists import TRACK_COUNT
from graphfraud.simulator.audience.plays import PLAYLIST, Plays, Sessions, plays_in
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Floats, Ints, choices, position_in_run
from graphfraud.simulator.platform.owners import COUNTRIES, COUNTRY_SHARE
from graphfraud.simulator.platform.rows import (
    ADDRESS,
    COLLECTION,
    DAY_MS,
    DEVICE,
    LANE,
    LISTENER,
    Numbers,
    Rows,
    frame,
    picked,
    subjects_of,
)

CHAIN_SHARE: Final = 0.4


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """One shop, or the branches of a chain: their subscriptions and their plays."""
    count = int(rng.integers(3, 20)) if rng.random() < CHAIN_SHARE else 1
    country_ix = np.repeat(choices(COUNTRY_SHARE, 1, rng), count)
    listener_id, lane = numbers.taken(LISTENER, count), numbers.taken(LANE, count)
    device_id, ip_hash = numbers.taken(DEVICE, count), numbers.taken(ADDRESS, count)
    zone_h, closed_weekday = np.repeat(zones_drawn(country_ix[:1], rng), count), int(rng.integers(0, 10))
    opens_h, open_h = rng.uniform(7, 11, count), rng.uniform(7, 13, count)
    own_list, context_id = _list(stage, numbers, rng)

    def plays_on(day: int, rng: Generator) -> list[Plays]:
        if stage.window.weekday(day) == closed_weekday:
            return []
        tracks = stage.playlists.on(day)[own_list] if isinstance(own_list, int) else own_list
        sessions = Sessions(
            listener_id=listener_id,
            lane=lane,
            start_ms=instants_ms(stage.window, day, opens_h + rng.normal(0, 0.1, count), zone_h),
            play_count=_fits(open_h, stage.catalogue.duration_ms[tracks].mean()),
            source_ix=np.full(count, PLAYLIST),
            device_id=device_id,
            ip_hash=ip_hash,
            country_ix=country_ix,
        )
        place = (
            position_in_run(sessions.play_count) + rng.integers(0, tracks.size, count)[sessions.session_ix]
        ) % tracks.size
        played_ms = stage.catalogue.duration_ms[tracks[place]]
        contexts = np.full(place.size, context_id)
        return [
            plays_in(sessions, track_id=tracks[place], played_ms=played_ms, context_id=contexts, fake=False, rng=rng)
        ]

    subscriptions = _subscriptions(stage, listener_id, country_ix, rng)
    logins = frame(
        "logins",
        subject_kind=LISTENER,
        subject_id=listener_id,
        device_id=device_id,
        ip_hash=ip_hash,
        at=stage.window.start_ms + rng.integers(0, DAY_MS, count),
    )
    rows = Rows(listeners=subscriptions, logins=logins, subjects=subjects_of(LISTENER, listener_id))
    return Act(rows=rows, plays_on=plays_on)


def _subscriptions(
    stage: Stage, listener_id: Int[Ints, " shop"], country_ix: Int[Ints, " shop"], rng: Generator
) -> pl.DataFrame:
    """The shops as a table of listeners."""
    return frame(
        "listeners",
        listener_id=listener_id,
        created_at=stage.window.start_ms - rng.integers(DAY_MS, 900 * DAY_MS, listener_id.size),
        country=picked(COUNTRIES, country_ix),
        plan=picked(PLANS, rng.integers(FREE, PREMIUM + 1, listener_id.size)),
    )


def _list(stage: Stage, numbers: Numbers, rng: Generator) -> tuple[int | Int[Ints, " track"], int]:
    """An editorial playlist's row, or tracks of their own choice; and its context."""
    if rng.random() < 0.5:
        playlist_ix = int(rng.integers(0, len(stage.playlists.context_id)))
        return playlist_ix, int(stage.playlists.context_id[playlist_ix])
    scene_ix = rng.integers(0, stage.scenes.genre_ix.size, 3)[rng.integers(0, 3, TRACK_COUNT)]
    chosen = stage.shelves.tracks_near(scene_ix, rng)
    out = chosen[stage.catalogue.uploaded_ms[chosen] < stage.window.start_ms]
    return (out if out.size else chosen), int(numbers.taken(COLLECTION, 1)[0])


def _fits(open_h: Float[Floats, " shop"], mean_ms: float) -> Int[Ints, " shop"]:
    """Tracks that fit into the opening hours."""
    return np.maximum(1, open_h * 3_600_000 / (mean_ms + 4_000)).astype(np.int64)


LOOKALIKE: Final = Lookalike(kind="shop", entered=entered)
