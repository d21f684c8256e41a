"""Who a row names: whether that subject is known, or erased, or whether the row waits for it."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from graphfraud.vocabulary import ACCOUNT, ID_COLUMN, LISTENER, SUBJECT_KINDS, TRACK

NAMED_KINDS: Final = {
    "accounts": (ACCOUNT,),
    "tracks": (TRACK, ACCOUNT),
    "listeners": (LISTENER,),
    "streams": (LISTENER, TRACK),
    "embeddings": (TRACK,),
}
"""Kinds of the subjects that a row names by their id columns."""
OWN_KIND: Final = {"accounts": ACCOUNT, "tracks": TRACK, "listeners": LISTENER}
"""The kind that a row of the table makes known."""
SUBJECT_TABLES: Final = ("logins", "labels")
"""Tables whose rows name any one subject, by its kind and id."""


def names_any(table: str, ids: dict[str, pl.Series]) -> pl.Expr:
    """Whether a row names one of these ids, given by kind."""
    if table in SUBJECT_TABLES:
        told = [(pl.col("subject_kind") == kind) & _is_in("subject_id", ids[kind]) for kind in SUBJECT_KINDS]
    else:
        told = [_is_in(ID_COLUMN[kind], ids[kind]) for kind in NAMED_KINDS.get(table, ())]
    return pl.any_horizontal(pl.lit(value=False), *told)


def _is_in(column: str, ids: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(ids.implode())


@dataclass(slots=True)
class KnownSubjects:
    """Ids of the subjects delivered so far, by kind."""

    ids: dict[str, pl.DataFrame] = field(default_factory=dict)
    """One column, the kind's id, each once."""

    def with_reasons(self, rows: pl.DataFrame, table: str) -> pl.DataFrame:
        """The rows with a `reason` each: `unknown_track` and the like where one waits, else null."""
        if table in SUBJECT_TABLES:
            return self._of_any_kind(rows)
        named = [kind for kind in NAMED_KINDS.get(table, ()) if kind != OWN_KIND.get(table)]
        reasons = [pl.when(pl.col(f"{kind}_is_known").is_null()).then(pl.lit(f"unknown_{kind}")) for kind in named]
        for kind in named:
            known = self.ids[kind].with_columns(pl.lit(value=True).alias(f"{kind}_is_known"))
            rows = rows.join(known, on=ID_COLUMN[kind], how="left", maintain_order="left")
        reason = pl.coalesce(pl.lit(None, pl.String), *reasons)
        return rows.with_columns(reason=reason).drop(f"{kind}_is_known" for kind in named)

    def _of_any_kind(self, rows: pl.DataFrame) -> pl.DataFrame:
        known = pl.concat(
            self.ids[kind].select(
                subject_kind=pl.lit(kind), subject_id=pl.col(ID_COLUMN[kind]), is_known=pl.lit(value=True)
            )
            for kind in SUBJECT_KINDS
        )
        # A kind of subject that this release does not know is kept: enumerations stay open.
        waits = pl.col("is_known").is_null() & pl.col("subject_kind").is_in(SUBJECT_KINDS)
        joined = rows.join(known, on=["subject_kind", "subject_id"], how="left", maintain_order="left")
        return joined.with_columns(reason=pl.when(waits).then("unknown_" + pl.col("subject_kind"))).drop("is_known")
