"""A graph made ready for a GraphSAGE: what stays the same in every pass of every model on it."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from graphfraud.graph.averaging import Averaging, averagings
from graphfraud.graph.typed import Graph, NodeSet, ranked_features
from graphfraud.model.aggregate import csr_tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOver:
    """A mean that nodes of one kind take over nodes of another."""

    name: str
    row_kind: str
    column_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a model reads: features by node kind, and means."""

    feature_names: dict[str, tuple[str, ...]]
    means: tuple[MeanOver, ...]

    def width(self, kind: str) -> int:
        """Input channels of a kind; one, always 0, where it has no feature."""
        return max(1, len(self.feature_names[kind]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SageInputs:
    """A graph made ready: what stays the same in every pass of every model on it."""

    schema: Schema
    features: dict[str, Float[Tensor, "node channel"]]
    averagings: dict[str, Averaging]
    means: dict[str, Float[Tensor, "node channel"]]
    """The first means: of the neighbours' features."""


def sage_inputs(graph: Graph) -> SageInputs:
    """The graph's ranked features, averagings and first means."""
    features = {kind: _channels(nodes) for kind, nodes in sorted(graph.nodes.items())}
    by_name = averagings(graph)
    return SageInputs(
        schema=Schema(
            feature_names={kind: graph.nodes[kind].feature_names for kind in features},
            means=tuple(
                MeanOver(name=name, row_kind=one.row_kind, column_kind=one.column_kind) for name, one in by_name.items()
            ),
        ),
        features=features,
        averagings=by_name,
        means={name: _first_mean(one, features[one.column_kind]) for name, one in by_name.items()},
    )


def _channels(nodes: NodeSet) -> Float[Tensor, "node channel"]:
    ranked = ranked_features(nodes)
    return torch.from_numpy(ranked if ranked.shape[1] else np.zeros((nodes.count, 1), np.float32))


def _first_mean(averaging: Averaging, values: Float[Tensor, "column channel"]) -> Float[Tensor, "row channel"]:
    shape = averaging.row_count, averaging.column_count
    return csr_tensor(averaging.offsets, averaging.ix, averaging.share, shape) @ values
