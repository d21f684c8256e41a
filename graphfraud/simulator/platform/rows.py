"""What an actor puts up before the first day: frames whose ids are still numbers.

Numbers of a kind count from 0 and name nothing; names come last and in shuffled order (`naming`), so
that no id tells who made the row.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np
import polars as pl
from jaxtyping import Int

from graphfraud.simulator.platform.chance import Ints

INSTANT: Final = pl.Datetime("us", "UTC")
DAY_MS: Final = 86_400_000

SCHEMAS: Final[dict[str, pl.Schema]] = {
    "accounts": pl.Schema(
        {
            "account_id": pl.Int64(),
            "created_at": INSTANT,
            "country": pl.String(),
            "distributor_id": pl.String(),
            "payee_hash": pl.Int64(),
            "verified": pl.Boolean(),
            "account_type": pl.String(),
        }
    ),
    "tracks": pl.Schema(
        {
            "track_id": pl.Int64(),
            "account_id": pl.Int64(),
            "release_id": pl.Int64(),
            "isrc": pl.String(),
            "uploaded_at": INSTANT,
            "duration_ms": pl.Int64(),
            "title": pl.String(),
            "artist_name": pl.String(),
            "genre": pl.String(),
            "language": pl.String(),
            "contains_ai": pl.String(),
        }
    ),
    "listeners": pl.Schema(
        {
            "listener_id": pl.Int64(),
            "created_at": INSTANT,
            "country": pl.String(),
            "plan": pl.String(),
            "plan_group_hash": pl.Int64(),
        }
    ),
    "logins": pl.Schema(
        {
            "subject_kind": pl.String(),
            "subject_id": pl.Int64(),
            "device_id": pl.Int64(),
            "ip_hash": pl.Int64(),
            "at": INSTANT,
        }
    ),
    "embeddings": pl.Schema({"track_id": pl.Int64(), "model": pl.String(), "vector": pl.List(pl.Float32())}),
    "subjects": pl.Schema({"subject_kind": pl.String(), "subject_id": pl.Int64(), "role": pl.String()}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of each table; `subjects` names those that the truth speaks of."""

    accounts: pl.DataFrame = field(default_factory=SCHEMAS["accounts"].to_frame)
    tracks: pl.DataFrame = field(default_factory=SCHEMAS["tracks"].to_frame)
    listeners: pl.DataFrame = field(default_factory=SCHEMAS["listeners"].to_frame)
    logins: pl.DataFrame = field(default_factory=SCHEMAS["logins"].to_frame)
    embeddings: pl.DataFrame = field(default_factory=SCHEMAS["embeddings"].to_frame)
    subjects: pl.DataFrame = field(default_factory=SCHEMAS["subjects"].to_frame)


def together(parts: list[Rows]) -> Rows:
    """All rows of all parts."""
    return Rows(**{each.name: pl.concat([getattr(part, each.name) for part in parts]) for each in fields(Rows)})


def frame(table: str, **columns: Any) -> pl.DataFrame:
    """A frame of the table: one value stands in every row, absent columns are null.

    Units: instants in ms since 1970. A negative number is null.
    """
    schema = SCHEMAS[table]
    given = [_column(values, schema[name]).alias(name) for name, values in columns.items()]
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in columns]
    return pl.select(*given, *absent).select(schema.names())


def _column(values: Any, dtype: pl.DataType) -> pl.Series | pl.Expr:
    if not isinstance(values, np.ndarray | pl.Series | list):
        return pl.lit(values, dtype)
    if dtype == INSTANT:
        values = np.asarray(values) * 1_000
    column = pl.Series(values).cast(dtype)
    return pl.when(column >= 0).then(column) if dtype == pl.Int64() else column


def picked(names: tuple[str | None, ...], name_ix: Int[Ints, " row"]) -> pl.Series:
    """A column of the names at these places."""
    return pl.Series(names, dtype=pl.String).gather(name_ix)


def subjects_of(kind: str, ids: Int[Ints, " subject"], role: str = "member") -> pl.DataFrame:
    """Subjects of one kind that the truth speaks of."""
    return frame("subjects", subject_kind=kind, subject_id=ids, role=role)


ACCOUNT, TRACK, LISTENER = "account", "track", "listener"
DEVICE, ADDRESS, PAYEE, FAMILY, COLLECTION, LANE = "device", "address", "payee", "family", "collection", "lane"
"""Kinds of numbers. A collection is a release, playlist or station; a lane is one player, who plays one track at a
time: a listener mostly, and each of several where they share a subscription, or one has been taken over."""


class Numbers:
    """Numbers for new rows of each kind, from 0 on, each given once."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = dict.fromkeys(
            (ACCOUNT, TRACK, LISTENER, DEVICE, ADDRESS, PAYEE, FAMILY, COLLECTION, LANE), 0
        )

    def taken(self, kind: str, count: int) -> Int[Ints, " row"]:
        """`count` numbers of this kind, used up by being taken."""
        first = self.counts[kind]
        self.counts[kind] = first + count
        return np.arange(first, first + count)
