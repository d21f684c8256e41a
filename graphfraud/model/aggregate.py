"""Weighted means over neighbours as one sparse product; no message of a single edge ever exists."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, Int32, Int64
from torch import Tensor

from graphfraud.graph.averaging import Averaging

with warnings.catch_warnings():
    # Torch says once in a process that sparse CSR is in beta: here, before threads share the filters.
    warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta", UserWarning)
    torch.eye(1).to_sparse_csr()


@dataclass(frozen=True, slots=True, eq=False)
class Adjacency:
    """A row-normalised matrix and its transpose, both in CSR: one to go forward, one to come back."""

    rows: Tensor
    columns: Tensor

    def to(self, device: str, precision: torch.dtype) -> "Adjacency":
        """The same on a device, in a precision."""
        return Adjacency(self.rows.to(device, precision), self.columns.to(device, precision))


def neighbour_mean(adjacency: Adjacency, values: Float[Tensor, "column channel"]) -> Float[Tensor, "row channel"]:
    """The weighted mean of each row's columns; 0 for a row without any."""
    mean: Tensor = _NeighbourMean.apply(values, adjacency)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return mean


class _NeighbourMean(torch.autograd.Function):
    """A product that comes back through the stored transpose; torch would sort the matrix anew each time."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, adjacency: Adjacency) -> Tensor:
        ctx.adjacency = adjacency
        return adjacency.rows @ values

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.adjacency.columns @ gradients[0].contiguous(), None


def adjacency(averaging: Averaging) -> Adjacency:
    """The averaging as sparse tensors."""
    shape = averaging.row_count, averaging.column_count
    order = np.argsort(averaging.ix, kind="stable")
    row_ix = np.repeat(np.arange(shape[0], dtype=np.int32), np.diff(averaging.offsets))
    column_offsets = np.concatenate([[0], np.cumsum(np.bincount(averaging.ix, minlength=shape[1]))])
    return Adjacency(
        rows=csr_tensor(averaging.offsets, averaging.ix, averaging.share, shape),
        columns=csr_tensor(column_offsets, row_ix[order], averaging.share[order], shape[::-1]),
    )


def csr_tensor(
    offsets: Int64[np.ndarray, " row_offset"],
    ix: Int32[np.ndarray, " edge"],
    share: Float32[np.ndarray, " edge"],
    shape: tuple[int, int],
) -> Tensor:
    """A sparse CSR matrix, its invariants checked; int32 indices take half the memory traffic of int64."""
    if len(ix) > np.iinfo(np.int32).max:
        raise ValueError(f"{len(ix)} edges of one relation are more than an int32 offset counts")
    return torch.sparse_csr_tensor(
        torch.from_numpy(offsets.astype(np.int32)),
        torch.from_numpy(ix.astype(np.int32)),
        torch.from_numpy(share.astype(np.float32)),
        shape,
        check_invariants=True,
    )
