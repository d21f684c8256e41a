"""New files of a feed, read one after another into typed pieces by partition; what breaks a rule goes to quarantine.

A piece holds rows of one partition of one table: its columns, the file's row in the ledger
(`file_ix`) and the row's number in the file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from graphfraud.errors import ColumnMissing
from graphfraud.tables import INPUTS, optional_columns
from graphfraud.vocabulary import SUBJECT_KINDS
from graphfraud_features.intake.feed import UnreadableFile, raw_batches, raw_columns
from graphfraud_features.intake.ledger import LedgerEntry, NewFile
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.intake.rows import judged_rows
from graphfraud_features.partitions import ERASURES, FILE_IX, PARTITION, partition_name, stored_schema

OnRows = Callable[[str, int], None]
"""Told the table and how many of its rows were just read."""
Pieces = dict[str, list[Path]]
"""By partition."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows that hold by themselves, in pieces by table and partition, and an entry for each file."""

    pieces: dict[str, Pieces] = field(default_factory=lambda: {table: {} for table in INPUTS})
    entries: list[LedgerEntry] = field(default_factory=list)

    def rows(self, table: str) -> pl.LazyFrame:
        """All rows of a table, in no order."""
        paths = [path for pieces in self.pieces[table].values() for path in pieces]
        return pl.scan_parquet(paths, glob=False) if paths else pl.LazyFrame(schema=stored_schema(table))


def staged_files(
    files: Sequence[NewFile],
    first_ix: int,
    work: Path,
    quarantine: Quarantine,
    *,
    naive_instants_are_utc: bool,
    on_rows: OnRows,
) -> Staged:
    """Reads files into `work`; `first_ix` is the first one's row in the ledger.

    Erasures come first, so that not even a refusal keeps rows of who is to be forgotten.
    Raises: ColumnMissing.
    """
    staged = Staged()
    entries: dict[int, LedgerEntry] = {}
    numbered = list(enumerate(files, start=first_ix))
    for file_ix, new in sorted(numbered, key=lambda each: each[1].file.table != ERASURES):
        reading = _FileReading(new, file_ix, work, quarantine, naive_is_utc=naive_instants_are_utc)
        entries[file_ix] = reading.entry(staged.pieces[new.file.table], on_rows)
        if new.file.table == ERASURES:
            quarantine.forget(erased_ids(staged.rows(ERASURES)))
    quarantine.forget(erased_ids(staged.rows(ERASURES)))
    staged.entries.extend(entries[file_ix] for file_ix, _ in numbered)
    return staged


def erased_ids(erasures: pl.LazyFrame) -> dict[str, pl.Series]:
    """Ids of each kind that asked to be forgotten, whenever that was."""
    rows = erasures.select("subject_kind", "subject_id").unique().collect()
    return {kind: rows.filter(subject_kind=kind)["subject_id"] for kind in SUBJECT_KINDS}


@dataclass(frozen=True, slots=True)
class _FileReading:
    """Reads one file; all of it counts, or, when it turns out damaged, none of it."""

    new: NewFile
    file_ix: int
    work: Path
    quarantine: Quarantine
    naive_is_utc: bool

    def entry(self, pieces: Pieces, on_rows: OnRows) -> LedgerEntry:
        """The file's entry; its rows are added to the pieces of its table."""
        if self.new.same_as is not None:
            return self._entry(self.new.same_as.row_count, is_repeat=True)
        written: list[tuple[str, Path]] = []
        refused: list[pl.DataFrame] = []
        read_count = 0
        file = self.new.file
        try:
            self._refuse_missing_columns()
            for batch_ix, batch in enumerate(raw_batches(file)):
                judged = judged_rows(batch, file.table, naive_instants_are_utc=self.naive_is_utc)
                written.extend(self._written(judged.accepted, batch_ix))
                refused.append(judged.refused.with_columns(file=pl.lit(file.name)))
                read_count += batch.height
                on_rows(file.table, batch.height)
        except UnreadableFile as error:
            for _, path in written:
                path.unlink()
            self.quarantine.add_file(file, str(error))
            return self._entry(0, is_unreadable=True)
        for rows in refused:
            self.quarantine.add_rows(file.table, rows)
        for partition, path in written:
            pieces.setdefault(partition, []).append(path)
        return self._entry(read_count)

    def _entry(self, row_count: int, *, is_unreadable: bool = False, is_repeat: bool = False) -> LedgerEntry:
        file, new = self.new.file, self.new
        return LedgerEntry(
            file.table, file.name, new.digest, new.byte_count, row_count, is_unreadable, is_repeat, new.feed
        )

    def _refuse_missing_columns(self) -> None:
        file = self.new.file
        found = raw_columns(file)
        if not found:
            return
        for column in INPUTS[file.table].columns():
            if column not in found and column not in optional_columns(file.table):
                raise ColumnMissing(file.name, file.table, column, found)

    def _written(self, rows: pl.DataFrame, batch_ix: int) -> list[tuple[str, Path]]:
        """Pieces of a batch, each with its partition."""
        return written_pieces(
            rows.with_columns(pl.lit(self.file_ix, pl.Int32).alias(FILE_IX)),
            self.new.file.table,
            self.work / self.new.file.table / f"{self.file_ix:06d}-{batch_ix:06d}",
        )


def written_pieces(rows: pl.DataFrame, table: str, folder: Path) -> list[tuple[str, Path]]:
    """Writes rows into `folder`, a file a partition; the partitions and their files."""
    folder.mkdir(parents=True, exist_ok=True)
    named = rows.select(*stored_schema(table)).with_columns(partition_name(table))
    written = []
    for (partition,), part in named.partition_by(PARTITION, as_dict=True, include_key=False).items():
        path = folder / f"{partition}.parquet"
        part.write_parquet(path, compression="lz4")
        written.append((str(partition), path))
    return written
