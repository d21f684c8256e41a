"""A made-up run of any size as rows of the graph database, for `neo4j_load.py`: nothing is measured here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from graphfraud.neo4j.projection.judgements import ring_key, ring_rows, said
from graphfraud.neo4j.projection.projected import Projection
from graphfraud.neo4j.projection.rows import End, HeldRows, NodeTable, RelationshipTable, end_of, with_digest
from graphfraud.vocabulary.database import (
    ACCOUNT_LABEL,
    ADDRESS,
    DEVICE,
    HAS_MEMBER_TYPE,
    JUDGED_TYPE,
    LISTENER_LABEL,
    PAID_OUT_TO_TYPE,
    PAYEE,
    PAYS_TYPE,
    RING_LABEL,
    RUN_LABEL,
    SOUNDS_LIKE_TYPE,
    STREAMED_TYPE,
    TRACK_LABEL,
    UPLOADED_TYPE,
    USED_TYPE,
    Label,
    RelationshipType,
)

INSTANT = pl.lit(1_760_000_000_000_000).cast(pl.Datetime("us", "UTC"))
RING_COUNT, RING_ACCOUNTS, RING_TRACKS, RING_LISTENERS = 20, 5, 40, 100
LABELS: dict[str, Label] = {"account": ACCOUNT_LABEL, "track": TRACK_LABEL, "listener": LISTENER_LABEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many of each; the defaults are 300 k nodes and 3 M relationships."""

    listeners: int = 165_000
    tracks: int = 100_000
    accounts: int = 12_000
    devices: int = 10_000
    addresses: int = 5_000
    payees: int = 8_000
    plays: int = 2_765_000
    uses: int = 120_000
    twins: int = 18_000


def made_up(size: Size, *, day: int) -> Projection:
    """A run of a day: the first, or the one after it, on which one pair in ten is new or played again."""
    rng = np.random.default_rng(7)
    ids = {
        "listener": _ids("lis", size.listeners),
        "track": _ids("trk", size.tracks),
        "account": _ids("acc", size.accounts),
    }
    owner = np.sort(rng.integers(0, size.accounts, size.tracks))
    for ring in range(RING_COUNT):
        first = ring * RING_TRACKS
        owner[first : first + RING_TRACKS] = ring * RING_ACCOUNTS + np.arange(RING_TRACKS) % RING_ACCOUNTS
    uploads = pl.DataFrame({"source": ids["account"].gather(owner), "target": ids["track"]})
    facts = [
        _table(UPLOADED_TYPE, ACCOUNT_LABEL, TRACK_LABEL, uploads),
        *_uses(ids, size, rng),
        _payouts(ids, size, rng),
        _twins(ids, size, rng),
        _table(STREAMED_TYPE, LISTENER_LABEL, TRACK_LABEL, _streamed(ids, size, rng, day)),
    ]
    members = _members(ids)
    return Projection(
        nodes=_nodes(ids, size),
        facts=facts,
        run={
            **dict.fromkeys(("run_id", "graph_digest", "policy_digest", "model_digest"), f"{day:016x}"),
            "as_of": f"2026-10-{day + 1:02d}T00:00:00Z",
            "version": "0",
            "currency": "EUR",
            "listeners": size.listeners,
        },
        scope="all",
        left_out={},
        known_since={
            kind: pl.DataFrame({"id": ids[kind], "created_ms": [1_760_000_000_000] * len(ids[kind])})
            for kind in ("account", "listener")
        },
        rings=lambda number: ring_rows(_rings(), number),
        judgements=_judgements(ids, members, size.payees, np.random.default_rng(day)),
    )


def _ids(prefix: str, count: int) -> pl.Series:
    return pl.Series([f"{prefix}-{ix:07d}" for ix in range(count)])


def _nodes(ids: dict[str, pl.Series], size: Size) -> list[NodeTable]:
    said_of = {
        "account": {"created_at": INSTANT, "country": pl.lit("DE"), "verified": pl.lit(value=True)},
        "track": {"title": pl.format("Rain {}", "id"), "artist_name": pl.lit("A"), "duration_ms": pl.lit(200_000)},
        "listener": {"created_at": INSTANT, "country": pl.lit("DE"), "plan": pl.lit("free")},
    }
    said_of["track"]["uploaded_at"] = INSTANT
    means = {DEVICE: size.devices, ADDRESS: size.addresses, PAYEE: size.payees}
    frames = [(LABELS[kind], pl.DataFrame({"id": ids[kind]}).with_columns(**said_of[kind])) for kind in LABELS]
    frames += [(label, pl.DataFrame({"id": _ids(_kind(label), count)})) for label, count in means.items()]
    return [_node_table(label, frame) for label, frame in frames]


def _node_table(label: Label, frame: pl.DataFrame) -> NodeTable:
    absent = [pl.lit(None, pl.String).alias(p.name) for p in label.properties if p.name not in frame.columns]
    rows = frame.with_columns(absent).select(pl.col("id").alias(label.key), *(p.name for p in label.properties))
    return NodeTable(label=label, rows=with_digest(rows, label))


def _kind(label: Label) -> str:
    return f"{label.name.lower()}:{label.name.lower()}"


def _table(type_: RelationshipType, source: Label, target: Label, rows: pl.DataFrame) -> RelationshipTable:
    held = rows.unique(["source", "target"]).sort("source", "target")
    return RelationshipTable(
        type=type_, source=end_of(source), target=end_of(target), rows=HeldRows(with_digest(held, type_))
    )


def _uses(ids: dict[str, pl.Series], size: Size, rng: np.random.Generator) -> list[RelationshipTable]:
    made = []
    for kind, count in (("account", size.uses // 12), ("listener", size.uses - size.uses // 12)):
        means = pl.concat([_ids(_kind(DEVICE), size.devices), _ids(_kind(ADDRESS), size.addresses)])
        users = pl.DataFrame(
            {
                "source": ids[kind].gather(rng.integers(0, len(ids[kind]), count)),
                "target": means.gather((rng.random(count) ** 2 * len(means)).astype(np.int64)),
            }
        ).unique()
        weighed = users.with_columns(weight=1.0 / pl.len().over("target"))
        made.append(_table(USED_TYPE, LABELS[kind], DEVICE, weighed))
    return made


def _payouts(ids: dict[str, pl.Series], size: Size, rng: np.random.Generator) -> RelationshipTable:
    payee = rng.integers(RING_COUNT, size.payees, size.accounts)
    payee[: RING_COUNT * RING_ACCOUNTS] = np.arange(RING_COUNT * RING_ACCOUNTS) // RING_ACCOUNTS
    rows = pl.DataFrame({"source": ids["account"], "target": _ids(_kind(PAYEE), size.payees).gather(payee)})
    weighed = rows.with_columns(weight=1.0 / pl.len().over("target"))
    return _table(PAID_OUT_TO_TYPE, ACCOUNT_LABEL, PAYEE, weighed)


def _twins(ids: dict[str, pl.Series], size: Size, rng: np.random.Generator) -> RelationshipTable:
    pair = np.sort(rng.integers(0, size.tracks, (size.twins, 2)), axis=1)
    pair = pair[pair[:, 0] < pair[:, 1]]
    rows = pl.DataFrame({"source": ids["track"].gather(pair[:, 0]), "target": ids["track"].gather(pair[:, 1])})
    return _table(SOUNDS_LIKE_TYPE, TRACK_LABEL, TRACK_LABEL, rows.with_columns(cosine=pl.lit(0.98)))


def _streamed(ids: dict[str, pl.Series], size: Size, rng: np.random.Generator, day: int) -> pl.DataFrame:
    """Plays with few hits and a long tail, rings that play their own tracks, and 24 counts for each pair."""
    drawn = int(size.plays * 1.8)
    listener = (rng.random(drawn) ** 1.3 * size.listeners).astype(np.int64)
    track = (rng.random(drawn) ** 3 * size.tracks).astype(np.int64)[::-1]
    own = [
        (
            np.repeat(size.listeners - 1 - ring * RING_LISTENERS - np.arange(RING_LISTENERS), RING_TRACKS),
            np.tile(ring * RING_TRACKS + np.arange(RING_TRACKS), RING_LISTENERS),
        )
        for ring in range(RING_COUNT)
    ]
    ring_pairs = np.concatenate([who * size.tracks + what for who, what in own])
    crowd = np.setdiff1d(np.unique(listener * size.tracks + (size.tracks - 1 - track)), ring_pairs)
    crowd = rng.permutation(crowd)[: size.plays - len(ring_pairs)]
    held = crowd[: int(len(crowd) * 0.95)] if day == 0 else crowd
    pairs = np.sort(np.concatenate([ring_pairs, held]))
    later = np.random.default_rng(13).random(len(pairs))
    plays = 1 + (pairs * 2_654_435_761 >> 7) % 4
    again = (day > 0) & (later < 0.05)
    hour = (pairs * 40_503 >> 3) % 24
    hours = np.zeros((len(pairs), 24), np.int64)
    rows = np.arange(len(pairs))
    hours[rows, hour] = plays
    hours[rows, (hour + 1) % 24] += again
    first = pl.Series(20_000 + pairs % 28).cast(pl.Int32).cast(pl.Date)
    return pl.DataFrame(
        {
            "source": ids["listener"].gather(pairs // size.tracks),
            "target": ids["track"].gather(pairs % size.tracks),
            "plays": plays + again,
            "first_on": first,
            "last_on": first,
            "just_paid_share": (pairs % 5) / 4,
            "hour_plays": pl.Series(hours, dtype=pl.Array(pl.Int64, 24)),
        }
    )


def _members(ids: dict[str, pl.Series]) -> pl.DataFrame:
    counts = {"account": (RING_ACCOUNTS, "operator"), "track": (RING_TRACKS, "beneficiary")}
    counts["listener"] = (RING_LISTENERS, "bot")
    parts = []
    for kind, (count, role) in counts.items():
        every = ids[kind].reverse() if kind == "listener" else ids[kind]
        own = every.head(RING_COUNT * count)
        ring = pl.Series([_ring_id(ix // count) for ix in range(len(own))])
        parts.append(
            pl.DataFrame({"ring_id": ring, "subject_id": own}).with_columns(kind=pl.lit(kind), role=pl.lit(role))
        )
    return pl.concat(parts).with_columns(weight=pl.lit(0.9), ring_plays=pl.lit(100), all_plays=pl.lit(120))


def _ring_id(number: int) -> str:
    return f"ring-{number:016x}"


def _rings() -> pl.DataFrame:
    evidence = {"measure": "closure", "value": 0.9, "expected": 0.1, "log_odds": 3.0, "sentence": "they play alone"}
    counts = {"accounts": RING_ACCOUNTS, "tracks": RING_TRACKS, "listeners": RING_LISTENERS}
    rows = [
        {"ring_id": _ring_id(ix), "kind": "stream", "risk": 0.99, **counts, "evidence": [evidence]}
        for ix in range(RING_COUNT)
    ]
    return pl.DataFrame(rows).with_columns(first_seen=INSTANT, last_seen=INSTANT)


def _judgements(
    ids: dict[str, pl.Series], members: pl.DataFrame, payee_count: int, rng: np.random.Generator
) -> Callable[[int], list[RelationshipTable]]:
    run = End(label=RUN_LABEL.name, key=RUN_LABEL.key)
    risks: dict[str, Any] = {kind: rng.random(len(ids[kind])) ** 8 for kind in LABELS}

    def numbered(number: int) -> list[RelationshipTable]:
        made = []
        for kind, label in LABELS.items():
            judged = pl.DataFrame({"target": ids[kind], "risk": risks[kind], "behaviour_risk": risks[kind]})
            own = members.filter(kind=kind).select("ring_id", target="subject_id")
            judged = judged.join(own, on="target", how="left").with_columns(
                verdict=pl.when(pl.col("risk") > 0.5).then(pl.lit("review")).otherwise(pl.lit("allow")),
                restriction=pl.when(pl.col("risk") > 0.5).then(pl.lit("review")),
                reasons=pl.lit(["closed_audience_share_high"]),
                listeners=pl.lit(27),
                income_amount=pl.lit(1.5),
                artificial_amount=pl.col("risk"),
            )
            rows = HeldRows(said(judged, JUDGED_TYPE, number, pl.lit(number, pl.Int64)).sort("target"), "target")
            made.append(
                RelationshipTable(type=JUDGED_TYPE, source=run, target=end_of(label), rows=rows, cut_by="target")
            )
            of_rings = members.filter(kind=kind).with_columns(target="subject_id")
            key = ring_key(pl.col("ring_id"), number)
            held = HeldRows(said(of_rings, HAS_MEMBER_TYPE, number, key).sort("source", "target"))
            made.append(
                RelationshipTable(type=HAS_MEMBER_TYPE, source=end_of(RING_LABEL), target=end_of(label), rows=held)
            )
        payees = pl.DataFrame({"target": _ids(_kind(PAYEE), payee_count)}).with_columns(
            accounts=pl.lit(2), tracks=pl.lit(9), income_amount=pl.lit(9.0), artificial_amount=pl.lit(1.0)
        )
        rows = HeldRows(said(payees, PAYS_TYPE, number, pl.lit(number, pl.Int64)), "target")
        made.append(RelationshipTable(type=PAYS_TYPE, source=run, target=end_of(PAYEE), rows=rows, cut_by="target"))
        return made

    return numbered
