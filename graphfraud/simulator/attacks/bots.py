"""What bots do: sessions on an operator's tracks, with other tracks between them; the attacks share it."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.attacks.fronts import Front
from graphfraud.simulator.audience.clock import instants_ms, local_hours_drawn, zones_drawn
from graphfraud.simulator.audience.people import FAMILY, PLANS
from graphfraud.simulator.audience.plays import (
    Sessions,
    listened_ms,
    pauses_ms,
    sessions_in_order,
    stream_rows,
)
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Ints, choices
from graphfraud.simulator.platform.owners import COUNTRIES, COUNTRY_SHARE, DAY_MS
from graphfraud.simulator.platform.rows import Keys, Rows, frame, picked, subjects_of

FAMILY_SIZE: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class BotKnobs:
    """How an operator's bots behave."""

    bot_count: int
    start_day: int
    day_count: int
    plays_per_day: float
    evenness: float
    """How alike the bots are in how much they play: 1 is as unlike as chance makes people, 100 is a script."""
    plays_per_session: float
    idle_day_share: float
    camouflage_share: float
    """Of the plays, on tracks of editorial playlists."""
    breadth_share: float
    """Of the operator's tracks, those that each bot plays."""
    just_paid_share: float
    """Of the plays, stopped soon after the 30 s that pay; the others are heard as people hear."""
    skip_share: float
    sleeps: bool
    """Whether the bots keep their country's day, or play round the clock."""
    machine_share: float
    """Devices for each bot: below 1 they share, above 1 some have two."""
    address_share: float
    """Addresses for each bot, likewise."""
    proxy_share: float
    """Of the sessions, through the homes of honest people of the same country."""
    country_count: int
    age_days: float
    """Age of the oldest bot at its first play."""
    source_ix: tuple[int, ...]
    plan_ix: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bots:
    """Who the bots claim to be."""

    listener_id: Int[Ints, " bot"]
    created_ms: Int[Ints, " bot"]
    country_ix: Int[Ints, " bot"]
    device_id: Int[Ints, "bot 2"]
    ip_hash: Int[Ints, "bot 2"]


def bot_rows(knobs: BotKnobs, front: Front, *, stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """The bots and all that they play, none of it heard by anybody."""
    bots = _bots_drawn(knobs, stage, keys, rng)
    sessions = _sessions_drawn(knobs, bots, stage, rng)
    return Rows(
        listeners=_listener_rows(knobs, bots, keys, rng),
        streams=_played(knobs, bots, sessions, front, stage=stage, keys=keys, rng=rng),
        logins=_login_rows(bots, stage, rng),
        subjects=subjects_of("listener", bots.listener_id),
    )


def _bots_drawn(knobs: BotKnobs, stage: Stage, keys: Keys, rng: Generator) -> _Bots:
    newest_ms = stage.window.start_ms + (knobs.start_day - 1) * DAY_MS
    return _Bots(
        listener_id=keys.taken(knobs.bot_count),
        created_ms=newest_ms - (rng.random(knobs.bot_count) * knobs.age_days * DAY_MS).astype(np.int64),
        country_ix=rng.choice(choices(COUNTRY_SHARE, knobs.country_count, rng), knobs.bot_count),
        device_id=_shared(keys, knobs.bot_count, knobs.machine_share, rng),
        ip_hash=_shared(keys, knobs.bot_count, knobs.address_share, rng),
    )


def _shared(keys: Keys, bot_count: int, share: float, rng: Generator) -> Int[Ints, "bot 2"]:
    """Two devices or addresses for each bot: the same one twice, but for those that come in excess of one each."""
    pool = keys.taken(max(1, round(share * bot_count)))
    first_ix = rng.permutation(bot_count) % pool.size
    second_ix = np.where(first_ix + bot_count < pool.size, first_ix + bot_count, first_ix)
    return np.column_stack([pool[first_ix], pool[second_ix]])


def _sessions_drawn(knobs: BotKnobs, bots: _Bots, stage: Stage, rng: Generator) -> Sessions:
    works = rng.random((knobs.bot_count, knobs.day_count)) >= knobs.idle_day_share
    pace = knobs.plays_per_day * rng.gamma(knobs.evenness, 1 / knobs.evenness, (knobs.bot_count, 1))
    per_day = np.where(works, pace / knobs.plays_per_session, 0)
    bot_ix, day = np.divmod(np.repeat(np.arange(per_day.size), rng.poisson(per_day).ravel()), knobs.day_count)
    country_ix, zone_h = bots.country_ix[bot_ix], zones_drawn(bots.country_ix, rng)[bot_ix]
    awake_hour, any_hour = local_hours_drawn(country_ix, rng), rng.uniform(0, 24, bot_ix.size)
    hour = awake_hour if knobs.sleeps else any_hour
    return sessions_in_order(
        listener_id=bots.listener_id[bot_ix],
        start_ms=instants_ms(stage.window, knobs.start_day + day, hour, zone_h),
        play_count=rng.geometric(1 / knobs.plays_per_session, bot_ix.size),
        source_ix=rng.choice(np.array(knobs.source_ix), bot_ix.size),
        device_id=bots.device_id[bot_ix, rng.integers(0, 2, bot_ix.size)],
        ip_hash=_addresses(knobs, bots, bot_ix, stage, rng),
        country_ix=country_ix,
    )


def _addresses(
    knobs: BotKnobs, bots: _Bots, bot_ix: Int[Ints, " session"], stage: Stage, rng: Generator
) -> Int[Ints, " session"]:
    """The bots' own addresses, or those of honest homes whose owners do not know that they are proxies."""
    by_country_ix = np.argsort(stage.people.country_ix, kind="stable")
    lives_in_ix = stage.people.country_ix[by_country_ix]
    first = np.searchsorted(lives_in_ix, bots.country_ix[bot_ix], side="left")
    past = np.searchsorted(lives_in_ix, bots.country_ix[bot_ix], side="right")
    host_ix = by_country_ix[rng.integers(first, np.maximum(past, first + 1)) % stage.people.count]
    own = bots.ip_hash[bot_ix, rng.integers(0, 2, bot_ix.size)]
    return np.where(rng.random(bot_ix.size) < knobs.proxy_share, stage.people.home_ip[host_ix], own)


def _played(
    knobs: BotKnobs, bots: _Bots, sessions: Sessions, front: Front, *, stage: Stage, keys: Keys, rng: Generator
) -> pl.DataFrame:
    session_ix = sessions.session_ix
    count = session_ix.size
    bot_ix = (sessions.listener_id - bots.listener_id[0])[session_ix]
    target_ix = _targets(knobs, bot_ix, front.track_id.size, rng)
    cover_ix = rng.choice(stage.playlists.track_ix[rng.integers(0, len(stage.playlists.track_ix), 3)].ravel(), count)
    covers = rng.random(count) < knobs.camouflage_share
    duration_ms = np.where(covers, stage.catalogue.duration_ms[cover_ix], front.content.duration_ms[target_ix])
    context_id = stage.contexts_drawn(sessions.source_ix, playlist_id=int(keys.taken(1)[0]), rng=rng)
    return stream_rows(
        sessions,
        track_id=np.where(covers, cover_ix, front.track_id[target_ix]),
        played_ms=_played_ms(knobs, duration_ms, rng),
        gap_ms=pauses_ms(count, rng),
        context_id=context_id[session_ix],
        fake=True,
    )


def _targets(knobs: BotKnobs, bot_ix: Int[Ints, " play"], track_count: int, rng: Generator) -> Int[Ints, " play"]:
    """The operator's track of each play: every bot has its own stretch of them, if not all."""
    first_ix = rng.integers(0, track_count, knobs.bot_count)[bot_ix]
    stretch_count = math.ceil(knobs.breadth_share * track_count)
    return (first_ix + rng.integers(0, stretch_count, bot_ix.size)) % track_count


def _played_ms(knobs: BotKnobs, duration_ms: Int[Ints, " play"], rng: Generator) -> Int[Ints, " play"]:
    just_paid_ms = 30_000 + rng.gamma(2, rng.uniform(500, 2_500), duration_ms.size)
    just_paid = rng.random(duration_ms.size) < knobs.just_paid_share
    like_people_ms = listened_ms(duration_ms, knobs.skip_share, 14.0, rng)
    return np.where(just_paid, np.minimum(just_paid_ms, duration_ms), like_people_ms).astype(np.int64)


def _listener_rows(knobs: BotKnobs, bots: _Bots, keys: Keys, rng: Generator) -> pl.DataFrame:
    plan_ix = rng.choice(np.array(knobs.plan_ix), knobs.bot_count)
    families = keys.taken(knobs.bot_count)[np.arange(knobs.bot_count) // FAMILY_SIZE]
    return frame(
        "listeners",
        listener_id=bots.listener_id,
        created_at=bots.created_ms,
        country=picked(COUNTRIES, bots.country_ix),
        plan=picked(PLANS, plan_ix),
        plan_group_hash=np.where(plan_ix == FAMILY, families, -1),
    )


def _login_rows(bots: _Bots, stage: Stage, rng: Generator) -> pl.DataFrame:
    bot_ix = np.repeat(np.arange(bots.listener_id.size), rng.poisson(3, bots.listener_id.size))
    return frame(
        "logins",
        subject_kind="listener",
        subject_id=bots.listener_id[bot_ix],
        device_id=bots.device_id[bot_ix, 0],
        ip_hash=bots.ip_hash[bot_ix, 0],
        at=rng.integers(np.maximum(stage.window.start_ms, bots.created_ms[bot_ix]), stage.window.end_ms),
    )
