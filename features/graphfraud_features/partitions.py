"""How accepted rows are kept: one Parquet file for each day of events, or month of what changes slowly, in one order.

The order of a partition's rows follows from their content alone, whatever came first, and puts
the plays of one listener side by side: whoever asks for a range of listeners reads little else.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import polars as pl

from graphfraud.tables import INPUTS, key_columns
from graphfraud_features.intake.salvage import ROW_NUMBER

DAILY: Final = {"streams": "started_at", "logins": "at"}
MONTHLY: Final = {
    "accounts": "created_at",
    "tracks": "uploaded_at",
    "listeners": "created_at",
    "embeddings": "recorded_at",
    "labels": "decided_at",
    "erasures": "at",
}
"""A day of these is a handful of rows: a file for each would cost more than it saves."""
HAPPENED_AT: Final = {**DAILY, **MONTHLY}
TABLES_IN_ORDER: Final = ("erasures", "accounts", "tracks", "listeners", "streams", "logins", "embeddings", "labels")
"""Who is gone, then subjects, then what names them."""
STREAMS: Final = "streams"
ERASURES: Final = "erasures"
GRACE: Final = timedelta(hours=24)
"""How far past both `as_of` and the clock an event may lie before its clock is called wrong."""
UNDATED: Final = "undated"
"""The partition of rows without an instant."""
FILE_IX: Final = "file_ix"
"""A file's row in the ledger."""
ORIGIN: Final = (FILE_IX, ROW_NUMBER)
ROW_GROUP_ROWS: Final = 65_536
PARTITION: Final = "partition"


def content_columns(table: str) -> list[str]:
    """What a row says, without where it came from."""
    return list(INPUTS[table].columns())


def stored_schema(table: str) -> dict[str, pl.DataType]:
    """Columns of a partition: content, then origin."""
    content = {name: column.dtype for name, column in INPUTS[table].columns().items()}
    return {**content, FILE_IX: pl.Int32(), ROW_NUMBER: pl.Int64()}


def order_columns(table: str) -> list[str]:
    """What the rows of a partition are sorted by; rows that agree in it stand in the order of their digests."""
    return ["listener_id", "started_at", "stream_id"] if table == "streams" else key_columns(table)


def partition_name(table: str) -> pl.Expr:
    """The partition of each row, UTC: `2026-09-01`, or `2026-09`."""
    at = pl.col(HAPPENED_AT[table])
    return at.dt.strftime("%Y-%m-%d" if table in DAILY else "%Y-%m").fill_null(UNDATED).alias(PARTITION)


def content_digests(content: pl.DataFrame) -> pl.Series:
    """SHA-256 of each row's content, in hex."""
    text = content.select(pl.struct(pl.all()).struct.json_encode()).to_series()
    return pl.Series([sha256(row.encode()).hexdigest() for row in text], dtype=pl.String)


class MergedRows(NamedTuple):
    """The rows of a partition, each content once."""

    rows: pl.DataFrame
    repeated_count: int


def merged_rows(parts: list[pl.DataFrame], table: str) -> MergedRows:
    """Rows from anywhere in the partition's order; of exact repeats the one that was read first stays."""
    order = order_columns(table)
    rows = pl.concat(parts).sort([*order, *ORIGIN], nulls_last=True)
    told_apart = rows.filter(~_is_like_previous(rows, content_columns(table)))
    like_previous = _is_like_previous(told_apart, order)
    shares_order = like_previous | like_previous.shift(-1, fill_value=False)
    if shares_order.any():
        told_apart = _by_content(told_apart, shares_order, table)
    return MergedRows(told_apart, rows.height - told_apart.height)


def _is_like_previous(rows: pl.DataFrame, columns: list[str]) -> pl.Series:
    """Whether each row agrees with the one before it in these columns."""
    alike = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in columns)
    return rows.select(alike & (pl.int_range(pl.len()) > 0)).to_series()


def _by_content(rows: pl.DataFrame, shares_order: pl.Series, table: str) -> pl.DataFrame:
    """The rows, those that only their content tells apart in the order of its digest, each content once."""
    order = order_columns(table)
    runs = rows.filter(shares_order)
    digested = runs.with_columns(digest=content_digests(runs.select(content_columns(table))))
    once = digested.sort([*order, "digest", *ORIGIN], nulls_last=True).unique(
        [*order, "digest"], keep="first", maintain_order=True
    )
    whole = pl.concat([rows.filter(~shares_order), once.drop("digest")])
    return whole.sort(order, nulls_last=True, maintain_order=True)
