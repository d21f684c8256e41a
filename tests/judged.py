"""The main job, quiet and on one thread."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from graphfraud.config import Policy, Settings
from graphfraud.pipeline import RunRequest, run_feed
from graphfraud.run.stages import Stages

CLOCK = datetime(2026, 11, 1, tzinfo=UTC)


def run(feed: Path, out: Path, *, as_of: datetime | None = None, policy: Policy | None = None) -> dict[str, Any]:
    """Judges a feed; the manifest."""
    request = RunRequest(
        feed=feed,
        out=out,
        store=None,
        as_of=as_of,
        clock=CLOCK,
        settings=Settings(),
        policy=policy or Policy(),
        threads=1,
        device="cpu",
        replace=False,
    )
    return run_feed(request, Stages(Console(quiet=True))).manifest
