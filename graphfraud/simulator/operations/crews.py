"""Bots: who they claim to be, on what, how eager, and from when until when they work."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import zones_drawn
from graphfraud.simulator.audience.people import FAMILY_PLAN, FREE, PLANS, PREMIUM
from graphfraud.simulator.audience.plays import (
    ALBUM,
    API,
    ARTIST,
    AUTOPLAY,
    LIBRARY,
    PLAYLIST,
    RADIO,
    SEARCH,
)
from graphfraud.simulator.audience.regulars import people_who_stay
from graphfraud.simulator.audience.sittings import TRAVELLING_SHARE
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.audience.tastes import Tastes, tastes_drawn
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, choices, position_in_run
from graphfraud.simulator.platform.owners import COUNTRIES, COUNTRY_SHARE
from graphfraud.simulator.platform.rows import (
    ADDRESS,
    COLLECTION,
    DAY_MS,
    DEVICE,
    FAMILY,
    LANE,
    LISTENER,
    Numbers,
    frame,
    picked,
)

SOURCES_USED: Final = (PLAYLIST, LIBRARY, SEARCH, ALBUM, ARTIST, RADIO, AUTOPLAY, API)
FAMILY_SIZE: Final = 6
SINGLE_PLANS: Final = np.array([ix for ix in range(len(PLANS)) if ix != FAMILY_PLAN])
WELL_PROXIED_SHARE: Final = 0.7
"""Of the crews, who are abroad no more often than people."""
SPOOF_SHARE: Final = 0.3
"""Of the hijackers, those whose malware plays on the device of whom they took over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """An operator's bots, or the listeners that it took over."""

    knobs: Knobs
    listener_id: Int[Ints, " bot"]
    lane: Int[Ints, " bot"]
    home_of: Int[Ints, " bot"]
    """The person of the stage who was taken over; -1 for a bot of its own making."""
    spoofs: bool
    """Whether who was taken over is played from their own device, too, when from their home."""
    created_ms: Int[Ints, " bot"]
    country_ix: Int[Ints, " bot"]
    zone_h: Int[Ints, " bot"]
    device_id: Int[Ints, "bot 2"]
    ip_hash: Int[Ints, "bot 2"]
    tastes: Tastes
    sleeps: Bool[Flags, " bot"]
    pace: Float[Floats, " bot"]
    """Plays on a working day."""
    first_day: Float[Floats, " bot"]
    past_day: Float[Floats, " bot"]
    """From when until when each works, in days of the window."""
    abroad_share: float
    """Of the sessions, from another country than the bot claims: travel, or a careless proxy."""
    source_weight: Float[Floats, "bot source"]
    """How much each bot finds by each source."""
    shift_h: Float[Floats, " bot"]
    cover_list_ix: Int[Ints, " list"]
    """The editorial playlists that it hides among."""
    playlist_id: int
    """Of its own making."""

    @property
    def count(self) -> int:
        """How many bots there are."""
        return self.listener_id.size


def crew_drawn(
    knobs: Knobs, bot_count: int, *, stage: Stage, numbers: Numbers, rng: Generator, takes_over: bool = False
) -> Crew:
    """Bots of the operator's own making; or, if it `takes_over`, listeners of the stage, played from elsewhere."""
    hosts_ix = people_who_stay(stage, bot_count, rng) if takes_over else np.zeros(0, np.int64)
    count = hosts_ix.size if takes_over else bot_count
    chosen = choices(COUNTRY_SHARE, max(1, round(knobs.countries)), rng)
    country_ix = stage.people.country_ix[hosts_ix] if takes_over else rng.choice(chosen, count)
    first_day, past_day = _working_days(knobs, count, stage, rng)
    joined_ms = stage.window.start_ms + (first_day - rng.uniform(0.05, 1, count)) * DAY_MS
    age_ms = rng.random(count) ** rng.uniform(0.3, 3) * knobs.account_age_days * DAY_MS
    pace = knobs.plays_per_day * rng.gamma(knobs.evenness, 1 / knobs.evenness, count)
    return Crew(
        knobs=knobs,
        listener_id=hosts_ix if takes_over else numbers.taken(LISTENER, count),
        lane=numbers.taken(LANE, count),
        home_of=hosts_ix if takes_over else np.full(count, -1),
        spoofs=bool(rng.random() < SPOOF_SHARE),
        created_ms=(joined_ms - age_ms).astype(np.int64),
        country_ix=country_ix,
        zone_h=zones_drawn(country_ix, rng),
        device_id=_shared(numbers, DEVICE, count, knobs.devices_per_bot, rng),
        ip_hash=_shared(numbers, ADDRESS, count, knobs.addresses_per_bot, rng),
        tastes=tastes_drawn(country_ix, stage.scenes, variety=20, devotion=2, rng=rng),
        sleeps=rng.random(count) < knobs.sleep_share,
        pace=np.minimum(pace, 400),
        first_day=first_day,
        past_day=past_day,
        abroad_share=TRAVELLING_SHARE if rng.random() < WELL_PROXIED_SHARE else rng.uniform(0, 0.4),
        source_weight=_habits(knobs, count, rng),
        shift_h=rng.normal(0, 1.5, count),
        cover_list_ix=rng.integers(0, len(stage.playlists.context_id), 4),
        playlist_id=int(numbers.taken(COLLECTION, 1)[0]),
    )


def _working_days(
    knobs: Knobs, count: int, stage: Stage, rng: Generator
) -> tuple[Float[Floats, " bot"], Float[Floats, " bot"]]:
    """From when until when each bot works: they join along the ramp, and are replaced where there is turnover."""
    start, end = knobs.playing_days(stage.window.day_count)
    lasts = max(1.0, knobs.turnover * (end - start))
    latest = max(knobs.ramp_share * (end - start), end - start - lasts if knobs.turnover < 1 else 0)
    first = start + latest * rng.random(count)
    past = np.minimum(first + lasts, end) if knobs.turnover < 1 else np.full(count, end)
    return first, past


def _shared(numbers: Numbers, kind: str, bot_count: int, share: float, rng: Generator) -> Int[Ints, "bot 2"]:
    """Two devices or addresses for each bot: the same one twice, but for those that come in excess of one each."""
    pool = numbers.taken(kind, max(1, round(share * bot_count)))
    first_ix = rng.permutation(bot_count) % pool.size
    second_ix = np.where(first_ix + bot_count < pool.size, first_ix + bot_count, first_ix)
    return np.column_stack([pool[first_ix], pool[second_ix]])


def _habits(knobs: Knobs, count: int, rng: Generator) -> Float[Floats, "bot source"]:
    """By the operator's few sources mostly; each bot uses them in its own way, and now and then another."""
    chosen = rng.permutation(len(SOURCES_USED)) < round(knobs.sources)
    by_ring = np.where(chosen, rng.exponential(1, chosen.size), rng.uniform(0, 0.05))
    return by_ring * rng.exponential(1, (count, chosen.size)) + 1e-9


def own_means(means: Int[Ints, "bot 2"], bot_ix: Int[Ints, " session"], rng: Generator) -> Int[Ints, " session"]:
    """One of the two devices or addresses of each bot."""
    own: Int[Ints, " session"] = means[bot_ix, rng.integers(0, 2, bot_ix.size)]
    return own


def listener_rows(crew: Crew, numbers: Numbers, rng: Generator) -> pl.DataFrame:
    """The bots as a table: some on paid plans, some of those in families."""
    pays = rng.random(crew.count) < crew.knobs.premium_share
    in_families = rng.random() < 0.4
    plan_ix = np.where(pays, FAMILY_PLAN if in_families else PREMIUM, FREE)
    other_plan = rng.random(crew.count) < rng.uniform(0, 0.3)
    plan_ix = np.where(other_plan, rng.choice(SINGLE_PLANS, crew.count), plan_ix)
    in_family = _families(crew.country_ix, plan_ix == FAMILY_PLAN, int(rng.integers(2, FAMILY_SIZE + 1)))
    families = numbers.taken(FAMILY, crew.count + 1)[in_family]
    return frame(
        "listeners",
        listener_id=crew.listener_id,
        created_at=crew.created_ms,
        country=picked(COUNTRIES, crew.country_ix),
        plan=picked(PLANS, plan_ix),
        plan_group_hash=np.where(plan_ix == FAMILY_PLAN, families, -1),
    )


def _families(country_ix: Int[Ints, " bot"], is_in_one: Bool[Flags, " bot"], size: int) -> Int[Ints, " bot"]:
    """The family of each bot that is in one, counted from 0: of `size` at most, and of one country like everybody's."""
    member_ix = np.flatnonzero(is_in_one)
    member_ix = member_ix[np.argsort(country_ix[member_ix], kind="stable")]
    place = position_in_run(np.bincount(country_ix[member_ix]))
    family_ix = np.zeros(country_ix.size, np.int64)
    family_ix[member_ix] = np.cumsum(place % size == 0) - 1
    return family_ix


def login_rows(crew: Crew, *, stage: Stage, rng: Generator) -> pl.DataFrame:
    """The bots' logins, within their working days."""
    bot_ix = np.repeat(np.arange(crew.count), rng.poisson(3, crew.count))
    at_day = crew.first_day[bot_ix] + rng.random(bot_ix.size) * (crew.past_day - crew.first_day)[bot_ix]
    at_ms = np.minimum(stage.window.start_ms + at_day * DAY_MS, stage.window.end_ms - 1)
    return frame(
        "logins",
        subject_kind=LISTENER,
        subject_id=crew.listener_id[bot_ix],
        device_id=own_means(crew.device_id, bot_ix, rng),
        ip_hash=own_means(crew.ip_hash, bot_ix, rng),
        at=at_ms.astype(np.int64),
    )
