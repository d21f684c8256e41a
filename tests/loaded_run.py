"""Finished runs of the tiny feed as the graph database takes them: with means, payees, twins, and rings to load."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from conftest import FIRST_DAY, write_feed
from features.rich_tables import rich_tables
from judged import run

from graphfraud.folders.digest import table_digest
from graphfraud.tables import RingDetails, RingMembers, Rings

DAYS = (7, 11)
"""At which the two runs judge: between them people play on, and an account comes with a track."""
OWN_PAYEE = "payee-own"
FIRST_RING, SECOND_RING = "ring-0000000000000001", "ring-0000000000000002"
MEMBERS = [
    *(("account", "acc-0", "operator"), ("track", "trk-01", "beneficiary"), ("track", "trk-09", "bystander")),
    *(("listener", "lis-01", "bot"), ("listener", "lis-02", "bot")),
]
KEYS = {"rings": ["ring_id"], "ring_members": ["ring_id", "subject_kind", "subject_id"]}
KEYS |= {"rings/details": KEYS["ring_members"], "track_months": ["track_id", "month"]}


def write_rich_feed(folder: Path) -> Path:
    """The tiny feed with means, a payee that nobody shares, two recordings that are one, and a late newcomer."""
    tables = rich_tables()
    accounts, tracks, embeddings = tables["accounts"], tables["tracks"], tables["embeddings"]
    own = pl.when(pl.col("account_id") == "acc-6").then(pl.lit(OWN_PAYEE)).otherwise("payee_hash")
    later = FIRST_DAY + timedelta(days=DAYS[0] + 1)
    account = accounts.tail(1).with_columns(
        account_id=pl.lit("acc-9"), created_at=pl.lit(later, pl.Datetime("us", "UTC"))
    )
    track = tracks.tail(1).with_columns(
        track_id=pl.lit("trk-99"), account_id=pl.lit("acc-9"), uploaded_at=pl.lit(later, pl.Datetime("us", "UTC"))
    )
    sound = embeddings.head(1)
    tables["accounts"] = pl.concat([accounts.with_columns(payee_hash=own), account])
    tables["tracks"] = pl.concat([tracks, track])
    tables["embeddings"] = pl.concat([embeddings, sound.with_columns(track_id=pl.lit("trk-99"))])
    return write_feed(folder, tables)


def write_run(feed: Path, folder: Path, *, day: int, rings: tuple[str, ...] = ()) -> Path:
    """Judges the feed as of a day, and writes rings into the run: the tiny feed has none."""
    run(feed, folder, as_of=FIRST_DAY + timedelta(days=day))
    members = [
        {"ring_id": ring, "subject_kind": kind, "subject_id": name, "role": role, "weight": 0.1 + 0.2}
        for ring in rings
        for kind, name, role in MEMBERS
    ]
    played = [row | {"since": FIRST_DAY, "ring_plays": 3, "all_plays": 40} for row in members]
    for name, schema, rows in (
        ("rings", Rings, [_ring(ring) for ring in rings]),
        ("ring_members", RingMembers, members),
        ("rings/details", RingDetails, played),
    ):
        types = {column: rule.dtype for column, rule in schema.columns().items()}
        put(folder, name, schema.validate(pl.DataFrame(rows, schema=types)))
    return folder


def put(folder: Path, name: str, rows: pl.DataFrame) -> None:
    """Puts a table in the place of a run's own, and has the run say so."""
    ordered = rows.sort(KEYS[name])
    ordered.write_parquet(folder / f"{name}.parquet")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["identity"]["tables"][name] = table_digest(ordered.lazy())
    path.write_text(json.dumps(manifest), encoding="utf-8")


def _ring(ring: str) -> dict[str, Any]:
    evidence = [
        {"measure": "closure", "value": 0.9, "expected": 0.1, "log_odds": 3.0, "sentence": 'they "play" alone'},
        {"measure": "away", "value": None, "expected": None, "log_odds": -1.0, "sentence": "at home; mostly"},
    ]
    counts = {"accounts": 1, "tracks": 1, "listeners": 2}
    seen = {"first_seen": FIRST_DAY, "last_seen": FIRST_DAY + timedelta(days=6)}
    return {"ring_id": ring, "kind": "stream", "risk": 0.1 + 0.7, **counts, **seen, "evidence": evidence}
