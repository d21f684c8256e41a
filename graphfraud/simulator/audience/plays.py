"""Sessions into streams: whoever plays, by heart or by script, plays one track after the other."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Flags, Floats, Ints
from graphfraud.simulator.platform.owners import COUNTRIES
from graphfraud.simulator.platform.rows import frame, picked

SOURCES: Final = ("playlist", "library", "search", "radio", "album", "artist", "autoplay", "api")
PLAYLIST, LIBRARY, SEARCH, RADIO, ALBUM, ARTIST, AUTOPLAY, API = range(len(SOURCES))
CLIENTS: Final = ("android", "android", "ios", "ios", "web", "desktop", "speaker")

NOWHERE: Final = -1
"""The context of what was played outside a playlist, an album or a station."""

LANE_MS: Final = 1 << 42
"""Later than any instant of a feed (the year 2109), so that the queues of listeners laid end to end never meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Runs of plays, each by one listener on one device, in order of listener and time."""

    listener_id: Int[Ints, " session"]
    start_ms: Int[Ints, " session"]
    play_count: Int[Ints, " session"]
    source_ix: Int[Ints, " session"]
    device_id: Int[Ints, " session"]
    ip_hash: Int[Ints, " session"]
    country_ix: Int[Ints, " session"]

    @property
    def count(self) -> int:
        """How many sessions there are."""
        return self.start_ms.size

    @property
    def session_ix(self) -> Int[Ints, " play"]:
        """The session of each play."""
        return np.repeat(np.arange(self.count), self.play_count)


def sessions_in_order(
    *,
    listener_id: Int[Ints, " session"],
    start_ms: Int[Ints, " session"],
    play_count: Int[Ints, " session"],
    source_ix: Int[Ints, " session"],
    device_id: Int[Ints, " session"],
    ip_hash: Int[Ints, " session"],
    country_ix: Int[Ints, " session"],
) -> Sessions:
    """These sessions in order of listener and time."""
    order = np.lexsort((start_ms, listener_id))
    return Sessions(
        listener_id=listener_id[order],
        start_ms=start_ms[order],
        play_count=play_count[order],
        source_ix=source_ix[order],
        device_id=device_id[order],
        ip_hash=ip_hash[order],
        country_ix=country_ix[order],
    )


def stream_rows(
    sessions: Sessions,
    *,
    track_id: Int[Ints, " play"],
    played_ms: Int[Ints, " play"],
    gap_ms: Int[Ints, " play"],
    context_id: Int[Ints, " play"],
    fake: bool,
) -> pl.DataFrame:
    """The plays of these sessions as a table; a session that begins before the last one ended waits for it."""
    session_ix = sessions.session_ix
    return frame(
        "streams",
        listener_id=sessions.listener_id[session_ix],
        track_id=track_id,
        started_at=_started_ms(sessions, played_ms + gap_ms),
        played_ms=played_ms,
        source=picked(SOURCES, sessions.source_ix[session_ix]),
        context_id=context_id,
        client_id=picked(CLIENTS, _client_ix(sessions.device_id)[session_ix]),
        device_id=sessions.device_id[session_ix],
        ip_hash=sessions.ip_hash[session_ix],
        country=picked(COUNTRIES, sessions.country_ix[session_ix]),
        fake=fake,
    )


def _started_ms(sessions: Sessions, spent_ms: Int[Ints, " play"]) -> Int[Ints, " play"]:
    """When each play began: start(k) = max(asked(k), start(k-1) + lasted(k-1)), solved as a running maximum."""
    before_play_ms: Int[Ints, " play"] = np.cumsum(spent_ms) - spent_ms
    lasted_ms = np.bincount(sessions.session_ix, spent_ms, minlength=sessions.count).astype(np.int64)
    before_session_ms = np.cumsum(lasted_ms) - lasted_ms
    _, first_ix, lane_ix = np.unique(sessions.listener_id, return_index=True, return_inverse=True)
    queued_ms = before_session_ms - before_session_ms[first_ix][lane_ix]
    lane_start_ms = lane_ix * LANE_MS
    slack_ms: Int[Ints, " session"] = np.maximum.accumulate(sessions.start_ms - queued_ms + lane_start_ms)
    start_ms = slack_ms - lane_start_ms + queued_ms
    return (start_ms - before_session_ms)[sessions.session_ix] + before_play_ms


def _client_ix(device_id: Int[Ints, " session"]) -> Int[Ints, " session"]:
    """The app of each device: always the same, spread evenly, and blind to whose numbers these are."""
    return (device_id % (1 << 32) * 2_654_435_761 >> 20) % len(CLIENTS)


def listened_ms(
    duration_ms: Int[Ints, " play"],
    skip_share: Float[Floats, " play"] | float,
    patience_s: Float[Floats, " play"] | float,
    rng: Generator,
) -> Int[Ints, " play"]:
    """How long a person hears a track: skips it after a try, leaves in the middle, or hears it out."""
    what = rng.random(duration_ms.size)
    tried_ms = 1_000 * patience_s * rng.lognormal(0, 0.6, duration_ms.size)
    left_ms = duration_ms * rng.uniform(0.2, 1, duration_ms.size)
    heard_ms = np.where(what < skip_share, tried_ms, np.where(what > 0.88, left_ms, duration_ms))
    return np.minimum(heard_ms, duration_ms).astype(np.int64)


def pauses_ms(count: int, rng: Generator) -> Int[Ints, " play"]:
    """The wait after each play: mostly a breath, now and then minutes."""
    away: Bool[Flags, " play"] = rng.random(count) < 0.04
    return np.where(away, rng.exponential(180_000, count), rng.gamma(2, 700, count)).astype(np.int64)
