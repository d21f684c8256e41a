"""GraphSAGE over several kinds of nodes (Hamilton et al. 2017), with PyTorch Geometric's convolution."""

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from graphfraud.config import ModelSettings
from graphfraud.model.aggregate import neighbour_mean
from graphfraud.model.field import Block, Field
from graphfraud.model.inputs import Schema
from graphfraud.vocabulary import SUBJECT_KINDS

with warnings.catch_warnings():
    # Importing PyG 2.8 runs torch.jit.script, which torch 2.13 calls deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from torch_geometric.nn import SAGEConv

State = Mapping[str, Float[Tensor, "_row hidden"]]
Seen = Mapping[str, Float[Tensor, "_row _channel"]]
"""By kind: a row's own channels, then its means of neighbours' channels in the schema's order."""


class SageLayer(nn.Module):
    """One hop: each kind adds to its state what its neighbours' means and its own channels say."""

    def __init__(
        self, schema: Schema, widths: Mapping[str, int], settings: ModelSettings, chance: torch.Generator
    ) -> None:
        super().__init__()
        hidden = settings.hidden_count
        self.chance = chance
        self.schema = schema
        self.hidden_count = hidden
        self.dropout_share = settings.dropout_share
        # Any, because a ModuleDict forgets that it holds SAGEConv.
        self.convolutions: Any = nn.ModuleDict(
            {mean.name: SAGEConv((widths[mean.column_kind], widths[mean.row_kind]), hidden) for mean in schema.means}
        )
        self.norms = nn.ModuleDict({kind: nn.LayerNorm(hidden) for kind in widths})

    def forward(self, state: State, seen: Seen) -> dict[str, Float[Tensor, "_row hidden"]]:
        """The new state of each row from its state and what it sees."""
        return {
            kind: values + self._dropped(self.norms[kind](self.convolved(kind, seen[kind])).relu())
            for kind, values in state.items()
        }

    def convolved(self, kind: str, seen: Float[Tensor, "row channel"]) -> Float[Tensor, "row hidden"]:
        """The sum of what the kind's convolutions return, given the means that they would take edge by edge.

        One product with their weights side by side: rows are many and channels few.
        """
        convolutions = [self.convolutions[mean.name] for mean in self.schema.means_of(kind)]
        if not convolutions:
            return seen.new_zeros(len(seen), self.hidden_count)
        own_weight = torch.stack([convolution.lin_r.weight for convolution in convolutions]).sum(dim=0)
        weight = torch.cat([own_weight, *(convolution.lin_l.weight for convolution in convolutions)], dim=1)
        bias = torch.stack([convolution.lin_l.bias for convolution in convolutions]).sum(dim=0)
        return linear(seen, weight, bias)

    def _dropped(self, values: Float[Tensor, "row hidden"]) -> Float[Tensor, "row hidden"]:
        """The values without some units, the same for all rows.

        A mask for each row would hang on the order of rows and on the device's random numbers.
        """
        if not self.training or not self.dropout_share:
            return values
        kept = torch.rand(values.shape[1], generator=self.chance) >= self.dropout_share
        return values * (kept / (1.0 - self.dropout_share)).to(values)


class GraphSage(nn.Module):
    """A logit of fraud for every node of every kind of subject."""

    def __init__(self, schema: Schema, settings: ModelSettings) -> None:
        super().__init__()
        self.schema = schema
        self.chance = torch.Generator()
        """What dropout is drawn from: on the CPU, so that a GPU drops the same units."""
        hidden = settings.hidden_count
        widths = {kind: schema.width(kind) for kind in schema.feature_names}
        hidden_widths = dict.fromkeys(widths, hidden)
        self.projections = nn.ModuleDict({kind: nn.Linear(width, hidden) for kind, width in widths.items()})
        self.layers = nn.ModuleList(
            SageLayer(schema, widths if layer == 0 else hidden_widths, settings, self.chance)
            for layer in range(settings.layer_count)
        )
        self.heads = nn.ModuleDict({kind: nn.Linear(hidden, 1) for kind in widths if kind in SUBJECT_KINDS})

    def forward(self, field: Field) -> dict[str, Float[Tensor, " _row"]]:
        """The logits of the rows that the field was made for."""
        # {kind: [row, channel]} -> {kind: [row, hidden]}
        state = {
            kind: project(field.seen[kind][:, : self.schema.width(kind)]) for kind, project in self.projections.items()
        }

        # One hop over features: {kind: [row, channel]} -> {kind: [row, hidden]}
        first, *further = self.layers
        state = first(state, field.seen)

        # One hop over states each: {kind: [row below, hidden]} -> {kind: [row, hidden]}
        for layer, block in zip(further, field.blocks, strict=True):
            kept = {kind: state[kind].index_select(0, ix) for kind, ix in block.kept_ix.items()}
            state = layer(kept, self._seen(kept, state, block))

        # {kind: [row, hidden]} -> {kind: [row]}
        return {kind: head(state[kind]).squeeze(1) for kind, head in self.heads.items()}

    def _seen(self, kept: State, below: State, block: Block) -> dict[str, Float[Tensor, "_row _channel"]]:
        """Each row's own state, then the means over its neighbours' states in the layer below."""
        return {
            kind: torch.cat(
                [
                    own,
                    *(
                        neighbour_mean(block.adjacencies[mean.name], below[mean.column_kind])
                        for mean in self.schema.means_of(kind)
                    ),
                ],
                dim=1,
            )
            for kind, own in kept.items()
        }
