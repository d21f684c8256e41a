"""Whose mean a node takes, and with which shares: the one place where neighbours are weighed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from graphfraud.graph.typed import EdgeSet, Graph
from graphfraud.vocabulary import STREAMED

HUB_DAMPING: Final = {STREAMED.name: 0.5}
"""A target that n sources share weighs n ** -this in a source's mean: hits drown nothing.

Shared means stand here no more: the weight of their edges says already how few strangers share them.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Averaging:
    """A row-normalised matrix [row, column] in CSR: each row takes a weighted mean of its columns."""

    name: str
    """The relation for the mean that a source takes, with `_by` after it for the one that a target takes."""
    row_kind: str
    column_kind: str
    column_count: int
    offsets: Int64[np.ndarray, " row_offset"]
    ix: Int32[np.ndarray, " edge"]
    share: Float32[np.ndarray, " edge"]
    """Adds up to 1 in a row; a row without edges has none."""

    @property
    def row_count(self) -> int:
        """Number of nodes that take a mean."""
        return len(self.offsets) - 1


def averagings(graph: Graph) -> dict[str, Averaging]:
    """Both means of every relation, by name: what a source's targets are like, and a target's sources."""
    both = (mean for name in sorted(graph.edges) for mean in _both_ways(graph.edges[name]))
    return {mean.name: mean for mean in both}


def _both_ways(edges: EdgeSet) -> tuple[Averaging, Averaging]:
    relation = edges.relation
    hub_count = np.diff(edges.target_offsets).astype(np.float64)[edges.target_ix]
    damping = hub_count ** -HUB_DAMPING.get(relation.name, 0.0)
    of_targets = Averaging(
        name=relation.name,
        row_kind=relation.source,
        column_kind=relation.target,
        column_count=edges.target_count,
        offsets=edges.source_offsets,
        ix=edges.target_ix,
        share=_row_shares(edges.source_offsets, np.log1p(edges.weight.astype(np.float64)) * damping),
    )
    of_sources = Averaging(
        name=f"{relation.name}_by",
        row_kind=relation.target,
        column_kind=relation.source,
        column_count=edges.source_count,
        offsets=edges.target_offsets,
        ix=edges.source_ix,
        share=_row_shares(edges.target_offsets, np.log1p(edges.reverse_weight.astype(np.float64))),
    )
    return of_targets, of_sources


def _row_shares(
    offsets: Int64[np.ndarray, " row_offset"], weight: Float64[np.ndarray, " edge"]
) -> Float32[np.ndarray, " edge"]:
    row_ix = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    totals = np.bincount(row_ix, weights=weight, minlength=len(offsets) - 1)
    return (weight / totals[row_ix]).astype(np.float32)
