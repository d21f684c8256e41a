"""What several commands take: threads, instants, settings."""

import dataclasses
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from graphfraud.config import Settings
from graphfraud.errors import UsageError
from graphfraud.settings_file import read_settings

EARLIEST_YEAR: Final = 1970
LATEST_YEAR: Final = 9000


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
