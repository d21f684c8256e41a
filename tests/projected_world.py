"""Tiny runs as rows of the graph database, for tests of what brings them there."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from graphfraud.neo4j.projection.judgements import ring_key, ring_rows, said
from graphfraud.neo4j.projection.projected import Projection
from graphfraud.neo4j.projection.rows import End, HeldRows, NodeTable, RelationshipTable, end_of, with_digest
from graphfraud.vocabulary.database import (
    ACCOUNT_LABEL,
    HAS_MEMBER_TYPE,
    JUDGED_TYPE,
    LISTENER_LABEL,
    RING_LABEL,
    STREAMED_TYPE,
    TRACK_LABEL,
    UPLOADED_TYPE,
    Label,
    RelationshipType,
)

SINCE = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
SINCE_MS = int(SINCE.timestamp() * 1_000)
DAY = date(2026, 10, 1)
HOSTILE_TITLE = 'Rain, "quoted"; a\\b\nnew line\ttab \u2028 \U0001f600'
DTYPES = {"string": pl.String, "long": pl.Int64, "double": pl.Float64, "boolean": pl.Boolean, "date": pl.Date}
DTYPES |= {"datetime": pl.Datetime("us", "UTC"), "string[]": pl.List(pl.String), "long[]": pl.Array(pl.Int64, 24)}


def hour_plays(plays: int) -> list[int]:
    return [plays if hour == 3 else 0 for hour in range(24)]


def projected_world(
    run_id: str,
    plays: Mapping[tuple[str, str], int],
    *,
    risks: Mapping[str, float] | None = None,
    titles: Mapping[str, str | None] | None = None,
    ring: tuple[str, ...] = (),
) -> Projection:
    """A run of the listeners and tracks that `plays` names, each track by the account of its first letter.

    `risks` are those of tracks, 0.01 where not said; `ring` names its listeners, all of them bots.
    """
    listeners, tracks = (sorted({pair[end] for pair in plays}) for end in (0, 1))
    accounts = sorted({track[0] for track in tracks})
    ids = {"listener": listeners, "track": tracks, "account": accounts}
    titled = [{"track_id": track, "title": (titles or {}).get(track, HOSTILE_TITLE)} for track in tracks]
    streamed = [_streamed(*pair, count) for pair, count in sorted(plays.items())]
    return Projection(
        nodes=[
            _nodes(LISTENER_LABEL, [{"listener_id": one, "created_at": SINCE, "plan": "free"} for one in listeners]),
            _nodes(TRACK_LABEL, [row | {"uploaded_at": SINCE, "duration_ms": 1_000} for row in titled]),
            _nodes(ACCOUNT_LABEL, [{"account_id": one, "verified": True} for one in accounts]),
        ],
        facts=[
            _facts(STREAMED_TYPE, LISTENER_LABEL, streamed),
            _facts(UPLOADED_TYPE, ACCOUNT_LABEL, [{"source": track[0], "target": track} for track in tracks]),
        ],
        run={
            "run_id": run_id,
            "as_of": "2026-10-29T00:00:00Z",
            "graph_digest": f"graph of {run_id}",
            "policy_digest": "p",
            "model_digest": "m",
            "version": "0.1.0",
            "currency": "EUR",
            "listeners": len(listeners),
        },
        scope="all",
        left_out={},
        known_since={
            "listener": pl.DataFrame(
                {"id": listeners, "created_ms": [int(SINCE.timestamp() * 1_000)] * len(listeners)}
            ),
            "account": pl.DataFrame({"id": accounts, "created_ms": pl.Series([None] * len(accounts), dtype=pl.Int64)}),
        },
        rings=lambda number: ring_rows(_rings(ring), number),
        judgements=lambda number: _judgements(ids, risks or {}, ring, number),
    )


def _streamed(listener: str, track: str, plays: int) -> dict[str, Any]:
    said_of_it = {"plays": plays, "first_on": DAY, "last_on": DAY, "just_paid_share": plays / 7}
    return {"source": listener, "target": track, **said_of_it, "hour_plays": hour_plays(plays)}


def frame(rows: list[dict[str, Any]], keys: tuple[str, ...], of: Label | RelationshipType) -> pl.DataFrame:
    schema: dict[str, Any] = dict.fromkeys(keys, pl.String) | {each.name: DTYPES[each.type] for each in of.properties}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _nodes(label: Label, rows: list[dict[str, Any]]) -> NodeTable:
    return NodeTable(label=label, rows=with_digest(frame(rows, (label.key,), label), label))


def _facts(type_: RelationshipType, source: Label, rows: list[dict[str, Any]]) -> RelationshipTable:
    held = HeldRows(with_digest(frame(rows, ("source", "target"), type_).sort("source", "target"), type_))
    return RelationshipTable(type=type_, source=end_of(source), target=end_of(TRACK_LABEL), rows=held)


def _rings(bots: tuple[str, ...]) -> pl.DataFrame:
    evidence = [
        {"measure": "closure", "value": 0.9, "expected": 0.1, "log_odds": 3.0, "sentence": "they play alone"},
        {"measure": "payees", "value": None, "expected": None, "log_odds": -1.0, "sentence": "nobody is paid"},
    ]
    counts = {"accounts": 0, "tracks": 0, "listeners": len(bots)}
    row = {"ring_id": "ring-00", "kind": "stream", "risk": 0.9, **counts, "first_seen": SINCE, "last_seen": SINCE}
    every = pl.DataFrame([row | {"evidence": evidence}])
    return every if bots else every.clear()


def _judgements(
    ids: Mapping[str, list[str]], risks: Mapping[str, float], bots: tuple[str, ...], number: int
) -> list[RelationshipTable]:
    made = []
    for label, kind in ((LISTENER_LABEL, "listener"), (TRACK_LABEL, "track"), (ACCOUNT_LABEL, "account")):
        rows = pl.DataFrame(
            {"target": ids[kind], "risk": [risks.get(one, 0.01) for one in ids[kind]]},
            schema={"target": pl.String, "risk": pl.Float64},
        ).with_columns(verdict=pl.lit("allow"), reasons=pl.lit(["one", "two"]), label_decided_at=pl.lit(SINCE))
        held = HeldRows(said(rows, JUDGED_TYPE, number, pl.lit(number, pl.Int64)), "target")
        run = End(label="Run", key="number")
        made.append(RelationshipTable(type=JUDGED_TYPE, source=run, target=end_of(label), rows=held, cut_by="target"))
    members = pl.DataFrame(
        {"ring_id": ["ring-00"] * len(bots), "target": sorted(bots)}, schema_overrides={"target": pl.String}
    )
    weighed = members.with_columns(role=pl.lit("bot"), weight=pl.lit(0.5), ring_plays=pl.lit(3), all_plays=pl.lit(4))
    key = ring_key(pl.col("ring_id").cast(pl.String), number)
    rows_of_ring = HeldRows(said(weighed, HAS_MEMBER_TYPE, number, key))
    ring = end_of(RING_LABEL)
    made.append(RelationshipTable(type=HAS_MEMBER_TYPE, source=ring, target=end_of(LISTENER_LABEL), rows=rows_of_ring))
    return made
