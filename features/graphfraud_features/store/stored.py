"""A store as it stands: which partitions it has, and their rows.

STORE/manifest.json       format, what each partition holds (rows, digests), what was left out
STORE/ledger.parquet      the files that were read
STORE/TABLE/2026-09-01.parquet    accepted rows
STORE/waiting/TABLE.parquet       rows that name a subject which nobody has delivered yet
STORE/quarantine/         what was refused, and again what waits, for people
STORE/contested.parquet   ids of streams that came with different content
STORE/gone.parquet        subjects that were erased, so that no late row brings them back
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any, Final

import polars as pl

from graphfraud.errors import InputRefused, UsageError
from graphfraud.folders.digest import file_digest
from graphfraud.folders.manifest import MANIFEST, read_manifest
from graphfraud.folders.whole import aside_of, kind_of
from graphfraud.tables import INPUTS
from graphfraud_features.intake.ledger import LEDGER, LedgerEntry, ledger_table, read_ledger
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.partitions import stored_schema

WHAT: Final = "store"
WAITING: Final = "waiting"
QUARANTINE: Final = "quarantine"
CONTESTED: Final = "contested.parquet"
GONE: Final = "gone.parquet"
SUBJECT_COLUMNS: Final = ("subject_kind", "subject_id")
ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One partition of one table."""

    row_count: int
    byte_count: int
    digest: str
    """Over the content of its rows in their order; where they came from is not in it."""
    file_digest: str
    """SHA-256 over the bytes of its file, by which damage is found."""


@dataclass(frozen=True, slots=True)
class Store:
    """What a store's folder holds."""

    folder: Path
    parts: dict[str, dict[str, Part]] = field(default_factory=lambda: {table: {} for table in INPUTS})
    """By table and partition."""
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)
    """Rows of each table that were accepted and are not kept: `repeated`, `erased`."""
    ledger: tuple[LedgerEntry, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of every other file, by its path within the store."""

    def path(self, table: str, partition: str) -> Path:
        """Where a partition lies."""
        return self.folder / table / f"{partition}.parquet"

    def rows(self, table: str, partitions: Iterable[str] | None = None) -> pl.LazyFrame:
        """The accepted rows of a table, or of some of its partitions: content, then origin."""
        names = sorted(self.parts[table]) if partitions is None else partitions
        paths = [self.path(table, name) for name in names]
        return pl.scan_parquet(paths, glob=False) if paths else pl.LazyFrame(schema=stored_schema(table))

    def waiting(self, table: str) -> pl.DataFrame:
        """Rows that wait for a subject: content, origin and `reason`."""
        return self._side_table(f"{WAITING}/{table}.parquet", {**stored_schema(table), "reason": pl.String()})

    def contested(self) -> pl.Series:
        """Ids of streams that came with different content."""
        return self._side_table(CONTESTED, {"stream_id": pl.String()})["stream_id"]

    def gone(self) -> pl.DataFrame:
        """subject_kind and subject_id of who was erased, or belonged to who was."""
        return self._side_table(GONE, dict.fromkeys(SUBJECT_COLUMNS, pl.String()))

    def _side_table(self, name: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
        return pl.read_parquet(self.folder / name, glob=False) if name in self.files else pl.DataFrame(schema=schema)

    def read_quarantine(self, quarantine: Quarantine) -> None:
        """Makes a quarantine what this store's is."""
        if self.files:
            quarantine.read(self.folder / QUARANTINE)

    def row_count(self, table: str) -> int:
        """Accepted rows of a table."""
        return sum(part.row_count for part in self.parts[table].values())

    def file_names(self) -> pl.Series:
        """The names of the files read, by their row in the ledger."""
        return pl.Series([entry.file for entry in self.ledger], dtype=pl.String)

    def facts(self) -> dict[str, Any]:
        """What its manifest says of it."""
        parts = {table: {name: asdict(part) for name, part in sorted(p.items())} for table, p in self.parts.items()}
        facts = {"digest": self.digest(), "parts": parts, "left_out": self.left_out, "files": self.files}
        return {"kind": WHAT, "seal": _digest(facts), **facts}

    def tables_digest(self) -> str:
        """SHA-256 over the accepted rows, in hex: the same however they came."""
        return _digest({table: {name: part.digest for name, part in p.items()} for table, p in self.parts.items()})

    def digest(self) -> str:
        """SHA-256 over the accepted rows and the ledger, in hex."""
        return _digest([self.tables_digest(), ledger_table(self.ledger).drop("feed").rows()])

    def refuse_damage(self, table: str, partitions: Iterable[str] | None = None) -> None:
        """Raises: InputRefused where a partition is not the file that was written, to the last bit."""
        for name in self.parts[table] if partitions is None else partitions:
            path = self.path(table, name)
            if file_digest(path) != self.parts[table][name].file_digest:
                raise damaged(path)


def _digest(facts: Any) -> str:
    return sha256(dumps(facts, sort_keys=True).encode()).hexdigest()


def damaged(path: Path) -> InputRefused:
    """The error that names a damaged file of a store."""
    return InputRefused(f"{path}: the store is damaged: not the file that was written: build it again from its feed")


def stored(folder: Path) -> Store:
    """The store in a folder; its partitions are there, and `refuse_damage` tells whether they are whole.

    Raises: UsageError when none is there or it has a newer format, InputRefused when it is damaged.
    """
    for attempt in range(ATTEMPTS):
        place = folder if folder.exists() or not aside_of(folder).exists() else aside_of(folder)
        before = _manifest_bytes(place)
        try:
            return _loaded(place)
        except (InputRefused, UsageError):
            # A build that took the store's place meanwhile is no damage.
            if _manifest_bytes(place) == before or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError


def _manifest_bytes(folder: Path) -> bytes | None:
    try:
        return (folder / MANIFEST).read_bytes()
    except OSError:
        return None


def _loaded(folder: Path) -> Store:
    kind = kind_of(folder)
    if kind is None and (folder / LEDGER).exists():
        raise damaged(folder / MANIFEST)
    if kind != WHAT:
        raise UsageError(f"{folder}: no store is here: make one with `graphfraud build FEED --store {folder}`")
    facts = read_manifest(folder, WHAT)
    try:
        if facts["seal"] != _digest({name: fact for name, fact in facts.items() if name not in {"kind", "seal"}}):
            raise damaged(folder / MANIFEST)
        parts = {table: {name: Part(**part) for name, part in said.items()} for table, said in facts["parts"].items()}
        files: dict[str, str] = {str(name): str(digest) for name, digest in facts["files"].items()}
        left_out = facts["left_out"]
    except (KeyError, TypeError, AttributeError) as error:
        raise damaged(folder / MANIFEST) from error
    for name, digest in files.items():
        if not (folder / name).is_file() or file_digest(folder / name) != digest:
            raise damaged(folder / name)
    store = Store(
        folder=folder,
        parts={table: parts.get(table, {}) for table in INPUTS},
        left_out=left_out,
        ledger=tuple(read_ledger(folder / LEDGER)),
        files=files,
    )
    _refuse_missing_parts(store)
    return store


def _refuse_missing_parts(store: Store) -> None:
    """Raises: InputRefused where a partition is missing or has another size than was written."""
    for table, parts in store.parts.items():
        for name, part in parts.items():
            path = store.path(table, name)
            if not path.is_file() or path.stat().st_size != part.byte_count:
                raise damaged(path)
