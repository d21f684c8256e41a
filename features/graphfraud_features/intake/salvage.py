"""Rows of text files, as columns of strings; a row that cannot be taken apart is kept and says why.

Lists (an embedding's vector in NDJSON) stay lists; everything else is text until `rows.py` types it.
"""

import csv
import json
from collections.abc import Container, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl

Row = dict[str, Any]
ROW_NUMBER: Final = "row_number"
"""1 for the first row of data in a file."""
BROKEN: Final = "broken"
"""Why a row could not even be taken apart; null for the others."""
OURS: Final = frozenset({ROW_NUMBER, BROKEN, "file", "file_ix", "reason", "fate", "extra_fields", "text"})
"""Names that rows get on their way; a delivered column of such a name is set apart."""
LONGEST_FIELD: Final = 2**31 - 1


def set_apart(column: str) -> str:
    """A delivered column's name, told apart from ours where they are the same."""
    return f"{column} (delivered)" if column in OURS else column


def csv_rows(path: Path, batch_rows: int) -> Iterator[pl.DataFrame]:
    """Batches of a CSV file's rows; the fast reader where the file is sound, the patient one where it is not."""
    try:
        whole = pl.read_csv(path, infer_schema=False, glob=False)
    except pl.exceptions.ComputeError:
        yield from _batches(_patient_csv(path), batch_rows)
    else:
        numbered = whole.rename(set_apart).with_row_index(ROW_NUMBER, offset=1)
        yield from numbered.iter_slices(batch_rows)


def csv_header(path: Path) -> list[str]:
    """The column names of a CSV file.

    Raises: ValueError for an empty file.
    """
    with path.open(encoding="utf-8-sig", errors="backslashreplace", newline="") as lines:
        header = next(csv.reader(lines), None)
    if header is None:
        raise ValueError("empty file")
    return header


def _patient_csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        reader = csv.reader(lines, strict=True)  # a quote that nobody closes must not swallow the rest
        header = [set_apart(_readable(name)) for name in next(reader)]
        for number, values in enumerate((row for row in reader if row), start=1):
            told = [_readable(value) for value in values]
            row: Row = {ROW_NUMBER: number, **dict(zip(header, [text or None for text in told], strict=False))}
            if len(values) != len(header):
                extra = json.dumps(told[len(header) :])
                row |= {BROKEN: f"has_{len(values)}_fields_of_{len(header)}", "extra_fields": extra}
            elif told != values:
                row[BROKEN] = "not_utf8"
            yield row


def _readable(text: str) -> str:
    r"""The text with bytes that are no UTF-8 as `\x` and two digits."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def ndjson_rows(path: Path, batch_rows: int, list_columns: Container[str]) -> Iterator[pl.DataFrame]:
    """Batches of an NDJSON file's rows; a list stays one in `list_columns`, and is text elsewhere."""
    with path.open(encoding="utf-8-sig", errors="backslashreplace") as lines:
        numbered = ((number, line.rstrip("\n")) for number, line in enumerate(lines, start=1) if line.strip())
        yield from _batches((_ndjson_row(number, line, list_columns) for number, line in numbered), batch_rows)


def _ndjson_row(number: int, line: str, list_columns: Container[str]) -> Row:
    provenance: Row = {ROW_NUMBER: number}
    try:
        values = json.loads(line)
        if not isinstance(values, dict):
            return provenance | {BROKEN: "not_an_object", "text": line}
        row = {set_apart(key): _as_text(value, keep_list=key in list_columns) for key, value in values.items()}
        json.dumps(row, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # half a surrogate pair is no text either
        return provenance | {BROKEN: "not_json", "text": line}
    return row | provenance


def _as_text(value: Any, *, keep_list: bool) -> str | list[str | None] | None:
    if value is None or isinstance(value, str):
        return value
    if keep_list and isinstance(value, list):
        return [None if item is None else str(item) for item in value]
    return json.dumps(value)


def _batches(rows: Iterable[Row], batch_rows: int) -> Iterator[pl.DataFrame]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, batch_rows)):
        columns = dict.fromkeys(key for row in chunk for key in row)
        yield pl.DataFrame([_series(column, [row.get(column) for row in chunk]) for column in columns])


def _series(name: str, values: list[Any]) -> pl.Series:
    if name == ROW_NUMBER:
        return pl.Series(name, values, dtype=pl.Int64)
    if any(isinstance(value, list) for value in values):
        return pl.Series(name, [v if isinstance(v, list) else None for v in values], dtype=pl.List(pl.String))
    return pl.Series(name, values, dtype=pl.String)
