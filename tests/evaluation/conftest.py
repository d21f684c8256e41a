"""A world of a few subjects with a run whose marks are known by heart."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

AS_OF = datetime(2025, 7, 1, tzinfo=UTC)
SUBJECT = ["subject_kind", "subject_id"]


def write(path: Path, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(path)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """Listeners: two attacks' bots (one labelled), a victim, honest ones, a party of look-alikes."""
    world = tmp_path / "world"
    before, after = AS_OF - timedelta(days=1), AS_OF
    write(
        world / "truth" / "rings.parquet",
        ["ring", "kind", *SUBJECT, "role", "labelled"],
        [
            (1, "farm", "listener", "bot-1", "member", True),
            (1, "farm", "listener", "bot-2", "member", False),
            (1, "farm", "listener", "hijacked", "victim", False),
            (2, "loop", "listener", "bot-3", "member", False),
            (2, "loop", "listener", "bot-2", "victim", False),
            (2, "loop", "listener", "unborn", "member", False),
            (2, "loop", "track", "t-1", "member", False),
        ],
    )
    write(
        world / "truth" / "lookalikes.parquet",
        ["kind", *SUBJECT],
        [("party", "listener", "fan-1"), ("party", "listener", "fan-2"), ("party", "track", "t-2")],
    )
    write(
        world / "truth" / "streams.parquet",
        ["stream_id", "fake"],
        [("s1", True), ("s2", False), ("s3", True), ("s4", True)],
    )
    write(
        world / "feed" / "labels.parquet",
        [*SUBJECT, "label", "decided_at", "source"],
        [
            ("listener", "bot-1", "fraud", before, "desk"),
            ("listener", "fan-1", "legitimate", before, "desk"),
            ("listener", "bot-3", "fraud", after, "desk"),
        ],
    )
    write(world / "feed" / "streams" / "day-1.parquet", ["stream_id", "started_at"], [("s1", before), ("s2", before)])
    write(
        world / "feed" / "streams" / "day-2.parquet",
        ["stream_id", "started_at"],
        [("s1", before), ("s3", before), ("s4", after)],
    )
    write_run(world / "run")
    return world


def write_run(run: Path) -> None:
    write(
        run / "scores.parquet",
        [*SUBJECT, "risk", "verdict"],
        [
            ("listener", "bot-1", 0.99, "block"),
            ("listener", "bot-2", 0.90, "review"),
            ("listener", "bot-3", 0.20, "allow"),
            ("listener", "hijacked", 0.95, "review"),
            ("listener", "fan-1", 0.60, "hold"),
            ("listener", "fan-2", 0.10, "allow"),
            ("listener", "anybody", 0.01, "allow"),
            ("track", "t-1", 0.70, "hold"),
            ("track", "t-2", 0.05, "allow"),
            ("account", "a-1", 0.01, "allow"),
        ],
    )
    write(
        run / "track_months.parquet",
        ["track_id", "artificial_streams", "withheld_streams"],
        [("t-1", 1.5, 1), ("t-2", 0.25, 0)],
    )
    write(
        run / "rings.parquet",
        ["ring_id", "risk", "accounts", "tracks", "listeners"],
        [("ring-a", 0.9, 0, 0, 3), ("ring-b", 0.6, 1, 1, 2)],
    )
    write(
        run / "ring_members.parquet",
        ["ring_id", *SUBJECT, "role"],
        [
            ("ring-a", "listener", "bot-1", "bot"),
            ("ring-a", "listener", "bot-2", "bot"),
            ("ring-a", "listener", "hijacked", "bot"),
            ("ring-a", "track", "t-2", "bystander"),
            ("ring-b", "listener", "fan-1", "bot"),
            ("ring-b", "listener", "fan-2", "bot"),
            ("ring-b", "track", "t-2", "beneficiary"),
            ("ring-b", "account", "a-1", "beneficiary"),
        ],
    )
    manifest = {"format": 1, "identity": {"as_of": AS_OF.isoformat()}, "measured": {}}
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
