"""What a GraphSAGE needs to see to judge some rows: their receptive field, layer by layer.

A few hundred labels do not need the whole platform in every pass. The field holds exactly the rows that
reach them, so their logits are those of the whole graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from graphfraud.graph.averaging import Averaging
from graphfraud.model.aggregate import Adjacency, adjacency
from graphfraud.model.inputs import SageInputs

PRECISION: Final = torch.float64
"""A hundred steps blow a rounding error up by about 1e5: in float32 a GPU's logits end 1e-2 away from a CPU's."""

Rows = Mapping[str, Int64[np.ndarray, " _row"]]
"""Sorted row numbers by node kind. (An axis `_like_this` has another length for each kind.)"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """How one layer's rows hang on the rows of the layer below."""

    kept_ix: dict[str, Tensor]
    """Where this layer's own rows stand in the layer below."""
    adjacencies: dict[str, Adjacency]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """All that reaches some rows of the graph."""

    seen: dict[str, Float[Tensor, "_row _channel"]]
    """What the rows of the lowest layer see, as `SageInputs` has it."""
    blocks: tuple[Block, ...]
    """One for each layer after the first, from the bottom up."""

    def to(self, device: str) -> "Field":
        """The same on a device, in the precision that models compute in."""
        return Field(
            seen={kind: values.to(device, PRECISION) for kind, values in self.seen.items()},
            blocks=tuple(
                Block(
                    kept_ix={kind: ix.to(device) for kind, ix in block.kept_ix.items()},
                    adjacencies={name: one.to(device, PRECISION) for name, one in block.adjacencies.items()},
                )
                for block in self.blocks
            ),
        )


def field_of(inputs: SageInputs, rows: Rows, layer_count: int) -> Field:
    """What `layer_count` layers need to see to judge `rows`; kinds that `rows` leaves out are not judged."""
    rows = {kind: rows.get(kind, np.zeros(0, np.int64)) for kind in inputs.seen}
    blocks: list[Block] = []
    for _ in range(layer_count - 1):
        above, rows = rows, _rows_below(inputs, rows)
        blocks.append(_block(inputs, above, rows))
    return Field(
        seen={kind: values[torch.from_numpy(rows[kind])] for kind, values in inputs.seen.items()},
        blocks=tuple(reversed(blocks)),
    )


def _rows_below(inputs: SageInputs, rows: Rows) -> Rows:
    """The rows and all their neighbours."""
    seen = {kind: np.zeros(len(values), np.bool_) for kind, values in inputs.seen.items()}
    for kind, ix in rows.items():
        seen[kind][ix] = True
    for averaging in inputs.averagings.values():
        seen[averaging.column_kind][averaging.ix[_edges_of(averaging, rows[averaging.row_kind])]] = True
    return {kind: np.flatnonzero(is_seen) for kind, is_seen in seen.items()}


def _edges_of(averaging: Averaging, rows: Int64[np.ndarray, " row"]) -> Int64[np.ndarray, " edge"]:
    """The edges of some rows, row by row."""
    count = np.diff(averaging.offsets)[rows]
    before = np.cumsum(count) - count
    edges: Int64[np.ndarray, " edge"] = np.repeat(averaging.offsets[rows] - before, count) + np.arange(count.sum())
    return edges


def _block(inputs: SageInputs, rows: Rows, below: Rows) -> Block:
    return Block(
        kept_ix={kind: torch.from_numpy(np.searchsorted(below[kind], ix)) for kind, ix in rows.items()},
        adjacencies={
            name: adjacency(_restricted(one, rows[one.row_kind], below[one.column_kind]))
            for name, one in inputs.averagings.items()
        },
    )


def _restricted(
    averaging: Averaging, rows: Int64[np.ndarray, " row"], columns: Int64[np.ndarray, " column"]
) -> Averaging:
    """The averaging of some rows over the columns that they reach."""
    edges = _edges_of(averaging, rows)
    return Averaging(
        name=averaging.name,
        row_kind=averaging.row_kind,
        column_kind=averaging.column_kind,
        column_count=len(columns),
        offsets=np.concatenate([[0], np.cumsum(np.diff(averaging.offsets)[rows])]),
        ix=np.searchsorted(columns, averaging.ix[edges]).astype(np.int32),
        share=averaging.share[edges],
    )
