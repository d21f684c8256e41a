"""Rows and files that were refused, kept with where they came from and why."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.errors import TooManyQuarantined
from graphfraud.tables import INPUTS, QuarantinedFiles, QuarantinedRows
from graphfraud_features.intake.feed import FeedFile
from graphfraud_features.intake.rows import REASON, within_calendar
from graphfraud_features.intake.salvage import ROW_NUMBER

WAITS: Final = "unknown_"
"""How reasons begin that only say that a row waits for a subject."""
FILES: Final = "files.parquet"
IN_PIECES: Final = ("^not_", r"^has_\d+_fields")
"""How reasons begin of rows that could not be taken apart."""


def with_file_names(rows: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
    """Rows with the name of their file in the place of its row in the ledger."""
    return rows.with_columns(file=names.gather(rows["file_ix"])).drop("file_ix")


@dataclass(slots=True)
class Quarantine:
    """What a build refused so far."""

    rows: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    files: list[dict[str, object]] = field(default_factory=list)

    def read(self, folder: Path) -> None:
        """Becomes what an earlier one wrote."""
        paths = {table: folder / f"{table}.parquet" for table in INPUTS}
        self.rows = {table: [pl.read_parquet(path, glob=False)] for table, path in paths.items() if path.exists()}
        self.files = list(pl.read_parquet(folder / FILES, glob=False).iter_rows(named=True))

    def drop_waiting(self) -> None:
        """Drops rows that only wait for a subject."""
        waits = pl.col(REASON).str.starts_with(WAITS)
        self.rows = {table: [part.filter(~waits) for part in parts] for table, parts in self.rows.items()}

    def drop_file(self, table: str, file: str, heir: str | None = None) -> None:
        """Drops what was refused of a file, which came again with other content; `heir` holds its earlier one now."""
        is_file = pl.col("file") == file
        for n, part in enumerate(self.rows.get(table, [])):
            renamed = part.with_columns(file=pl.when(is_file).then(pl.lit(heir)).otherwise("file"))
            self.rows[table][n] = part.filter(~is_file) if heir is None else renamed
        self.files = [entry for entry in self.files if (entry["table"], entry["file"]) != (table, file)]

    def copy(self) -> "Quarantine":
        """Another one with the same content."""
        return Quarantine({table: list(parts) for table, parts in self.rows.items()}, list(self.files))

    def add_rows(self, table: str, refused: pl.DataFrame) -> None:
        """Keeps rows; columns are the table's, beside `file`, `row_number` and `reason`."""
        if refused.height:
            self.rows.setdefault(table, []).append(_as_quarantined(refused))

    def add_file(self, file: FeedFile, reason: str) -> None:
        """Keeps the name of a file that could not be read."""
        size = file.path.stat().st_size if file.path.exists() else 0
        self.files.append({"file": file.name, "table": file.table, "reason": reason, "bytes": size})

    def forget(self, erased: dict[str, pl.Series]) -> None:
        """Drops the rows that are about erased subjects, given by kind."""
        names = {f"{kind}_id": ids for kind, ids in erased.items()}
        names["subject_id"] = pl.concat(list(erased.values()))
        named = pl.any_horizontal(
            pl.col("row").str.json_path_match(f"$.{column}").is_in(ids.implode()) for column, ids in names.items()
        ).fill_null(value=False)
        # What could not be taken apart may name somebody anywhere.
        is_in_pieces = pl.any_horizontal(pl.col(REASON).str.contains(said) for said in IN_PIECES)
        about = named | (is_in_pieces & pl.col("row").str.contains_any(names["subject_id"].implode()))
        if names["subject_id"].len():
            self.rows = {table: [part.filter(~about) for part in parts] for table, parts in self.rows.items()}

    def counts(self) -> dict[str, dict[str, int]]:
        """Refused rows of each table by reason."""
        by_table: dict[str, Counter[str]] = {table: Counter() for table in sorted(self.rows)}
        for table, counter in by_table.items():
            for part in self.rows[table]:
                counter.update(dict(part[REASON].value_counts().iter_rows()))
        return {table: dict(counter.most_common()) for table, counter in by_table.items() if counter}

    def write(self, folder: Path) -> None:
        """Writes `TABLE.parquet` for each table with refused rows, and `files.parquet`."""
        folder.mkdir(parents=True)
        for table, parts in self.rows.items():
            if not any(part.height for part in parts):
                continue
            rows = pl.concat(parts).sort("file", ROW_NUMBER, REASON)
            QuarantinedRows.validate(rows).write_parquet(folder / f"{table}.parquet")
        schema = {name: column.dtype for name, column in QuarantinedFiles.columns().items()}
        files = pl.DataFrame(self.files, schema=schema).sort("file")
        QuarantinedFiles.validate(files).write_parquet(folder / FILES)


def _as_quarantined(refused: pl.DataFrame) -> pl.DataFrame:
    """The rows as file, row_number, reason and JSON."""
    content = refused.drop("file", ROW_NUMBER, REASON)
    readable = content.select(_json_safe(name, dtype) for name, dtype in content.schema.items())
    return refused.select("file", pl.col(ROW_NUMBER).cast(pl.Int64), REASON).with_columns(row=_as_json(readable))


def _as_json(rows: pl.DataFrame) -> pl.Series:
    try:
        return rows.select(pl.struct(pl.all()).struct.json_encode()).to_series()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):  # an added column of a type that JSON has not
        return pl.Series([json.dumps(row, default=repr) for row in rows.iter_rows(named=True)], dtype=pl.String)


def _json_safe(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column such that JSON loses nothing of it: NaN and infinities by name, bytes in hexadecimal."""
    if isinstance(dtype, pl.List | pl.Array) and dtype.inner.is_float():
        return pl.col(name).cast(pl.List(pl.String)).alias(name)
    if dtype.is_float():
        return pl.col(name).cast(pl.String)
    if isinstance(dtype, pl.Datetime):
        named = within_calendar(pl.col(name), dtype).dt.to_string("iso")
        return pl.coalesce(named, pl.col(name).to_physical().cast(pl.String)).alias(name)
    if dtype == pl.Binary:
        return pl.coalesce(pl.col(name).cast(pl.String, strict=False), pl.col(name).bin.encode("hex")).alias(name)
    return pl.col(name)


WHAT_TO_DO: Final = {
    "without_zone": "write instants with a time zone, or set naive_instants_are_utc = true under [feed] in the file "
    "given with --config",
    "missing": "fill the column",
    "from_the_future": "check the clock of whoever writes the feed",
    "conflicting_content": "give each row its own id, or a recorded_at to versions of one",
}
WHAT_IT_TAKES: Final = {
    pl.Int64: "a whole number",
    pl.Boolean: "true or false",
    pl.Datetime: "an instant such as 2026-10-29T00:00:00Z",
    pl.List: "a list of numbers",
    pl.String: "text",
}


def refuse_too_many(quarantine: Quarantine, read_counts: dict[str, int], limit: float, where: Path) -> None:
    """Raises: TooManyQuarantined for the first table of which more than `limit`, as a share, is refused."""
    counts = quarantine.counts()
    for table, read in read_counts.items():
        refused = sum(counts.get(table, {}).values())
        if refused > limit * read:
            reason = next(iter(counts[table]))
            first = pl.concat(quarantine.rows[table]).filter(pl.col(REASON) == reason).sort("file", ROW_NUMBER)
            example = f"{first['file'][0]} row {first[ROW_NUMBER][0]}"
            advice = f"first in {example}: {_advice(table, reason, counts)}"
            raise TooManyQuarantined(table, refused / read, limit, reason, where, advice)


def _advice(table: str, reason: str, counts: dict[str, dict[str, int]]) -> str:
    """What to do about a reason."""
    if reason.startswith("unknown_"):
        named = f"{reason.removeprefix('unknown_')}s"
        lost = sum(counts.get(named, {}).values())
        also = f": {lost:,} rows of {named!r} are in quarantine themselves, look there first" if lost else ""
        return f"deliver the {named} too{also}"
    if reason.endswith("_wrong_type"):
        column = reason.removesuffix("_wrong_type")
        return f"{column} takes {WHAT_IT_TAKES[INPUTS[table].columns()[column].dtype.base_type()]}"
    return next((say for end, say in WHAT_TO_DO.items() if reason.endswith(end)), "mend the rows")
