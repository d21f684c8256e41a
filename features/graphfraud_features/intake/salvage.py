"""Rows of text files, as columns of strings; a row that cannot be taken apart is kept and says why.

Lists (an embedding's vector in NDJSON) stay lists; everything else is text until `rows.py` types it.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

Row = dict[str, Any]


def csv_rows(path: Path, batch_rows: int) -> Iterator[pl.DataFrame]:
    """Batches of a CSV file's rows; the fast reader where the file is sound, the patient one where it is not."""
    try:
        whole = pl.read_csv(path, infer_schema=False, row_index_name="row_number", row_index_offset=1, glob=False)
    except pl.exceptions.ComputeError:
        yield from _batches(_patient_csv(path), batch_rows)
    else:
        yield from whole.iter_slices(batch_rows)


def _patient_csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", errors="backslashreplace", newline="") as lines:
        reader = csv.reader(lines)
        header = next(reader)
        for number, values in enumerate((row for row in reader if row), start=1):
            row: Row = {"row_number": number, **dict(zip(header, [value or None for value in values], strict=False))}
            if len(values) != len(header):
                extra = json.dumps(values[len(header) :])
                row |= {"broken": f"has_{len(values)}_fields_of_{len(header)}", "extra_fields": extra}
            elif any("\\x" in value for value in values):
                row["broken"] = "not_utf8"
            yield row


def ndjson_rows(path: Path, batch_rows: int) -> Iterator[pl.DataFrame]:
    """Batches of an NDJSON file's rows."""
    with path.open(encoding="utf-8", errors="backslashreplace") as lines:
        yield from _batches((_ndjson_row(n, line) for n, line in enumerate(lines, start=1) if line.strip()), batch_rows)


def _ndjson_row(number: int, line: str) -> Row:
    try:
        values = json.loads(line)
    except ValueError:
        return {"row_number": number, "broken": "not_json", "text": line.rstrip("\n")}
    if not isinstance(values, dict):
        return {"row_number": number, "broken": "not_an_object", "text": line.rstrip("\n")}
    return {**{key: _as_text(value) for key, value in values.items()}, "row_number": number}


def _as_text(value: Any) -> str | list[str | None] | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return [None if item is None else str(item) for item in value]
    return json.dumps(value)


def _batches(rows: Iterable[Row], batch_rows: int) -> Iterator[pl.DataFrame]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, batch_rows)):
        columns = dict.fromkeys(key for row in chunk for key in row)
        yield pl.DataFrame([_series(column, [row.get(column) for row in chunk]) for column in columns])


def _series(name: str, values: list[Any]) -> pl.Series:
    if name == "row_number":
        return pl.Series(name, values, dtype=pl.Int64)
    if any(isinstance(value, list) for value in values):
        return pl.Series(name, [v if isinstance(v, list) else None for v in values], dtype=pl.List(pl.String))
    return pl.Series(name, values, dtype=pl.String)
