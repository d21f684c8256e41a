"""Which nodes of a graph go into the database: all, or what surrounds its rings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from jaxtyping import Bool

from graphfraud.graph.typed import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The nodes that go in."""

    masks: Mapping[str, Bool[np.ndarray, " node"]] | None = None
    """By kind and row number; all where it is None."""
    ids: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """By kind of subject, a column `id`: those that are kept, where not all are."""

    def mask(self, kind: str) -> Bool[np.ndarray, " node"] | None:
        """Truth values by row number; None for all."""
        return None if self.masks is None else self.masks[kind]

    def of_kind(self, rows: pl.DataFrame, kind: str, column: str) -> pl.DataFrame:
        """The rows whose subject is kept, in order."""
        if self.masks is None:
            return rows
        return rows.join(self.ids[kind], left_on=column, right_on="id", how="semi", maintain_order="left")

    def of_rows(self, graph: Graph, kind: str) -> pl.Series:
        """The ids of a kind's nodes that are kept, in order."""
        ids, mask = pl.Series(graph.nodes[kind].ids(), dtype=pl.String), self.mask(kind)
        return ids if mask is None else ids.filter(pl.Series(mask))


def kept_of(graph: Graph, masks: Mapping[str, Bool[np.ndarray, " node"]]) -> Kept:
    """What is kept, by masks."""
    ids = {
        kind: pl.DataFrame({"id": pl.Series(graph.nodes[kind].ids(), dtype=pl.String).filter(pl.Series(mask))})
        for kind, mask in masks.items()
    }
    return Kept(masks=masks, ids=ids)
