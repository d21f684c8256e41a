"""Forest and GraphSAGE side by side, fitted on some labels and asked about other nodes."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Integer

from graphfraud.config import ModelSettings
from graphfraud.detector.neighbours import Columns, with_neighbour_means
from graphfraud.detector.splits import Labels, Mask, selected
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


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What models fitted on some labels say about some nodes, by kind, and the GraphSAGE among them."""

    pairs: dict[str, Pair]
    sage: TrainedSage | None
    """None when no kind shows both classes."""


def fitted(
    labels: Labels,
    source: Material,
    judged: Material,
    judged_ix: Mapping[str, Integer[np.ndarray, " _node"]],
    machine: Machine,
) -> Fitted:
    """What models fitted on the source's labels say about nodes of the judged material."""
    sage = _fitted_sage(labels, source.inputs, machine)
    rows = {kind: np.unique(ix).astype(np.int64) for kind, ix in judged_ix.items()}
    sage_logits = logits_at(sage, judged.inputs, rows, device=machine.device) if sage else {}
    pairs = {}
    for kind, ix in judged_ix.items():
        if not labels[kind].shows():
            pairs[kind] = _unknown(len(ix))
            continue
        forest = forest_logits(
            source.columns[kind].values[labels[kind].node_ix],
            labels[kind].is_fraud,
            judged.columns[kind].values[ix],
            machine.settings,
            seed=machine.seed,
        )
        pairs[kind] = Pair(forest, sage_logits[kind][np.searchsorted(rows[kind], ix)])
    return Fitted(pairs, sage)


def _fitted_sage(labels: Labels, inputs: SageInputs, machine: Machine) -> TrainedSage | None:
    """A GraphSAGE fitted at once on all kinds that show both classes.

    A kind that shows one class alone would only learn to say it of everything. The number of passes is
    fixed: labels come in few cases, so the loss on some of them rises long before the ranking of all
    others stops getting better.
    """
    targets = {kind: Targets(node_ix=one.node_ix, is_fraud=one.is_fraud) for kind, one in labels.items() if one.shows()}
    if not targets:
        return None
    return trained_sage(inputs, targets, machine.settings, seed=machine.seed, device=machine.device)


def _unknown(count: int) -> Pair:
    return Pair(np.full(count, np.nan), np.full(count, np.nan))


def fitted_on_others(labels: Labels, mask: Mask, source: Material, machine: Machine) -> Fitted:
    """What models fitted on the other labels say about those that the mask means."""
    judged_ix = {kind: one.node_ix for kind, one in selected(labels, mask).items()}
    return fitted(selected(labels, mask, others=True), source, source, judged_ix, machine)


def joined(labels: Labels, masks: Sequence[Mask], parts: Sequence[Fitted]) -> dict[str, Pair]:
    """What each label's own part says about it, by kind."""
    result = {kind: _unknown(len(one.node_ix)) for kind, one in labels.items()}
    for mask, part in zip(masks, parts, strict=True):
        for kind, pair in part.pairs.items():
            result[kind].forest[mask[kind]] = pair.forest
            result[kind].sage[mask[kind]] = pair.sage
    return result


def side_by_side(jobs: Sequence[Callable[[], Fitted]], machine: Machine) -> list[Fitted]:
    """What the jobs return: they share a CPU's threads, one each; a GPU takes one job at a time.

    Threads within a model would wait for each other after every small product, and are far slower than
    one where another process takes a core. So nothing hangs on how many threads there are.
    """
    on_cpu = machine.device == "cpu"
    before = torch.get_num_threads()
    torch.set_num_threads(1 if on_cpu else machine.threads)
    try:
        with ThreadPoolExecutor(machine.threads if on_cpu else 1) as pool:
            return [running.result() for running in [pool.submit(job) for job in jobs]]
    finally:
        torch.set_num_threads(before)
