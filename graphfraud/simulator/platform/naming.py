"""Names for numbers, in shuffled order, so that no id tells who made the row or when."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from graphfraud.simulator.platform.chance import rng_for
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK

COLUMNS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "acc": (("accounts", "account_id"), ("tracks", "account_id")),
    "trk": (("tracks", "track_id"), ("streams", "track_id"), ("embeddings", "track_id")),
    "lis": (("listeners", "listener_id"), ("streams", "listener_id")),
    "str": (("streams", "stream_id"),),
    "col": (("tracks", "release_id"), ("streams", "context_id")),
    "dev": (("streams", "device_id"), ("logins", "device_id")),
    "ip": (("streams", "ip_hash"), ("logins", "ip_hash")),
    "pay": (("accounts", "payee_hash"),),
    "fam": (("listeners", "plan_group_hash"),),
}
"""Which columns each kind of name stands in; `col` is a collection: a release, playlist or station."""

SUBJECT_PREFIX: Final = {ACCOUNT: "acc", TRACK: "trk", LISTENER: "lis"}


def named(tables: Mapping[str, pl.DataFrame], seed: int) -> dict[str, pl.DataFrame]:
    """The tables with names for numbers: one number, one name, wherever it stands."""
    book = {prefix: _names(prefix, places, tables, seed) for prefix, places in COLUMNS.items()}
    renamed = dict(tables)
    for prefix, places in COLUMNS.items():
        for table, column in places:
            renamed[table] = renamed[table].with_columns(_renamed(column, book[prefix]))
    for table, rows in renamed.items():
        if "subject_id" in rows.columns:
            renamed[table] = rows.with_columns(_subject_name(book))
    return renamed


def _names(
    prefix: str, places: tuple[tuple[str, str], ...], tables: Mapping[str, pl.DataFrame], seed: int
) -> tuple[pl.Series, pl.Series]:
    """All numbers of a kind, and their names."""
    numbers = pl.concat([tables[table][column].drop_nulls().unique() for table, column in places]).unique().sort()
    places_drawn = pl.Series(rng_for(seed, f"names of {prefix}").permutation(len(numbers)), dtype=pl.Int64)
    width = max(6, len(str(len(numbers))))
    return numbers, f"{prefix}-" + places_drawn.cast(pl.String).str.zfill(width)


def _renamed(column: str, names: tuple[pl.Series, pl.Series]) -> pl.Expr:
    if names[0].is_empty():
        return pl.lit(None, pl.String).alias(column)  # with nothing to replace, Polars keeps the numbers' type
    return pl.col(column).replace_strict(*names, return_dtype=pl.String)


def _subject_name(book: Mapping[str, tuple[pl.Series, pl.Series]]) -> pl.Expr:
    """`subject_id` by the names of its `subject_kind`."""
    by_kind = [
        pl.when(pl.col("subject_kind") == kind).then(
            pl.col("subject_id").replace_strict(*book[prefix], default=None, return_dtype=pl.String)
        )
        for kind, prefix in SUBJECT_PREFIX.items()
    ]
    return pl.coalesce(by_kind).alias("subject_id")
