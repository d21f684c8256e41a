"""A finished run of as many rings as one likes, for tests of those who read runs: page, terminal, server."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from graphfraud.config import Policy, Settings
from graphfraud.folders.digest import table_digest
from graphfraud.settings_file import settings_values
from graphfraud.tables import RING_OUTPUTS, RingMembers, Rings, Scores, TrackMonths
from graphfraud.vocabulary import RING_MEASURES

AS_OF = datetime(2026, 10, 29, tzinfo=UTC)
SCHEMAS = {"scores": Scores, "rings": Rings, "ring_members": RingMembers, "track_months": TrackMonths, **RING_OUTPUTS}
HOSTILE = '</script><script>document.title = "taken"</script><img src=x onerror=alert(1)> & "quotes" \\u0007'
"""A title that would like to be markup."""


def ring_name(number: int) -> str:
    return f"ring-{number:016x}"


def ringed_tables(
    ring_count: int = 3, size: int = 40, *, suspected_count: int = 0, title: str = "Rain on glass"
) -> dict[str, pl.DataFrame]:
    """Tables of a run: rings of two accounts, a fifth of `size` tracks and the rest listeners, the last a victim.

    The risk falls from ring to ring; every second is an upload ring, which nobody plays. So many more are suspected.
    """
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    made["scores"] = [_score("account", "nobody", 0.001, None), _score("listener", "fan", 0.002, None)]
    for number in range(ring_count + suspected_count):
        _add_ring(made, number, size, title)
    reported = {ring_name(number) for number in range(ring_count)}
    for of_rings, of_suspicions in (("rings", "rings/suspicions"), ("ring_members", "rings/suspicion_members")):
        made[of_rings] = [row for row in made[of_suspicions] if row["ring_id"] in reported]
    tables = {}
    for name, schema in SCHEMAS.items():
        dtypes = {column: rule.dtype for column, rule in schema.columns().items()}
        tables[name] = schema.validate(pl.DataFrame(made[name], schema=dtypes).sort(schema.primary_key()))
    return tables


def _add_ring(made: dict[str, list[dict[str, Any]]], number: int, size: int, title: str) -> None:
    ring, risk, plays = ring_name(number), 0.999 - 0.4 * number / (number + 20), number % 2 == 0
    accounts = [f"acc-{number:03d}-{n}" for n in range(2)]
    tracks = [f"trk-{number:03d}-{n:03d}" for n in range(size // 5)]
    listeners = [f"lis-{number:03d}-{n:03d}" for n in range(size - size // 5 - 2)] if plays else []
    roles = {"account": "operator", "track": "beneficiary", "listener": "bot"}
    members = [("account", each) for each in accounts] + [("track", each) for each in tracks]
    members += [("listener", each) for each in listeners]
    for kind, name in members:
        role = "victim" if listeners and name == listeners[-1] else roles[kind]
        made["rings/suspicion_members"].append(_keyed(ring, kind, name) | {"role": role, "weight": 0.9})
        made["scores"].append(_score(kind, name, 0.01 if role == "victim" else risk, ring))
        made["rings/details"].append(_detail(ring, kind, name, accounts[0], title))
    made["rings/suspicion_members"].append(
        _keyed(ring, "track", f"hit-{number}") | {"role": "bystander", "weight": 0.5}
    )
    made["scores"].append(_score("track", f"hit-{number}", 0.001, ring))
    made["rings/details"].append(_detail(ring, "track", f"hit-{number}", "nobody", "A hit"))
    made["rings/suspicions"].append(
        _ring(ring, risk, "stream" if plays else "upload", (len(accounts), len(tracks), len(listeners)))
    )
    made["rings/hours"] += [
        {"ring_id": ring, "hour": hour, "plays": len(listeners) * 10, "expected_share": 1 / 24} for hour in range(24)
    ]
    for kind, name in (("account", accounts[0]), ("account", accounts[1]), *(("listener", n) for n in listeners[:4])):
        made["rings/ties"].append(_keyed(ring, kind, name) | {"means_kind": "device", "means_id": f"device:{ring}"})
    for listener in listeners:
        for track in tracks:
            made["rings/plays"].append({"ring_id": ring, "listener_id": listener, "track_id": track, "plays": 5})
    made["track_months"] += [_month(track, 5 * len(listeners)) for track in tracks if plays]


def _keyed(ring: str, kind: str, name: str) -> dict[str, Any]:
    return {"ring_id": ring, "subject_kind": kind, "subject_id": name}


def _score(kind: str, name: str, risk: float, ring: str | None) -> dict[str, Any]:
    return {
        "subject_kind": kind,
        "subject_id": name,
        "risk": risk,
        "content_risk": None,
        "behaviour_risk": risk,
        "policy_risk": None,
        "verdict": "review" if risk > 0.5 else "allow",
        "reasons": ["ring_operator"] if risk > 0.5 else [],
        "ring_id": ring,
    }


def _ring(ring: str, risk: float, kind: str, counts: tuple[int, int, int]) -> dict[str, Any]:
    evidence = [
        {
            "measure": measure,
            "value": None if measure == "away" else 0.8,
            "expected": 0.1,
            "log_odds": 3.0 - 0.5 * rank,
            "sentence": f"what {measure} says, in words",
        }
        for rank, measure in enumerate([*[*RING_MEASURES][:9], "from_a_later_release"])
    ]
    return {
        "ring_id": ring,
        "kind": kind,
        "risk": risk,
        "accounts": counts[0],
        "tracks": counts[1],
        "listeners": counts[2],
        "first_seen": AS_OF - timedelta(days=20),
        "last_seen": AS_OF - timedelta(hours=5),
        "evidence": evidence,
    }


def _detail(ring: str, kind: str, name: str, account: str, title: str) -> dict[str, Any]:
    of_track = {"account_id": account, "title": title, "artist_name": "The Rainmakers"} if kind == "track" else {}
    empty = {"account_id": None, "title": None, "artist_name": None}
    since = {"since": AS_OF - timedelta(days=60)}
    return _keyed(ring, kind, name) | since | empty | of_track | {"ring_plays": 40, "all_plays": 50}


def _month(track: str, streams: int) -> dict[str, Any]:
    return {
        "track_id": track,
        "month": AS_OF.date().replace(day=1),
        "streams": streams,
        "payable_streams": streams,
        "artificial_streams": 0.8 * streams,
        "artificial_share": 0.8,
        "withheld_streams": streams // 2,
        "eligible": None,
    }


def manifest_of(tables: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """What such a run says about itself."""
    calibrated = {kind: {"learned": False, "calibrated": "shipped"} for kind in ("account", "track", "listener")}
    identity = {
        "as_of": "2026-10-29T00:00:00Z",
        "format": 1,
        "versions": {"graphfraud": "0.1.0"},
        "config": settings_values(Settings()),
        "policy": settings_values(Policy()),
        "seed": 0,
        "threads": 1,
        "device": "cpu",
        "calibrated": calibrated,
        "tables": {"graph": "0" * 64, **{name: table_digest(rows.lazy()) for name, rows in tables.items()}},
    }
    measured = {
        "stages": [{"name": "find rings", "seconds": 1.0, "peak_memory_bytes": 2**20}],
        "seconds": 1.0,
        "rows": {"streams": {"read": 1_000, "left_out": {}, "quarantined": {"unknown_track": 7}}},
    }
    return {"format": 1, "kind": "run", "identity": identity, "measured": measured}


def write_run(folder: Path, tables: dict[str, pl.DataFrame]) -> Path:
    """Writes the run whole, as `graphfraud run` leaves it."""
    for name, rows in tables.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(path)
    (folder / "manifest.json").write_text(json.dumps(manifest_of(tables)), encoding="utf-8")
    return folder
