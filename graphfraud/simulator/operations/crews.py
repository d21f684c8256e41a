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
    ALBUM,
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
from graphfraud.simulator.audience.repertoire import Repertoire, contexts_of
from graphfraud.simulator.audience.sittings import TRAVELLING_SHARE
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.audience.tastes import Tastes, tastes_drawn
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, choices, choices_by_row, position_in_run
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
CARRIER_SHARE: Final = 0.3
"""Of the sessions through honest addresses, through those of carriers."""
WELL_PROXIED_SHARE: Final = 0.7
"""Of the crews, who are abroad no more often than people."""
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


def crew_plays(crew: Crew, day: int, *, aim: Aim, targets: Repertoire, stage: Stage, rng: Generator) -> Plays:
    """What the bots play on a day: tracks that pay, and others between them; nobody hears any of it."""
    bot_ix = _at_work(crew, day, stage, rng)
    sessions = _sessions(crew, day, bot_ix, stage, rng)
    session_ix = sessions.session_ix
    player_ix = bot_ix[session_ix]
    target_ix, is_up = _aimed(aim, targets, _progress(crew, day, stage), player_ix, stage.window.day_start_ms(day), rng)
    cover = _covers(crew, day, player_ix, stage, rng)
    is_cover = (rng.random(player_ix.size) < crew.knobs.camouflage_share) | ~is_up
    context_id = contexts_of(
        stage,
        source_ix=sessions.source_ix[session_ix],
        collection_id=np.where(is_cover, cover.collection_id, targets.collection_id[target_ix]),
        scene_ix=np.where(is_cover, cover.scene_ix, targets.scene_ix[target_ix]),
        playlist_id=np.where(is_cover & (cover.playlist_id >= 0), cover.playlist_id, crew.playlist_id),
    )
    return plays_in(
        sessions,
        track_id=np.where(is_cover, cover.track_ix, targets.track_id[target_ix]),
        played_ms=_played_ms(
            crew.knobs,
            np.where(is_cover, stage.catalogue.duration_ms[cover.track_ix], targets.duration_ms[target_ix]),
            rng,
        ),
        context_id=context_id,
        fake=True,
        rng=rng,
    )


def _aimed(
    aim: Aim, targets: Repertoire, progress: float, bot_ix: Int[Ints, " play"], now_ms: int, rng: Generator
) -> tuple[Int[Ints, " play"], Bool[Flags, " play"]]:
    """The target of each play: what the aim says, or another that is up already; and whether any is."""
    target_ix = aim(progress, bot_ix, rng)
    up_ix = np.flatnonzero(targets.uploaded_ms <= now_ms)
    if not up_ix.size:
        return target_ix, np.zeros(target_ix.size, np.bool_)
    missing = targets.uploaded_ms[target_ix] > now_ms
    other_ix = up_ix[rng.integers(0, up_ix.size, target_ix.size)]
    return np.where(missing, other_ix, target_ix), np.ones(target_ix.size, np.bool_)


def _at_work(crew: Crew, day: int, stage: Stage, rng: Generator) -> Int[Ints, " session"]:
    """The bot of each of the day's sessions."""
    present = np.clip(np.minimum(crew.past_day, day + 1) - np.maximum(crew.first_day, day), 0, 1)
    works = rng.random(crew.count) >= crew.knobs.idle_day_share
    eager = np.where(crew.sleeps, stage.window.weekend_factors[day] * _moods(crew.count, rng), 1.0)
    mean_count = present * works * eager * crew.pace / crew.knobs.plays_per_session
    return np.repeat(np.arange(crew.count), rng.poisson(mean_count))


def _moods(count: int, rng: Generator) -> Float[Floats, " bot"]:
    """How much more or less than usual bots that imitate people play on a day; 1 on average."""
    return rng.gamma(1.5, 1 / 1.5, count)


def _progress(crew: Crew, day: int, stage: Stage) -> float:
    """How much of the playing days is over."""
    start, end = crew.knobs.playing_days(stage.window.day_count)
    return float(np.clip((day + 0.5 - start) / (end - start), 0, 1))


def _sessions(crew: Crew, day: int, bot_ix: Int[Ints, " session"], stage: Stage, rng: Generator) -> Sessions:
    count = bot_ix.size
    awake_hour = local_hours_drawn(crew.country_ix[bot_ix], rng) + crew.shift_h[bot_ix]
    hour = np.where(crew.sleeps[bot_ix], awake_hour, rng.uniform(0, 24, count))
    through_home = rng.random(count) < crew.knobs.residential_share
    home_ix = _homes(crew, bot_ix, stage, rng)
    is_abroad = rng.random(count) < crew.abroad_share
    on_their_device = through_home & (crew.home_of[bot_ix] >= 0) & crew.spoofs
    return Sessions(
        listener_id=crew.listener_id[bot_ix],
        lane=crew.lane[bot_ix],
        start_ms=instants_ms(stage.window, day, hour, crew.zone_h[bot_ix]),
        play_count=rng.geometric(1 / crew.knobs.plays_per_session, count),
        source_ix=np.array(SOURCES_USED)[choices_by_row(crew.source_weight, bot_ix, rng)],
        device_id=np.where(on_their_device, stage.people.device_id[home_ix, 0], _own(crew.device_id, bot_ix, rng)),
        ip_hash=np.where(through_home, _borrowed(home_ix, stage, rng), _own(crew.ip_hash, bot_ix, rng)),
        country_ix=np.where(is_abroad, choices(COUNTRY_SHARE, count, rng), crew.country_ix[bot_ix]),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Covers:
    """Other people's tracks, behind which the ones that pay are hidden."""

    track_ix: Int[Ints, " play"]
    playlist_id: Int[Ints, " play"]
    """The editorial playlist that it is on; -1 for what a bot saved."""
    collection_id: Int[Ints, " play"]
    scene_ix: Int[Ints, " play"]


def _covers(crew: Crew, day: int, bot_ix: Int[Ints, " play"], stage: Stage, rng: Generator) -> _Covers:
    """What somebody of the bot's taste would save, or what is on editorial playlists."""
    list_ix = crew.cover_list_ix[rng.integers(0, crew.cover_list_ix.size, bot_ix.size)]
    hits = stage.playlists.on(day)
    hits_ix = hits[list_ix, rng.integers(0, hits.shape[1], bot_ix.size)]
    slot = crew.tastes.slots(bot_ix, rng.random(bot_ix.size))
    saved_ix = crew.tastes.saved_tracks(stage.shelves, bot_ix, slot, rng.random(bot_ix.size))
    saves = rng.random(bot_ix.size) < crew.knobs.taste_share
    track_ix, catalogue = np.where(saves, saved_ix, hits_ix), stage.catalogue
    return _Covers(
        track_ix=track_ix,
        playlist_id=np.where(saves, -1, stage.playlists.context_id[list_ix]),
        collection_id=catalogue.collection_id[catalogue.release_ix[track_ix]],
        scene_ix=catalogue.owners.scene_ix[catalogue.account_ix[track_ix]],
    )


def _played_ms(knobs: Knobs, duration_ms: Int[Ints, " play"], rng: Generator) -> Int[Ints, " play"]:
    just_paid_ms = 30_000 + rng.gamma(2, 1_500, duration_ms.size)
    just_paid = rng.random(duration_ms.size) < knobs.just_paid_share
    like_people_ms = listened_ms(duration_ms, knobs.skip_share, 14.0, rng)
    return np.where(just_paid, np.minimum(just_paid_ms, duration_ms), like_people_ms).astype(np.int64)


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
        device_id=_own(crew.device_id, bot_ix, rng),
        ip_hash=_own(crew.ip_hash, bot_ix, rng),
        at=at_ms.astype(np.int64),
    )
