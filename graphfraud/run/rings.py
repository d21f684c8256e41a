"""Rings on both sides of row numbers: the platform that they are sought in, and the tables that they come out as."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphfraud.config import FeatureSettings, RingSettings
from graphfraud.graph.typed import Graph
from graphfraud.prior.shipped import shipped_ring_weights
from graphfraud.rings.evidence.weigh import Weighed
from graphfraud.rings.find import Judged, judged_suspicions
from graphfraud.rings.lineage import ring_id
from graphfraud.rings.platform import Facts, Platform, PlayLog
from graphfraud.tables import RingHours, RingMembers, RingPlays, Rings
from graphfraud.vocabulary import ACCOUNT, LISTENER, SUBJECT_KINDS, TRACK
from graphfraud_features.measures.ring_facts import account_facts, listener_facts, play_log, track_facts
from graphfraud_features.view import View

LEAST_LOG_ODDS = -2.0
"""Log-odds of a suspicion from which it adds anything to its members' risks."""


def ring_platform(
    graph: Graph, view: View, twins: pl.DataFrame, sounding: pl.Series, settings: FeatureSettings
) -> Platform:
    """What rings are sought in: the graph, and of its view the plays and plain facts.

    `twins` has track_id and twin_track_id; `sounding` the tracks whose sound is known.
    """
    listeners, accounts, tracks = pl.collect_all([listener_facts(view), account_facts(view), track_facts(view)])
    plays = play_log(view, settings).collect(engine="streaming")
    counts = np.bincount(plays["listener_ix"].to_numpy(), minlength=graph.nodes[LISTENER].count)
    rows = pl.DataFrame({"track_id": graph.nodes[TRACK].ids()}, schema={"track_id": pl.String}).with_row_index("ix")
    return Platform(
        graph=graph,
        as_of_us=int(np.datetime64(graph.as_of.replace("+00:00", ""), "us").astype(np.int64)),
        log=PlayLog(
            offsets=np.concatenate([[0], np.cumsum(counts)]),
            track_ix=plays["track_ix"].to_numpy(),
            at_us=plays["started_at"].to_physical().to_numpy(),
            hour=plays["hour"].to_numpy(),
            device=plays["device"].fill_null(-1).to_numpy(),
            address=plays["address"].fill_null(-1).to_numpy(),
            is_paid=plays["is_paid"].to_numpy(),
            is_just_paid=plays["is_just_paid"].to_numpy(),
            is_night=plays["is_night"].to_numpy(),
        ),
        facts=Facts(
            listener_created_us=listeners["created_at"].to_physical().to_numpy(),
            listener_country=listeners["country"].to_numpy(),
            account_created_us=accounts["created_at"].to_physical().to_numpy(),
            account_payee=accounts["payee"].fill_null(-1).to_numpy(),
            track_account_ix=tracks["account_ix"].to_numpy(),
            track_uploaded_us=tracks["uploaded_at"].to_physical().to_numpy(),
            track_words=tracks["words"].fill_null(-1).to_numpy(),
            twins=_twin_rows(twins, rows),
            has_sound=rows["track_id"].is_in(sounding.implode()).to_numpy(),
        ),
    )


def _twin_rows(twins: pl.DataFrame, rows: pl.DataFrame) -> np.ndarray:
    one = twins.join(rows, on="track_id").rename({"ix": "one"})
    both = one.join(rows.rename({"track_id": "twin_track_id", "ix": "other"}), on="twin_track_id").sort("one", "other")
    return both.select(pl.col("one", "other").cast(pl.Int64)).to_numpy().reshape(-1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRings:
    """What came of the search, as tables by id."""

    rings: pl.DataFrame
    """As `tables.Rings`: those that are reported."""
    members: pl.DataFrame
    """As `tables.RingMembers`."""
    hours: pl.DataFrame
    """As `tables.RingHours`."""
    plays: pl.DataFrame
    """As `tables.RingPlays`."""
    suspected: pl.DataFrame
    """suspicion, subject_kind, subject_id, role, weight, ring_risk and ring_id of every member of everything that is
    suspected; ring_id is null where it is not reported."""


def found_rings(
    platform: Platform, settings: RingSettings, *, seed: int, progress: Callable[[str], None]
) -> FoundRings:
    """The rings of a platform, as tables."""
    judged = judged_suspicions(
        platform,
        settings,
        shipped_ring_weights(),
        seed=seed,
        least_log_odds=LEAST_LOG_ODDS,
        progress=progress,
    )
    ids = {kind: np.array(platform.graph.nodes[kind].ids(), dtype=object) for kind in SUBJECT_KINDS}
    named = [_named(each, ids, platform.graph.as_of) for each in judged]
    reported = [(name, each) for name, each in zip(named, judged, strict=True) if each.risk >= settings.reported_from]
    members = pl.concat([_no_members(), *(_members(name, each, ids) for name, each in zip(named, judged, strict=True))])
    known = pl.col("ring_id").is_in([name for name, _ in reported])
    return FoundRings(
        rings=_rings(reported, platform),
        members=RingMembers.validate(
            members.filter(known)
            .select("ring_id", "subject_kind", "subject_id", "role", "weight")
            .sort("ring_id", "subject_kind", "subject_id")
        ),
        hours=_hours(reported, platform),
        plays=_plays(reported, platform, ids),
        suspected=members.select(
            pl.col("ring_id").alias("suspicion"), pl.exclude("ring_id"), pl.when(known).then("ring_id").alias("ring_id")
        ),
    )


def _named(judged: Judged, ids: Mapping[str, np.ndarray], as_of: str) -> str:
    extent = [(kind, name) for kind in SUBJECT_KINDS for name in ids[kind][judged.members[kind].extent_ix]]
    return ring_id(judged.kind, extent, as_of)


def _no_members() -> pl.DataFrame:
    texts = dict.fromkeys(["ring_id", "subject_kind", "subject_id", "role"], pl.String)
    return pl.DataFrame(schema=texts | {"weight": pl.Float64, "ring_risk": pl.Float64})


def _members(name: str, judged: Judged, ids: Mapping[str, np.ndarray]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {"subject_id": ids[kind][members.ix].tolist(), "role": members.role, "weight": members.weight},
            schema={"subject_id": pl.String, "role": pl.String, "weight": pl.Float64},
        ).select(
            pl.lit(name).alias("ring_id"),
            pl.lit(kind).alias("subject_kind"),
            "subject_id",
            "role",
            "weight",
            ring_risk=pl.lit(judged.risk),
        )
        for kind, members in judged.members.items()
    )


def _rings(reported: Sequence[tuple[str, Judged]], platform: Platform) -> pl.DataFrame:
    rows = [_ring(name, judged, platform) for name, judged in reported]
    schema = {name: column.dtype for name, column in Rings.columns().items()}
    return Rings.validate(pl.DataFrame(rows, schema=schema, orient="row").sort("ring_id"))


def _ring(name: str, judged: Judged, platform: Platform) -> dict[str, object]:
    first_us, last_us = _span_us(judged, platform)
    return {
        "ring_id": name,
        "kind": judged.kind,
        "risk": judged.risk,
        "accounts": len(judged.members[ACCOUNT].extent_ix),
        "tracks": len(judged.members[TRACK].extent_ix),
        "listeners": len(judged.members[LISTENER].extent_ix),
        "first_seen": first_us,
        "last_seen": last_us,
        "evidence": [_evidence(each) for each in judged.evidence],
    }


def _evidence(weighed: Weighed) -> dict[str, object]:
    reading = weighed.reading
    return {
        "measure": reading.measure,
        "value": reading.value,
        "expected": reading.expected,
        "log_odds": weighed.log_odds,
        "sentence": reading.sentence,
    }


def _span_us(judged: Judged, platform: Platform) -> tuple[int, int]:
    """The first and the last event of the extent: a play of its tracks by its listeners, or an upload of a track."""
    play_ix = _ring_play_ix(judged, platform)
    uploads_us = platform.facts.track_uploaded_us[judged.members[TRACK].extent_ix]
    instants_us = np.concatenate([platform.log.at_us[play_ix], uploads_us])
    if not len(instants_us):
        opened_us = platform.facts.account_created_us[judged.members[ACCOUNT].extent_ix]
        instants_us = np.concatenate([opened_us, platform.log.at_us[_own_play_ix(judged, platform)]])
    return int(instants_us.min()), int(instants_us.max())


def _own_play_ix(judged: Judged, platform: Platform) -> np.ndarray:
    return platform.log.plays_of(judged.members[LISTENER].extent_ix)


def _ring_play_ix(judged: Judged, platform: Platform) -> np.ndarray:
    """Where the plays of the extent's tracks by the extent's listeners stand in the log."""
    play_ix = _own_play_ix(judged, platform)
    is_ring_track = np.zeros(len(platform.facts.track_account_ix), np.bool_)
    is_ring_track[judged.members[TRACK].extent_ix] = True
    return np.asarray(play_ix[is_ring_track[platform.log.track_ix[play_ix]]])


def _hours(reported: Sequence[tuple[str, Judged]], platform: Platform) -> pl.DataFrame:
    """When each ring plays, by hour of the day, beside when people of its listeners' countries do."""
    schema = {name: column.dtype for name, column in RingHours.columns().items()}
    frames: list[pl.DataFrame] = [RingHours.create_empty()]
    for name, judged in reported:
        play_ix = _ring_play_ix(judged, platform)
        home = platform.facts.listener_country[platform.log.listeners_of(play_ix)]
        columns = {
            "ring_id": [name] * 24,
            "hour": np.arange(24),
            "plays": np.bincount(platform.log.hour[play_ix], minlength=24),
            "expected_share": platform.day_curves[home].mean(axis=0) if len(home) else np.full(24, 1 / 24),
        }
        frames.append(pl.DataFrame(columns, schema=schema))
    return RingHours.validate(pl.concat(frames).sort("ring_id", "hour"))


def _plays(reported: Sequence[tuple[str, Judged]], platform: Platform, ids: Mapping[str, np.ndarray]) -> pl.DataFrame:
    """Who of a ring plays which of its tracks how often."""
    frames = []
    for name, judged in reported:
        listener_ix, track_ix = judged.members[LISTENER].extent_ix, judged.members[TRACK].extent_ix
        pairs = platform.by_listener[listener_ix][:, track_ix].tocoo()
        frames.append(
            pl.DataFrame(
                {
                    "ring_id": [name] * pairs.nnz,
                    "listener_id": ids[LISTENER][listener_ix[pairs.row]].tolist(),
                    "track_id": ids[TRACK][track_ix[pairs.col]].tolist(),
                    "plays": pairs.data.astype(np.int64),
                },
                schema={name: column.dtype for name, column in RingPlays.columns().items()},
            )
        )
    return RingPlays.validate(pl.concat([RingPlays.create_empty(), *frames]).sort("ring_id", "listener_id", "track_id"))
