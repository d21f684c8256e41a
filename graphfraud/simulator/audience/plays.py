"""Sessions and the plays in them: whoever plays, by heart or by script, plays one track after the other."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Flags, Floats, Ints

SOURCES: Final = ("playlist", "library", "search", "radio", "album", "artist", "autoplay", "api")
PLAYLIST, LIBRARY, SEARCH, RADIO, ALBUM, ARTIST, AUTOPLAY, API = range(len(SOURCES))
CLIENTS: Final = ("android", "android", "ios", "ios", "web", "desktop", "speaker")

NOWHERE: Final = -1
"""The context of what was played outside a playlist, an album or a station."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Runs of plays, each by one player on one device."""

    listener_id: Int[Ints, " session"]
    lane: Int[Ints, " session"]
    """Who plays: one lane plays one track at a time."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plays:
    """What is played on one day, in the order of each player's wishes."""

    listener_id: Int[Ints, " play"]
    lane: Int[Ints, " play"]
    asked_ms: Int[Ints, " play"]
    """When its session was to begin; a play starts when the one before it has ended."""
    track_id: Int[Ints, " play"]
    played_ms: Int[Ints, " play"]
    pause_ms: Int[Ints, " play"]
    source_ix: Int[Ints, " play"]
    context_id: Int[Ints, " play"]
    device_id: Int[Ints, " play"]
    ip_hash: Int[Ints, " play"]
    country_ix: Int[Ints, " play"]
    late_ms: Int[Ints, " play"]
    """From its end until the platform hears of it: seconds, or days when it was played from a download."""
    fake: Bool[Flags, " play"]

    @property
    def count(self) -> int:
        """How many plays there are."""
        return self.track_id.size


def all_plays(parts: list[Plays]) -> Plays:
    """All plays of all parts."""
    return Plays(**{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Plays)})


def plays_at(plays: Plays, places: Int[Ints, " place"] | Bool[Flags, " play"]) -> Plays:
    """The plays at these places."""
    return Plays(**{each.name: getattr(plays, each.name)[places] for each in fields(Plays)})


def plays_in(
    sessions: Sessions,
    *,
    track_id: Int[Ints, " play"],
    played_ms: Int[Ints, " play"],
    context_id: Int[Ints, " play"],
    fake: bool,
    rng: Generator,
) -> Plays:
    """The plays of these sessions, with a pause after each, and the delay with which each session is heard of."""
    session_ix = sessions.session_ix
    return Plays(
        listener_id=sessions.listener_id[session_ix],
        lane=sessions.lane[session_ix],
        asked_ms=sessions.start_ms[session_ix],
        track_id=track_id,
        played_ms=played_ms,
        pause_ms=pauses_ms(session_ix.size, rng),
        source_ix=sessions.source_ix[session_ix],
        context_id=context_id,
        device_id=sessions.device_id[session_ix],
        ip_hash=sessions.ip_hash[session_ix],
        country_ix=sessions.country_ix[session_ix],
        late_ms=_delays_ms(sessions, rng)[session_ix] + rng.integers(50, 6_000, session_ix.size),
        fake=np.full(session_ix.size, fake),
    )


OFFLINE_SHARE: Final = 0.025
"""Of the sessions, from downloads, and heard of when the device is back: a day and a half later on average."""
KEPT_OFFLINE: Final = (PLAYLIST, LIBRARY, ALBUM)


def _delays_ms(sessions: Sessions, rng: Generator) -> Int[Ints, " session"]:
    offline = np.isin(sessions.source_ix, KEPT_OFFLINE) & (rng.random(sessions.count) < OFFLINE_SHARE)
    return np.where(offline, rng.exponential(1.3e8, sessions.count), 0).astype(np.int64)


def started_ms(plays: Plays, free_from_ms: Int[Ints, " lane"]) -> Int[Ints, " play"]:
    """When each play begins: start(k) = max(asked(k), start(k-1) + lasted(k-1)) within its lane.

    Solved as a running maximum. Plays are in order of lane and wish; `free_from_ms` says from when on
    each lane is free, and is moved on by what is played here.
    """
    spent_ms = plays.played_ms + plays.pause_ms
    before_ms: Int[Ints, " play"] = np.cumsum(spent_ms) - spent_ms
    lanes, first_ix, run_ix = np.unique(plays.lane, return_index=True, return_inverse=True)
    before_ms -= before_ms[first_ix][run_ix]
    # Runs laid end to end, each two months after the one before: further than a queue can grow, and 2**30 lanes fit.
    apart_ms = run_ix * (1 << 33)
    first_ms = int(plays.asked_ms.min()) if plays.count else 0
    slack_ms = np.maximum(plays.asked_ms, free_from_ms[plays.lane]) - first_ms - before_ms + apart_ms
    start_ms = np.maximum.accumulate(slack_ms) - apart_ms + before_ms + first_ms
    last_ix = np.append(first_ix[1:], plays.count) - 1
    free_from_ms[lanes] = start_ms[last_ix] + spent_ms[last_ix]
    return start_ms


def clients_of(device_id: Int[Ints, " play"]) -> Int[Ints, " play"]:
    """The app of each device: always the same, spread evenly, and blind to whose numbers these are."""
    return (device_id * 2_654_435_761 % (1 << 32) >> 20) % len(CLIENTS)


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
