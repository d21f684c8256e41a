"""A finished run, read again: every table is held against the digest that the run recorded of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from graphfraud.errors import InputRefused, UsageError
from graphfraud.folders.digest import large_table_digest
from graphfraud.folders.manifest import MANIFEST, read_manifest

WHAT: Final = "run"


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run's folder and what its manifest says."""

    folder: Path
    identity: dict[str, Any]
    measured: dict[str, Any]

    def table(self, name: str) -> pl.DataFrame:
        """One table of the run, whole.

        Raises: InputRefused when it is missing, unreadable, or not what the run wrote.
        """
        with self._refusals_name(name) as path:
            rows = pl.read_parquet(path, glob=False)
            self._verify(name, rows.lazy())
        return rows

    def scan(self, name: str) -> pl.LazyFrame:
        """One table of the run, verified a million rows at a time and read again as it is asked for.

        Raises: InputRefused when it is missing, unreadable, or not what the run wrote.
        """
        with self._refusals_name(name) as path:
            rows = pl.scan_parquet(path, glob=False)
            self._verify(name, rows)
        return rows

    def _verify(self, name: str, rows: pl.LazyFrame) -> None:
        if large_table_digest(rows) != self.identity["tables"].get(name):
            path = self._path(name)
            raise InputRefused(f"{path}: the run is damaged: the table is not the one that it wrote: make it again")

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    @contextmanager
    def _refusals_name(self, name: str) -> Iterator[Path]:
        """The path of a table, whose failures to be read become refusals of the run."""
        path = self._path(name)
        try:
            yield path
        except FileNotFoundError as error:
            raise InputRefused(f"{path}: missing from the run: make it again with `graphfraud run`") from error
        except (OSError, pl.exceptions.PolarsError) as error:
            raise InputRefused(f"{path}: the run is damaged: this is no whole Parquet file: make it again") from error


def finished_run(folder: Path) -> FinishedRun:
    """The run in a folder.

    Raises: UsageError when no run is there or it has a newer format, InputRefused when it is damaged.
    """
    if not (folder / MANIFEST).is_file():
        raise UsageError(f"{folder}: no run is here: give the folder that `graphfraud run FEED --out RUN` wrote")
    facts = read_manifest(folder, WHAT)
    if facts.get("kind") != WHAT:
        raise UsageError(f"{folder}: this is a {facts.get('kind')}, not a run")
    identity, measured = facts.get("identity"), facts.get("measured")
    if not isinstance(identity, dict) or not isinstance(measured, dict) or not _tells_all(identity):
        raise InputRefused(f"{folder / MANIFEST}: the run is damaged: it does not say what it wrote: make it again")
    return FinishedRun(folder, identity, measured)


def _tells_all(identity: dict[str, Any]) -> bool:
    """Whether it says what readers of a run need: its tables, its instant, what a stream earns."""
    try:
        datetime.fromisoformat(identity["as_of"])
        payout = identity["policy"]["payout"]
        return isinstance(identity["tables"], dict) and float(payout["amount_per_stream"]) >= 0 and "currency" in payout
    except (KeyError, TypeError, ValueError):
        return False
