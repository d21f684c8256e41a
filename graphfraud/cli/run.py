"""`graphfraud run`: from a feed to judged accounts, tracks and listeners."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graphfraud.cli.options import limit_threads, parsed_instant, settings_with_threads, usable_cores
from graphfraud.config import Policy, Settings
from graphfraud.settings_file import read_settings


class Device(StrEnum):
    """What the model computes on."""

    CPU = "cpu"
    CUDA = "cuda"


def run(  # noqa: PLR0913 - a command has as many options as it has
    feed: Annotated[Path, typer.Argument(help="Folder of the feed's tables.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder to write; it appears whole or not at all.", show_default=False)],
    as_of: Annotated[
        str | None,
        typer.Option(help="Instant of judgement, such as 2026-10-29T00:00:00Z; default: after the last event."),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Folder that keeps what was read, so that the next run reads new files alone.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="graphfraud.toml: how to compute.")] = None,
    policy: Annotated[Path | None, typer.Option(help="policy.toml: what the business decides.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads; default: one a core.")] = None,
    device: Annotated[Device | None, typer.Option(help="Default: cuda where there is one.")] = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Put the new run in the place of an old one.")] = False,
) -> None:
    """Judge every account, track and listener of FEED; write risks, verdicts, reasons and what to pay."""
    settings = settings_with_threads(config, threads)
    score_feed(
        feed,
        out,
        store=store,
        as_of=parsed_instant(as_of, naive_is_utc=settings.feed.naive_instants_are_utc) if as_of else None,
        settings=settings,
        policy=read_settings(Policy, policy),
        device=device.value if device else None,
        replace=replace,
    )


def score_feed(
    feed: Path,
    out: Path,
    *,
    store: Path | None = None,
    as_of: datetime | None = None,
    settings: Settings,
    policy: Policy,
    device: str | None = None,
    replace: bool = False,
) -> None:
    """Runs the main job and prints what came of it."""
    threads = settings.run.threads or usable_cores()
    limit_threads(threads)
    from graphfraud.cli.summary import print_summary
    from graphfraud.pipeline import RunRequest, run_feed
    from graphfraud.run.stages import Stages

    request = RunRequest(
        feed=feed,
        out=out,
        store=store,
        as_of=as_of,
        clock=datetime.now(UTC),
        settings=settings,
        policy=policy,
        threads=threads,
        device=device,
        replace=replace,
    )
    stages = Stages()
    print_summary(run_feed(request, stages), out)
