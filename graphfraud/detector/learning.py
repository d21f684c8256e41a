"""Forest and GraphSAGE side by side, fitted on some labels and asked about other nodes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Integer

from graphfraud.config import ModelSettings
from graphfraud.detector.neighbours import Columns, with_neighbour_means
from graphfraud.detector.splits import Groups, Labels, Mask, fold_masks, selected
from graphfraud.detector.trees import forest_logits
from graphfraud.graph.typed import Graph
from graphfraud.model.infer import logits_at
from graphfraud.model.inputs import SageInputs, sage_inputs
from graphfraud.model.train import Targets, TrainedSage, trained_sage


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How and where models are fitted."""

    settings: ModelSettings
    seed: int
    threads: int
    device: str


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """One graph as both models read it."""

    columns: dict[str, Columns]
    inputs: SageInputs


def material(graph: Graph) -> Material:
    """The graph with neighbour means for trees, and as inputs of a GraphSAGE."""
    return Material(with_neighbour_means(graph), sage_inputs(graph))


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """What both models say about the same nodes; NaN where there was nothing to learn from."""

    forest: Float64[np.ndarray, " node"]
    sage: Float64[np.ndarray, " node"]


def fitted_sage(labels: Labels, inputs: SageInputs, machine: Machine) -> TrainedSage | None:
    """A GraphSAGE fitted at once on all kinds that show both classes, or None when none does.

    A kind that shows one class alone would only learn to say it of everything. The number of passes is
    fixed: labels come in few cases, so the loss on some of them rises long before the ranking of all
    others stops getting better.
    """
    targets = {kind: Targets(node_ix=one.node_ix, is_fraud=one.is_fraud) for kind, one in labels.items() if one.shows()}
    if not targets:
        return None
    return trained_sage(inputs, targets, machine.settings, seed=machine.seed, device=machine.device)


def pairs(
    learned: Labels,
    sage: TrainedSage | None,
    source: Material,
    judged: Material,
    judged_ix: Mapping[str, Integer[np.ndarray, " _node"]],
    machine: Machine,
) -> dict[str, Pair]:
    """What a forest fitted on the source's labels and the GraphSAGE say about the judged nodes, by kind."""
    rows = {kind: np.unique(ix).astype(np.int64) for kind, ix in judged_ix.items()}
    sage_logits = logits_at(sage, judged.inputs, rows, device=machine.device) if sage else {}
    result = {}
    for kind, ix in judged_ix.items():
        if not learned[kind].shows():
            result[kind] = _unknown(len(ix))
            continue
        forest = forest_logits(
            source.columns[kind].values[learned[kind].node_ix],
            learned[kind].is_fraud,
            judged.columns[kind].values[ix],
            machine.settings,
            seed=machine.seed,
            threads=machine.threads,
        )
        result[kind] = Pair(forest, sage_logits[kind][np.searchsorted(rows[kind], ix)])
    return result


def _unknown(count: int) -> Pair:
    return Pair(np.full(count, np.nan), np.full(count, np.nan))


def pairs_on_masked(labels: Labels, mask: Mask, source: Material, machine: Machine) -> dict[str, Pair]:
    """What models fitted on the other labels say about those that the mask means."""
    learned, judged = selected(labels, mask, others=True), selected(labels, mask)
    sage = fitted_sage(learned, source.inputs, machine)
    return pairs(learned, sage, source, source, {kind: one.node_ix for kind, one in judged.items()}, machine)


def out_of_fold(labels: Labels, groups: Groups, source: Material, machine: Machine) -> dict[str, Pair]:
    """For every label what models say that saw nothing of its group."""
    result = {kind: _unknown(len(one.node_ix)) for kind, one in labels.items()}
    for mask in fold_masks(labels, groups, fold_count=machine.settings.fold_count, seed=machine.seed):
        for kind, pair in pairs_on_masked(labels, mask, source, machine).items():
            result[kind].forest[mask[kind]] = pair.forest
            result[kind].sage[mask[kind]] = pair.sage
    return result
