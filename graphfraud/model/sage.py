"""GraphSAGE over several kinds of nodes (Hamilton et al. 2017), with PyTorch Geometric's convolution."""

import warnings
from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphfraud.config import ModelSettings
from graphfraud.model.aggregate import neighbour_mean
from graphfraud.model.field import Field
from graphfraud.model.inputs import MeanOver, Schema
from graphfraud.vocabulary import MEAN

with warnings.catch_warnings():
    # Importing PyG 2.8 runs torch.jit.script, which torch 2.13 calls deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from torch_geometric.nn import SAGEConv

Channels = Mapping[str, Float[Tensor, "row channel"]]


class SageLayer(nn.Module):
    """One hop: each kind adds to its state what its neighbours' means and its own state say."""

    def __init__(self, means: tuple[MeanOver, ...], widths: Mapping[str, int], settings: ModelSettings) -> None:
        super().__init__()
        hidden = settings.hidden_count
        self.means = means
        self.dropout_share = settings.dropout_share
        self.convolutions = nn.ModuleDict(
            {mean.name: SAGEConv((widths[mean.column_kind], widths[mean.row_kind]), hidden) for mean in means}
        )
        self.norms = nn.ModuleDict({kind: nn.LayerNorm(hidden) for kind in widths})

    def forward(self, state: Channels, own: Channels, heard: Channels) -> dict[str, Float[Tensor, "row hidden"]]:
        """The new state of each row from its state, its own channels and its neighbours' means."""
        said = {kind: torch.zeros_like(values) for kind, values in state.items()}
        for mean in self.means:
            convolution = self.convolutions[mean.name]
            said[mean.row_kind] = said[mean.row_kind] + convolved(convolution, heard[mean.name], own[mean.row_kind])
        return {kind: values + self._dropped(self.norms[kind](said[kind]).relu()) for kind, values in state.items()}

    def _dropped(self, values: Float[Tensor, "row hidden"]) -> Float[Tensor, "row hidden"]:
        """The values without some units, the same for all rows.

        A mask for each row would hang on the order of rows and on the device's random numbers.
        """
        if not self.training or not self.dropout_share:
            return values
        kept = torch.rand(values.shape[1]) >= self.dropout_share
        return values * (kept / (1.0 - self.dropout_share)).to(values)


def convolved(
    convolution: SAGEConv, heard: Float[Tensor, "row channel"], own: Float[Tensor, "row own"]
) -> Float[Tensor, "row hidden"]:
    """What the convolution returns, given the neighbours' means that it would take edge by edge."""
    said: Tensor = convolution.lin_l(heard) + convolution.lin_r(own)
    return said


class GraphSage(nn.Module):
    """A logit of fraud for every node of every kind but shared means."""

    def __init__(self, schema: Schema, settings: ModelSettings) -> None:
        super().__init__()
        self.schema = schema
        hidden = settings.hidden_count
        widths = {kind: schema.width(kind) for kind in schema.feature_names}
        hidden_widths = dict.fromkeys(widths, hidden)
        self.projections = nn.ModuleDict({kind: nn.Linear(width, hidden) for kind, width in widths.items()})
        self.layers = nn.ModuleList(
            SageLayer(schema.means, widths if layer == 0 else hidden_widths, settings)
            for layer in range(settings.layer_count)
        )
        self.heads = nn.ModuleDict({kind: nn.Linear(hidden, 1) for kind in widths if kind != MEAN})

    def forward(self, field: Field) -> dict[str, Float[Tensor, " row"]]:
        """The logits of the rows that the field was made for."""
        # {kind: [row, feature]} -> {kind: [row, hidden]}
        state = {kind: project(field.features[kind]) for kind, project in self.projections.items()}

        # One hop on features: {mean: [row, feature]} -> {kind: [row, hidden]}
        first, *further = self.layers
        state = first(state, field.features, field.means)

        # One hop more each: {kind: [row below, hidden]} -> {kind: [row, hidden]}
        for layer, block in zip(further, field.blocks, strict=True):
            heard = {
                mean.name: neighbour_mean(block.adjacencies[mean.name], state[mean.column_kind])
                for mean in self.schema.means
            }
            kept = {kind: state[kind].index_select(0, ix) for kind, ix in block.kept_ix.items()}
            state = layer(kept, kept, heard)

        # {kind: [row, hidden]} -> {kind: [row]}
        return {kind: head(state[kind]).squeeze(1) for kind, head in self.heads.items()}
