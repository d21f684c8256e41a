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
        """Channels of a kind's own features; one, always 0, where it has none."""
        return max(1, len(self.feature_names[kind]))

    def means_of(self, kind: str) -> list[MeanOver]:
        """The means that nodes of a kind take, in the order in which they see them."""
        return [mean for mean in self.means if mean.row_kind == kind]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SageInputs:
    """What every node sees before anything is learned."""

    schema: Schema
    seen: dict[str, Float[Tensor, "_node _channel"]]
    """By kind: its own ranked features, then the means of its neighbours' ones, in the schema's order.

    No weight enters these first means, so they are taken once.
    """
    averagings: dict[str, Averaging]


def sage_inputs(graph: Graph) -> SageInputs:
    """The graph as a GraphSAGE reads it."""
    own = {kind: _channels(nodes) for kind, nodes in sorted(graph.nodes.items())}
    by_name = averagings(graph)
    schema = Schema(
        feature_names={kind: graph.nodes[kind].feature_names for kind in own},
        means=tuple(
            MeanOver(name=name, row_kind=one.row_kind, column_kind=one.column_kind) for name, one in by_name.items()
        ),
    )
    seen = {
        kind: torch.cat(
            [values, *(_mean(by_name[mean.name], own[mean.column_kind]) for mean in schema.means_of(kind))], dim=1
        )
        for kind, values in own.items()
    }
    return SageInputs(schema=schema, seen=seen, averagings=by_name)


def _channels(nodes: NodeSet) -> Float[Tensor, "node channel"]:
    ranked = ranked_features(nodes)
    return torch.from_numpy(ranked if ranked.shape[1] else np.zeros((nodes.count, 1), np.float32))


def _mean(averaging: Averaging, values: Float[Tensor, "column channel"]) -> Float[Tensor, "row channel"]:
    shape = averaging.row_count, averaging.column_count
    return csr_tensor(averaging.offsets, averaging.ix, averaging.share, shape) @ values
