"""`graphfraud run`: from a feed to judged accounts, tracks and listeners."""

import dataclasses
import os
import re
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from graphfraud.config import Policy, Settings
from graphfraud.errors import UsageError
from graphfraud.settings_file import read_settings

EARLIEST_YEAR: Final = 1970
LATEST_YEAR: Final = 9000


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


def settings_with_threads(config: Path | None, threads: int | None) -> Settings:
    """The settings of a file, with the threads of the command line where it says any."""
    settings = read_settings(Settings, config)
    if threads is None:
        return settings
    return dataclasses.replace(settings, run=dataclasses.replace(settings.run, threads=threads))


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def limit_threads(threads: int) -> None:
    """Tells the libraries that read it from the environment how many threads they have; before they are imported."""
    for variable in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(threads)
    # Threads that wait for work must not spin: on a machine that others share they would starve the one that has it.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")


def parsed_instant(text: str, *, naive_is_utc: bool) -> datetime:
    """The instant in UTC; a bare date is its midnight, since days are UTC.

    Raises: UsageError for anything else, and for an instant without a zone where that is not allowed.
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        text += "T00:00:00Z"
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text!r} is no instant: write it such as 2026-10-29T00:00:00Z") from error
    if at.tzinfo is None and not naive_is_utc:
        raise UsageError(f"--as-of {text!r} has no time zone: write {at.isoformat()}Z if it is UTC")
    if not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        raise UsageError(f"--as-of {text!r} is out of range: choose a year from {EARLIEST_YEAR} to {LATEST_YEAR}")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
