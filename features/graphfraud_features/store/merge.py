"""New rows into the partitions that they touch: without who is gone, and apart what waits for a subject."""

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.folders.digest import file_digest, table_digest
from graphfraud.folders.failpoints import failpoint
from graphfraud.folders.whole import WORK
from graphfraud.vocabulary import ACCOUNT, ID_COLUMN, SUBJECT_KINDS, TRACK
from graphfraud_features.intake.ledger import LedgerEntry
from graphfraud_features.intake.staging import Staged, erased_ids, written_pieces
from graphfraud_features.partitions import ERASURES, GRACE, ROW_GROUP_ROWS, STREAMS, content_columns, merged_rows
from graphfraud_features.store.contested import hashes_path, write_hashes
from graphfraud_features.store.references import OWN_KIND, KnownSubjects, names_any
from graphfraud_features.store.stored import SUBJECT_COLUMNS, Part, Store

WAITED: Final = "waited"


@dataclass(slots=True)
class Merge:
    """A new store in the making, beside the old one."""

    old: Store
    folder: Path
    staged: Staged
    clock: datetime
    new: Store = field(init=False)
    known: KnownSubjects = field(default_factory=KnownSubjects)
    gone: dict[str, pl.Series] = field(default_factory=dict)
    """Ids of each kind that were erased, or that belonged to who was."""
    newly_gone: dict[str, pl.Series] = field(default_factory=dict)
    waiting: dict[str, pl.DataFrame] = field(default_factory=dict)
    rebuilt: Counter[str] = field(default_factory=Counter)
    dropped: dict[str, Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Starts from the old store's partitions."""
        self.new = replace(self.old, folder=self.folder, parts={t: dict(p) for t, p in self.old.parts.items()})

    def link_old(self) -> None:
        """Puts the old partitions into the new folder, as links where the file system has such."""
        for table, parts in self.old.parts.items():
            if parts:
                (self.folder / table).mkdir()
            for name in parts:
                _link(self.old.path(table, name), self.new.path(table, name))
        for name in self.old.parts[STREAMS]:
            if (hashes := hashes_path(self.old.folder, name)).exists():
                hashes_path(self.folder, name).parent.mkdir(exist_ok=True)
                _link(hashes, hashes_path(self.folder, name))

    def note_gone(self) -> None:
        """Collects who is erased, and the tracks of erased accounts that nobody else uploaded too."""
        due = pl.concat([self.old.rows(ERASURES), self.staged.rows(ERASURES)]).filter(
            pl.col("at") <= self.clock + GRACE
        )
        before = {kind: self.old.gone().filter(subject_kind=kind)["subject_id"] for kind in SUBJECT_KINDS}
        self.gone = {kind: pl.concat([ids, before[kind]]).unique().sort() for kind, ids in erased_ids(due).items()}
        if len(self.gone[ACCOUNT]):
            self.gone[TRACK] = self._with_tracks_of_the_gone(due)
        self.newly_gone = {kind: ids.filter(~ids.is_in(before[kind].implode())) for kind, ids in self.gone.items()}

    def _with_tracks_of_the_gone(self, erasures: pl.LazyFrame) -> pl.Series:
        owned = ["track_id", "account_id"]
        sources = (self.old.rows("tracks"), self.old.waiting("tracks").lazy(), self.staged.rows("tracks"))
        tracks = pl.concat([rows.select(owned) for rows in sources]).unique().collect()
        is_doomed = tracks["account_id"].is_in(self.gone[ACCOUNT].implode())
        doomed = pl.concat([self.gone[TRACK], tracks.filter(is_doomed)["track_id"]]).unique()
        saved = doomed.is_in(tracks.filter(~is_doomed)["track_id"].implode())
        return pl.concat([doomed.filter(~saved), erased_ids(erasures)[TRACK]]).unique().sort()

    def settle(self, table: str) -> None:
        """Merges the new rows of a table, and takes those who are gone out of its old ones."""
        pieces = {partition: list(paths) for partition, paths in self.staged.pieces[table].items()}
        for partition, path in self._waiting_pieces(table):
            pieces.setdefault(partition, []).append(path)
        for partition in sorted({*pieces, *self._partitions_with_gone(table)}):
            self._rebuild(table, partition, pieces.get(partition, []))
        if table in self.waiting:
            self.waiting[table] = merged_rows([self.waiting[table]], table).rows
        if (kind := OWN_KIND.get(table)) is not None:
            ids = self.new.rows(table).select(ID_COLUMN[kind]).unique().collect(engine="streaming")
            self.known.ids[kind] = ids

    def _waiting_pieces(self, table: str) -> list[tuple[str, Path]]:
        """What waited so far, to be asked again."""
        rows = self.old.waiting(table)
        return written_pieces(rows, table, self.folder / WORK / table / WAITED) if rows.height else []

    def _partitions_with_gone(self, table: str) -> list[str]:
        if table == ERASURES or not any(len(ids) for ids in self.newly_gone.values()):
            return []
        self.old.refuse_damage(table)
        told = names_any(table, self.newly_gone)
        counts = pl.collect_all([self.old.rows(table, [name]).select(told.any()) for name in self.old.parts[table]])
        return [name for name, count in zip(self.old.parts[table], counts, strict=True) if count.item()]

    def _rebuild(self, table: str, partition: str, pieces: Sequence[Path]) -> None:
        parts = [self._sound(pl.read_parquet(path, glob=False), table) for path in pieces]
        if partition in self.old.parts[table]:
            self.old.refuse_damage(table, [partition])
            parts.append(self._without_gone(self.old.rows(table, [partition]).collect(), table))
        merged = merged_rows(parts, table)
        self._count(table, "repeated", merged.repeated_count)
        self._write(table, partition, merged.rows)

    def _sound(self, rows: pl.DataFrame, table: str) -> pl.DataFrame:
        """New rows that name known subjects alone; those that wait are set apart."""
        judged = self.known.with_reasons(self._without_gone(rows, table), table)
        waits = judged["reason"].is_not_null()
        if waits.any():
            before = [self.waiting[table]] if table in self.waiting else []
            self.waiting[table] = pl.concat([*before, judged.filter(waits)])
        return judged.filter(~waits).drop("reason")

    def _without_gone(self, rows: pl.DataFrame, table: str) -> pl.DataFrame:
        if table == ERASURES or not any(len(ids) for ids in self.gone.values()):
            return rows
        kept = rows.filter(~names_any(table, self.gone))
        self._count(table, "erased", rows.height - kept.height)
        return kept

    def _write(self, table: str, partition: str, rows: pl.DataFrame) -> None:
        """Writes a partition, unless it says what it said before; one that nothing is left of goes."""
        path, before = self.new.path(table, partition), self.old.parts[table].get(partition)
        digest = table_digest(rows.select(content_columns(table)).lazy())
        if before is not None and before.digest == digest:
            return
        # What is written through a link would change the old store.
        path.unlink(missing_ok=True)
        if table == STREAMS:
            hashes_path(self.folder, partition).unlink(missing_ok=True)
        self.rebuilt[table] += 1
        if rows.is_empty():
            self.new.parts[table].pop(partition, None)
            return
        path.parent.mkdir(exist_ok=True)
        rows.write_parquet(path, row_group_size=ROW_GROUP_ROWS)
        if table == STREAMS:
            write_hashes(self.folder, partition, rows["stream_id"])
        self.new.parts[table][partition] = Part(rows.height, path.stat().st_size, digest, file_digest(path))
        failpoint("build: partition written")

    def _count(self, table: str, fate: str, count: int) -> None:
        if count:
            self.dropped.setdefault(table, Counter())[fate] += count

    def left_out(self, ledger: Sequence[LedgerEntry]) -> dict[str, dict[str, int]]:
        """Rows of each table that were accepted and are not kept, by fate, in all builds so far."""
        counts = {table: Counter(fates) for table, fates in self.old.left_out.items()}
        for table, fates in self.dropped.items():
            counts.setdefault(table, Counter()).update(fates)
        for entry in ledger[len(self.old.ledger) :]:
            if entry.is_repeat and entry.row_count:
                counts.setdefault(entry.table, Counter())["repeated"] += entry.row_count
        return {table: dict(sorted(fates.items())) for table, fates in sorted(counts.items())}

    def gone_table(self) -> pl.DataFrame:
        """Who is gone, for the builds to come."""
        return pl.concat(
            pl.DataFrame({"subject_id": ids}).select(pl.lit(kind).alias("subject_kind"), "subject_id")
            for kind, ids in self.gone.items()
        ).sort(SUBJECT_COLUMNS)


def erasures_fell_due(store: Store, clock: datetime) -> bool:
    """Whether somebody is to be erased whom no build has erased: a request that lay in the future no longer does."""
    due = store.rows(ERASURES).filter(pl.col("at") <= clock + GRACE).select(SUBJECT_COLUMNS).unique().collect()
    known = due.filter(pl.col("subject_kind").is_in(SUBJECT_KINDS))
    return known.join(store.gone(), on=SUBJECT_COLUMNS, how="anti").height > 0


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
