"""Feed files, read one after another into typed Parquet parts; what breaks a rule goes to quarantine.

A part holds the columns of its table, the file's number (`file_ix`) and the row's number in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.errors import ColumnMissing, InputRefused
from graphfraud.tables import INPUTS, REQUIRED_INPUTS, optional_columns
from graphfraud.vocabulary import SUBJECT_KINDS
from graphfraud_features.intake.feed import FeedFile, UnreadableFile, feed_files, raw_batches, raw_columns
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.intake.rows import judged_rows
from graphfraud_features.intake.salvage import ROW_NUMBER

ERASURES: Final = "erasures"
OnRows = Callable[[str, int], None]
"""Told the table and how many of its rows were just read."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows that hold by themselves, of every table, and how many were read to find them."""

    parts: dict[str, list[Path]]
    read_counts: dict[str, int]
    file_names: list[str]

    def rows(self, table: str) -> pl.LazyFrame:
        """The table's rows with `file_ix` and `row_number`; empty where the feed has none."""
        if self.parts[table]:
            return pl.scan_parquet(self.parts[table], glob=False)
        schema = {name: column.dtype for name, column in INPUTS[table].columns().items()}
        return pl.LazyFrame(schema={**schema, ROW_NUMBER: pl.Int64, "file_ix": pl.Int32})


def stage_feed(
    feed: Path, work: Path, quarantine: Quarantine, *, naive_instants_are_utc: bool, on_rows: OnRows
) -> Staged:
    """Reads every file of a feed into `work`.

    Erasures come first, so that not even a refusal keeps rows of who is to be forgotten.
    Raises: TableMissing, ColumnMissing; InputRefused when no file of a required table can be read, or
    any file of erasures cannot: nobody who asked to be gone may be judged.
    """
    files = feed_files(feed)
    staged = Staged(
        parts={table: [] for table in files},
        read_counts=dict.fromkeys(files, 0),
        file_names=[file.name for table in files for file in files[table]],
    )
    for table in (ERASURES, *(table for table in files if table != ERASURES)):
        for file in files[table]:
            file_ix = staged.file_names.index(file.name)
            stager = _FileStager(file, file_ix, work, quarantine, naive_is_utc=naive_instants_are_utc)
            parts, read_count = stager.run(on_rows)
            staged.parts[table].extend(parts)
            staged.read_counts[table] += read_count
        quarantine.forget(_erased_ids(staged))
    _refuse_without_readable_file(files, quarantine)
    return staged


def _refuse_without_readable_file(files: dict[str, list[FeedFile]], quarantine: Quarantine) -> None:
    unreadable = {str(entry["file"]): str(entry["reason"]) for entry in quarantine.files}
    for table in (*REQUIRED_INPUTS, ERASURES):
        lost = [file.name for file in files[table] if file.name in unreadable]
        if lost and (table == ERASURES or len(lost) == len(files[table])):
            raise InputRefused(
                f"{lost[0]}: table {table!r} cannot be read: {unreadable[lost[0]]}: deliver the file again, whole"
            )


def _erased_ids(staged: Staged) -> dict[str, pl.Series]:
    """Ids of each kind that asked to be forgotten, whenever that was."""
    rows = staged.rows(ERASURES).select("subject_kind", "subject_id").unique().collect()
    return {kind: rows.filter(subject_kind=kind)["subject_id"] for kind in SUBJECT_KINDS}


@dataclass(frozen=True, slots=True)
class _FileStager:
    """Reads one file; all of it counts, or, when it turns out damaged, none of it."""

    file: FeedFile
    file_ix: int
    work: Path
    quarantine: Quarantine
    naive_is_utc: bool

    def run(self, on_rows: OnRows) -> tuple[list[Path], int]:
        """The parts written and the rows read; a damaged file leaves neither."""
        parts: list[Path] = []
        refused: list[pl.DataFrame] = []
        read_count = 0
        try:
            self._refuse_missing_columns()
            for batch in raw_batches(self.file):
                judged = judged_rows(batch, self.file.table, naive_instants_are_utc=self.naive_is_utc)
                parts.append(self._written(judged.accepted, len(parts)))
                refused.append(judged.refused.with_columns(file=pl.lit(self.file.name)))
                read_count += batch.height
                on_rows(self.file.table, batch.height)
        except UnreadableFile as error:
            for part in parts:
                part.unlink()
            self.quarantine.add_file(self.file, str(error))
            return [], 0
        for rows in refused:
            self.quarantine.add_rows(self.file.table, rows)
        return parts, read_count

    def _refuse_missing_columns(self) -> None:
        found = raw_columns(self.file)
        if not found:
            return
        for column in INPUTS[self.file.table].columns():
            if column not in found and column not in optional_columns(self.file.table):
                raise ColumnMissing(self.file.name, self.file.table, column, found)

    def _written(self, rows: pl.DataFrame, part_ix: int) -> Path:
        path = self.work / f"{self.file.table}-{self.file_ix:06d}-{part_ix:06d}.parquet"
        rows.with_columns(file_ix=pl.lit(self.file_ix, pl.Int32)).write_parquet(path, compression="lz4")
        return path
