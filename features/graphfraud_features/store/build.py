"""From a feed to its store: reads what is new, rebuilds the partitions that it touches, and commits all of it at once.

The new store is made beside the old one, of links to the partitions that stay as they are; taking
the old one's place is the commit of data and ledger together. Whatever kills a build before that
leaves the old store, and the next build begins again from it.
"""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from graphfraud.config import FeedSettings
from graphfraud.errors import InputRefused, UsageError
from graphfraud.folders.digest import file_digest
from graphfraud.folders.failpoints import failpoint
from graphfraud.folders.lock import only_writer
from graphfraud.folders.manifest import write_manifest
from graphfraud.folders.whole import WORK, kind_of, remove_leftovers, restore_interrupted_swap, whole_folder
from graphfraud.tables import REQUIRED_INPUTS
from graphfraud_features.intake.feed import feed_files
from graphfraud_features.intake.ledger import (
    LEDGER,
    LedgerEntry,
    NewFile,
    heir,
    ledger_table,
    new_files,
    standing_counts,
)
from graphfraud_features.intake.quarantine import Quarantine, refuse_too_many, with_file_names
from graphfraud_features.intake.staging import OnRows, staged_files
from graphfraud_features.partitions import ERASURES, TABLES_IN_ORDER
from graphfraud_features.store.contested import contested_ids
from graphfraud_features.store.merge import Merge, erasures_fell_due
from graphfraud_features.store.stored import CONTESTED, GONE, QUARANTINE, WAITING, WHAT, Store, stored


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """What to read, and into which store."""

    feed: Path
    store: Path
    clock: datetime
    """The instant of the start, UTC: an erasure more than a day past it waits."""
    settings: FeedSettings
    threads: int
    refused: Path
    """Where the caller leaves the quarantine of a feed that is refused, for the message that says so."""


@dataclass(frozen=True, slots=True)
class Built:
    """A store after a build, and what the build did."""

    store: Store
    new_entries: tuple[LedgerEntry, ...]
    rebuilt: dict[str, int]
    """Partitions that were written, by table."""


def built_store(request: BuildRequest, quarantine: Quarantine, on_rows: OnRows) -> Built:
    """The store with all that the feed has; `quarantine` gets what is refused.

    Raises: UsageError, StoreBusy; TableMissing, ColumnMissing, TooManyQuarantined, or InputRefused for
    a required table or erasures that cannot be read.
    """
    request = replace(request, feed=request.feed.resolve(), store=request.store.resolve())
    with only_writer(request.store):
        failpoint("build: locked")
        restore_interrupted_swap(request.store)
        remove_leftovers(request.store)
        is_there = _holds_store(request.store)
        old = stored(request.store) if is_there else Store(request.store)
        files = feed_files(request.feed, optional={entry.table for entry in old.ledger if not entry.is_unreadable})
        fresh = new_files(request.feed, files, old.ledger, request.threads)
        if is_there and not fresh and not erasures_fell_due(old, request.clock):
            return Built(old, (), {})
        with whole_folder(request.store, replace=True, kind=WHAT) as folder:
            build = _Build(request, old, folder, quarantine)
            entries, rebuilt = build.run(fresh, on_rows)
        return Built(stored(request.store), tuple(entries), rebuilt)


def _holds_store(place: Path) -> bool:
    """Whether a store is there, whole or damaged.

    Raises: UsageError where something else is.
    """
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return False
    if kind_of(place) != WHAT and not (place / LEDGER).exists():
        raise UsageError(f"{place} holds something else than a store: choose another --store")
    return True


@dataclass(frozen=True, slots=True)
class _Build:
    request: BuildRequest
    old: Store
    folder: Path
    quarantine: Quarantine

    def run(self, fresh: list[NewFile], on_rows: OnRows) -> tuple[list[LedgerEntry], dict[str, int]]:
        """Writes the whole new store into its folder; the new entries, and the partitions written by table."""
        work = self.folder / WORK
        self._start_quarantine(fresh)
        staged = staged_files(
            fresh,
            len(self.old.ledger),
            work,
            self.quarantine,
            naive_instants_are_utc=self.request.settings.naive_instants_are_utc,
            on_rows=on_rows,
        )
        failpoint("build: files staged")
        ledger = (*self.old.ledger, *staged.entries)
        self._refuse_unreadable(ledger)
        limit = self.request.settings.max_quarantined_share
        refuse_too_many(self.quarantine, standing_counts(ledger), limit, self.request.refused)
        merge = Merge(self.old, self.folder, staged, self.request.clock)
        merge.link_old()
        merge.note_gone()
        for table in TABLES_IN_ORDER:
            merge.settle(table)
        failpoint("build: tables merged")
        self._write_rest(merge, ledger)
        shutil.rmtree(work, ignore_errors=True)
        return staged.entries, merge.rebuilt

    def _start_quarantine(self, fresh: list[NewFile]) -> None:
        """Starts from what earlier builds refused for good; of files that came anew what their heirs hold now."""
        self.old.read_quarantine(self.quarantine)
        self.quarantine.drop_waiting()
        came, named = [_as_entry(new) for new in fresh], {(entry.table, entry.file) for entry in self.old.ledger}
        for entry in came:
            if (entry.table, entry.file) not in named:
                continue  # nothing was refused of it before
            others = [other for other in came if other != entry]
            known = [*self.old.ledger, *others]
            if all(
                other.feed == entry.feed for other in known if (other.table, other.file) == (entry.table, entry.file)
            ):
                self.quarantine.drop_file(entry.table, entry.file, heir(known, entry.feed, entry.table, entry.file))

    def _refuse_unreadable(self, ledger: tuple[LedgerEntry, ...]) -> None:
        """Raises: InputRefused when no file of a required table can be read, or any file of erasures cannot.

        Nobody who asked to be gone may be judged.
        """
        reasons = {str(entry["file"]): str(entry["reason"]) for entry in self.quarantine.files}
        for table in (*REQUIRED_INPUTS, ERASURES):
            lost = [
                entry.file for entry in ledger if entry.table == table and entry.is_unreadable and entry.file in reasons
            ]
            entries = [entry for entry in ledger if entry.table == table]
            if lost and (table == ERASURES or all(entry.is_unreadable for entry in entries)):
                raise InputRefused(
                    f"{lost[0]}: table {table!r} cannot be read: {reasons[lost[0]]}: deliver the file again, whole"
                )

    def _write_rest(self, merge: Merge, ledger: tuple[LedgerEntry, ...]) -> None:
        """Writes all that is no partition, the manifest last."""
        ledger_table(ledger).write_parquet(self.folder / LEDGER)
        new = replace(merge.new, ledger=ledger, left_out=merge.left_out(ledger))
        self._write_waiting(new, merge)
        merge.gone_table().write_parquet(self.folder / GONE)
        contested_ids(new).to_frame().write_parquet(self.folder / CONTESTED)
        failpoint("build: quarantine written")
        sides = [LEDGER, GONE, CONTESTED, *_files_below(self.folder, WAITING), *_files_below(self.folder, QUARANTINE)]
        files = {name: file_digest(self.folder / name) for name in sides}
        write_manifest(self.folder, replace(new, files=files).facts())

    def _write_waiting(self, new: Store, merge: Merge) -> None:
        """Writes what waits, as rows for the next build and in quarantine for people."""
        shown = self.quarantine.copy()
        shown.forget(merge.gone)
        names = new.file_names()
        for table, rows in merge.waiting.items():
            (self.folder / WAITING).mkdir(exist_ok=True)
            rows.write_parquet(self.folder / WAITING / f"{table}.parquet")
            shown.add_rows(table, with_file_names(rows, names))
        shown.write(self.folder / QUARANTINE)


def _as_entry(new: NewFile) -> LedgerEntry:
    file = new.file
    return LedgerEntry(
        file.table, file.name, new.digest, new.byte_count, 0, is_unreadable=False, is_repeat=False, feed=new.feed
    )


def _files_below(folder: Path, name: str) -> list[str]:
    return sorted(f"{name}/{path.name}" for path in (folder / name).iterdir()) if (folder / name).exists() else []
