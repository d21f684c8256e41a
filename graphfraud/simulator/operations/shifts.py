"""What bots play on a day: the tracks that pay, and others between them, behind which these hide."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import instants_ms, local_hours_drawn
from graphfraud.simulator.audience.plays import (
    Plays,
    Sessions,
    listened_ms,
    plays_in,
)
from graphfraud.simulator.audience.repertoire import Repertoire, contexts_of
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.crews import SOURCES_USED, Crew, own_means
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, choices, choices_by_row
from graphfraud.simulator.platform.owners import COUNTRY_SHARE

CARRIER_SHARE: Final = 0.3
"""Of the sessions through honest addresses, through those of carriers."""

Aim: TypeAlias = Callable[[float, Int[Ints, " play"], Generator], Int[Ints, " play"]]
"""The place, among the operator's tracks, of what each bot plays, by the share of the playing days that is over."""


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
        device_id=np.where(on_their_device, stage.people.device_id[home_ix, 0], own_means(crew.device_id, bot_ix, rng)),
        ip_hash=np.where(through_home, _borrowed(home_ix, stage, rng), own_means(crew.ip_hash, bot_ix, rng)),
        country_ix=np.where(is_abroad, choices(COUNTRY_SHARE, count, rng), crew.country_ix[bot_ix]),
    )


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
