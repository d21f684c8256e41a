"""The days of the window, one after the other: who plays what, when it starts, and when it is heard of.

Only what is still on its way is kept from one day to the next, so that memory does not grow with the days.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Bool, Int

from graphfraud.simulator.audience.listening import heard_on
from graphfraud.simulator.audience.plays import CLIENTS, SOURCES, Plays, all_plays, clients_of, plays_at, started_ms
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.cast import Group
from graphfraud.simulator.money import ELIGIBLE_FROM_COUNT, PAYABLE_FROM_MS, Takings
from graphfraud.simulator.platform.chance import Flags, Ints, rng_for
from graphfraud.simulator.platform.owners import COUNTRIES
from graphfraud.simulator.platform.rows import INSTANT, LANE, LISTENER, TRACK, Numbers, picked

NEVER_MS: Final = 1 << 42
"""Later than any instant of a feed: the year 2109."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """When each track can be played and each listener can play, in ms since 1970."""

    uploaded_ms: Int[Ints, " track"]
    taken_down_ms: Int[Ints, " track"]
    joined_ms: Int[Ints, " listener"]
    stopped_ms: Int[Ints, " listener"]
    """From when on nothing is played any more in a bot's or a hijacker's way."""


def bounds_of(tables: Mapping[str, pl.DataFrame], stops: pl.DataFrame, numbers: Numbers) -> Bounds:
    """The bounds of these tracks and listeners, whose ids are still numbers."""
    tracks, listeners = tables["tracks"], tables["listeners"]
    return Bounds(
        uploaded_ms=_by_number(tracks["track_id"], tracks["uploaded_at"], numbers.counts[TRACK]),
        taken_down_ms=_stopped_ms(stops, TRACK, numbers),
        joined_ms=_by_number(listeners["listener_id"], listeners["created_at"], numbers.counts[LISTENER]),
        stopped_ms=_stopped_ms(stops, LISTENER, numbers),
    )


def _stopped_ms(stops: pl.DataFrame, kind: str, numbers: Numbers) -> Int[Ints, " subject"]:
    of_kind = stops.filter(pl.col("subject_kind") == kind)
    return _by_number(of_kind["subject_id"], of_kind["stopped_at"], numbers.counts[kind])


def _by_number(numbers: pl.Series, instants: pl.Series, count: int) -> Int[Ints, " subject"]:
    """The instant of each number, in ms; never where there is none."""
    found: Int[Ints, " subject"] = np.full(count, NEVER_MS)
    found[numbers.to_numpy()] = instants.dt.epoch("ms").to_numpy()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What has been played so far; its arrays are added to."""

    artificial: Int[Ints, " group"]
    earning: Int[Ints, " track"]
    """Plays that pay, by the bots of the track's own ring."""
    payable: Int[Ints, " track"]
    """Plays of 30 s or more, by anybody."""
    fake_by_listener: Int[Ints, " listener"]
    owner_ix: Int[Ints, " track"]
    """The group that each track earns for; -1 for honest tracks."""


def counts_of(groups: list[Group], numbers: Numbers) -> Counts:
    """Nothing yet."""
    tracks = numbers.counts[TRACK]
    owner_ix = np.full(tracks, -1)
    for place, group in enumerate(groups):
        owner_ix[group.act.earning_track_id] = place
    return Counts(
        owner_ix=owner_ix,
        artificial=np.zeros(len(groups) + 1, np.int64),
        earning=np.zeros(tracks, np.int64),
        payable=np.zeros(tracks, np.int64),
        fake_by_listener=np.zeros(numbers.counts[LISTENER], np.int64),
    )


def takings_of(counts: Counts, group_ix: int, group: Group, *, day_count: int) -> Takings:
    """What a ring's plays came to; a track is eligible that reaches 1,000 plays in twelve months at this pace."""
    own = group.act.earning_track_id
    eligible = counts.payable[own] * max(1.0, 365 / day_count) >= ELIGIBLE_FROM_COUNT
    return Takings(
        artificial=int(counts.artificial[group_ix]),
        earning=int(counts.earning[own].sum()),
        eligible=int(counts.earning[own][eligible].sum()),
    )


def arriving_by_day(
    stage: Stage, groups: list[Group], bounds: Bounds, counts: Counts, *, numbers: Numbers, seed: int
) -> Iterator[pl.DataFrame]:
    """For each day of the window, the streams that the platform hears of, in order of arrival; ids are numbers.

    What it hears of only after the window is not in the feed, nor counted. Columns: those of `streams`
    but for its id, and `fake`. `counts` is moved on.
    """
    free_from_ms: Int[Ints, " lane"] = np.zeros(numbers.counts[LANE], np.int64)
    on_the_way: list[pl.DataFrame] = []
    for day in range(stage.window.day_count):
        plays, group_ix = _played(stage, groups, day, seed)
        starts_ms = started_ms(plays, free_from_ms)
        can_be = _can_be(plays, starts_ms, bounds) & (_heard_of_ms(plays, starts_ms) < stage.window.end_ms)
        plays, starts_ms, group_ix = plays_at(plays, can_be), starts_ms[can_be], group_ix[can_be]
        _count(counts, plays, group_ix)
        rows = pl.concat([*on_the_way, _frame(plays, starts_ms)])
        in_time = pl.col("received_at").dt.epoch("ms") < stage.window.day_start_ms(day + 1)
        on_the_way = [rows.filter(~in_time)]
        yield rows.filter(in_time).sort("received_at", "listener_id", "track_id", maintain_order=True)


def _played(stage: Stage, groups: list[Group], day: int, seed: int) -> tuple[Plays, Int[Ints, " play"]]:
    """All plays of a day in order of lane and wish, and the group that each belongs to; the last is everybody else."""
    parts, owner_ix = [heard_on(stage, stage.people, day, rng_for(seed, "listening", day))], [len(groups)]
    for group_ix, group in enumerate(groups):
        new = group.act.plays_on(day, rng_for(seed, group.kind, group.index, day))
        parts += new
        owner_ix += [group_ix] * len(new)
    plays = all_plays(parts)
    order = np.lexsort((plays.asked_ms, plays.lane))
    return plays_at(plays, order), np.repeat(np.array(owner_ix), [part.count for part in parts])[order]


def _can_be(plays: Plays, starts_ms: Int[Ints, " play"], bounds: Bounds) -> Bool[Flags, " play"]:
    """Whether each play's track is there, and its listener has joined and was not stopped."""
    is_there = (starts_ms >= bounds.uploaded_ms[plays.track_id]) & (starts_ms < bounds.taken_down_ms[plays.track_id])
    stopped = plays.fake & (starts_ms >= bounds.stopped_ms[plays.listener_id])
    return is_there & (starts_ms >= bounds.joined_ms[plays.listener_id]) & ~stopped


def _count(counts: Counts, plays: Plays, group_ix: Int[Ints, " play"]) -> None:
    counts.artificial[:] += np.bincount(group_ix[plays.fake], minlength=counts.artificial.size)
    counts.fake_by_listener[:] += np.bincount(plays.listener_id[plays.fake], minlength=counts.fake_by_listener.size)
    pays = plays.played_ms >= PAYABLE_FROM_MS
    counts.payable[:] += np.bincount(plays.track_id[pays], minlength=counts.payable.size)
    earns = pays & plays.fake & (counts.owner_ix[plays.track_id] == group_ix)
    counts.earning[:] += np.bincount(plays.track_id[earns], minlength=counts.earning.size)


def _heard_of_ms(plays: Plays, starts_ms: Int[Ints, " play"]) -> Int[Ints, " play"]:
    """When the platform hears of each play."""
    return starts_ms + plays.played_ms + plays.late_ms


def _frame(plays: Plays, starts_ms: Int[Ints, " play"]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "listener_id": plays.listener_id,
            "track_id": plays.track_id,
            "started_at": pl.Series(starts_ms * 1_000).cast(INSTANT),
            "played_ms": plays.played_ms,
            "source": picked(SOURCES, plays.source_ix),
            "context_id": pl.Series(plays.context_id),
            "client_id": picked(CLIENTS, clients_of(plays.device_id)),
            "device_id": plays.device_id,
            "ip_hash": plays.ip_hash,
            "country": picked(COUNTRIES, plays.country_ix),
            "received_at": pl.Series(_heard_of_ms(plays, starts_ms) * 1_000).cast(INSTANT),
            "fake": plays.fake,
        }
    ).with_columns(pl.when(pl.col("context_id") >= 0).then("context_id"))
