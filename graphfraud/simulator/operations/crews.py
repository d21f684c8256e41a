"""Bots: who they claim to be, when they work, and what they play between the tracks that pay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import instants_ms, local_hours_drawn, zones_drawn
from graphfraud.simulator.audience.people import FAMILY_PLAN, FREE, PLANS, PREMIUM
from graphfraud.simulator.audience.plays import (
    API,
    ARTIST,
    AUTOPLAY,
    LIBRARY,
    PLAYLIST,
    RADIO,
    SEARCH,
    Plays,
    Sessions,
    listened_ms,
    plays_in,
)
from graphfraud.simulator.audience.regulars import people_who_stay
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.audience.tastes import Tastes, tastes_drawn
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, choices
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

SOURCES_USED: Final = (PLAYLIST, PLAYLIST, LIBRARY, LIBRARY, SEARCH, ARTIST, RADIO, AUTOPLAY, API)
FAMILY_SIZE: Final = 6
CARRIER_SHARE: Final = 0.3
"""Of the sessions through honest addresses, through those of carriers."""
SPOOF_SHARE: Final = 0.3
"""Of the hijackers, those whose malware plays on the device of whom they took over."""

Aim: TypeAlias = Callable[[float, Int[Ints, " play"], Generator], Int[Ints, " play"]]
"""The place, among the operator's tracks, of what each bot plays, by the share of the playing days that is over."""


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
    source_ix: Int[Ints, " source"]
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
    sources = rng.choice(np.array(SOURCES_USED), max(1, round(knobs.sources)))
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
        source_ix=sources,
        cover_list_ix=rng.integers(0, len(stage.playlists.context_id), 4),
        playlist_id=int(numbers.taken(COLLECTION, 1)[0]),
    )


def _working_days(
    knobs: Knobs, count: int, stage: Stage, rng: Generator
) -> tuple[Float[Floats, " bot"], Float[Floats, " bot"]]:
    """From when until when each bot works: they join along the ramp, and are replaced where there is turnover."""
    start = knobs.start_share * stage.window.day_count
    end = min(start + knobs.days, stage.window.day_count)
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


def crew_plays(
    crew: Crew,
    day: int,
    *,
    aim: Aim,
    track_id: Int[Ints, " track"],
    duration_ms: Int[Ints, " track"],
    stage: Stage,
    rng: Generator,
) -> Plays:
    """What the bots play on a day: tracks that pay, and others between them; nobody hears any of it."""
    bot_ix = _at_work(crew, day, rng)
    sessions = _sessions(crew, day, bot_ix, stage, rng)
    session_ix = sessions.session_ix
    player_ix = bot_ix[session_ix]
    target_ix = aim(_progress(crew, day, stage), player_ix, rng)
    cover_ix = _covers(crew, day, player_ix, stage, rng)
    is_cover = rng.random(player_ix.size) < crew.knobs.camouflage_share
    lasts_ms = np.where(is_cover, stage.catalogue.duration_ms[cover_ix], duration_ms[target_ix])
    context_id = stage.contexts_drawn(sessions.source_ix, playlist_id=crew.playlist_id, rng=rng)
    return plays_in(
        sessions,
        track_id=np.where(is_cover, cover_ix, track_id[target_ix]),
        played_ms=_played_ms(crew.knobs, lasts_ms, rng),
        context_id=context_id[session_ix],
        fake=True,
        rng=rng,
    )


def _at_work(crew: Crew, day: int, rng: Generator) -> Int[Ints, " session"]:
    """The bot of each of the day's sessions."""
    present = np.clip(np.minimum(crew.past_day, day + 1) - np.maximum(crew.first_day, day), 0, 1)
    works = rng.random(crew.count) >= crew.knobs.idle_day_share
    return np.repeat(np.arange(crew.count), rng.poisson(present * works * crew.pace / crew.knobs.plays_per_session))


def _progress(crew: Crew, day: int, stage: Stage) -> float:
    """How much of the playing days is over."""
    start = crew.knobs.start_share * stage.window.day_count
    return float(np.clip((day + 0.5 - start) / crew.knobs.days, 0, 1))


def _sessions(crew: Crew, day: int, bot_ix: Int[Ints, " session"], stage: Stage, rng: Generator) -> Sessions:
    count = bot_ix.size
    awake_hour, any_hour = local_hours_drawn(crew.country_ix[bot_ix], rng), rng.uniform(0, 24, count)
    hour = np.where(crew.sleeps[bot_ix], awake_hour, any_hour)
    through_home = rng.random(count) < crew.knobs.residential_share
    home_ix = _homes(crew, bot_ix, stage, rng)
    on_their_device = through_home & (crew.home_of[bot_ix] >= 0) & crew.spoofs
    return Sessions(
        listener_id=crew.listener_id[bot_ix],
        lane=crew.lane[bot_ix],
        start_ms=instants_ms(stage.window, day, hour, crew.zone_h[bot_ix]),
        play_count=rng.geometric(1 / crew.knobs.plays_per_session, count),
        source_ix=crew.source_ix[rng.integers(0, crew.source_ix.size, count)],
        device_id=np.where(on_their_device, stage.people.device_id[home_ix, 0], _own(crew.device_id, bot_ix, rng)),
        ip_hash=np.where(through_home, _borrowed(home_ix, stage, rng), _own(crew.ip_hash, bot_ix, rng)),
        country_ix=crew.country_ix[bot_ix],
    )


def _own(means: Int[Ints, "bot 2"], bot_ix: Int[Ints, " session"], rng: Generator) -> Int[Ints, " session"]:
    """One of the two devices or addresses of each bot."""
    own: Int[Ints, " session"] = means[bot_ix, rng.integers(0, 2, bot_ix.size)]
    return own


def _borrowed(home_ix: Int[Ints, " session"], stage: Stage, rng: Generator) -> Int[Ints, " session"]:
    """An honest address: of somebody's home, or of their phone's carrier."""
    carrier_ip = stage.people.carrier_ip[home_ix, rng.integers(0, 4, home_ix.size)]
    return np.where(rng.random(home_ix.size) < CARRIER_SHARE, carrier_ip, stage.people.home_ip[home_ix])


def _homes(crew: Crew, bot_ix: Int[Ints, " session"], stage: Stage, rng: Generator) -> Int[Ints, " session"]:
    """Whose home a session goes through: of whom was taken over, else of anybody in the country, who knows nothing."""
    anybody_ix = stage.compatriots.drawn(crew.country_ix[bot_ix], rng)
    return np.where(crew.home_of[bot_ix] >= 0, crew.home_of[bot_ix], anybody_ix)


def _covers(crew: Crew, day: int, bot_ix: Int[Ints, " play"], stage: Stage, rng: Generator) -> Int[Ints, " play"]:
    """Other people's tracks: what somebody of the bot's taste would save, or what is on editorial playlists."""
    hits_ix = rng.choice(stage.playlists.on(day)[crew.cover_list_ix].ravel(), bot_ix.size)
    slot = crew.tastes.slots(bot_ix, rng.random(bot_ix.size))
    saved_ix = crew.tastes.saved_tracks(stage.shelves, bot_ix, slot, rng.random(bot_ix.size))
    return np.where(rng.random(bot_ix.size) < crew.knobs.taste_share, saved_ix, hits_ix)


def _played_ms(knobs: Knobs, duration_ms: Int[Ints, " play"], rng: Generator) -> Int[Ints, " play"]:
    just_paid_ms = 30_000 + rng.gamma(2, 1_500, duration_ms.size)
    just_paid = rng.random(duration_ms.size) < knobs.just_paid_share
    like_people_ms = listened_ms(duration_ms, knobs.skip_share, 14.0, rng)
    return np.where(just_paid, np.minimum(just_paid_ms, duration_ms), like_people_ms).astype(np.int64)


def listener_rows(crew: Crew, numbers: Numbers, rng: Generator) -> pl.DataFrame:
    """The bots as a table: some on paid plans, some of those six to a family."""
    pays = rng.random(crew.count) < crew.knobs.premium_share
    in_families = rng.random() < 0.4
    plan_ix = np.where(pays, FAMILY_PLAN if in_families else PREMIUM, FREE)
    on_trial = rng.random(crew.count) < rng.uniform(0, 0.3)
    plan_ix = np.where(on_trial, rng.integers(0, len(PLANS), crew.count), plan_ix)
    families = numbers.taken(FAMILY, crew.count)[np.arange(crew.count) // FAMILY_SIZE]
    return frame(
        "listeners",
        listener_id=crew.listener_id,
        created_at=crew.created_ms,
        country=picked(COUNTRIES, crew.country_ix),
        plan=picked(PLANS, plan_ix),
        plan_group_hash=np.where(plan_ix == FAMILY_PLAN, families, -1),
    )


def login_rows(crew: Crew, *, stage: Stage, rng: Generator) -> pl.DataFrame:
    """The bots' logins, within their working days."""
    bot_ix = np.repeat(np.arange(crew.count), rng.poisson(3, crew.count))
    at_day = crew.first_day[bot_ix] + rng.random(bot_ix.size) * (crew.past_day - crew.first_day)[bot_ix]
    at_ms = np.minimum(stage.window.start_ms + at_day * DAY_MS, stage.window.end_ms - 1)
    return frame(
        "logins",
        subject_kind=LISTENER,
        subject_id=crew.listener_id[bot_ix],
        device_id=crew.device_id[bot_ix, 0],
        ip_hash=crew.ip_hash[bot_ix, 0],
        at=at_ms.astype(np.int64),
    )
