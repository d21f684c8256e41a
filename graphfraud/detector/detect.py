"""How suspicious the behaviour of every subject is: learned where there are labels, surprise everywhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float64, Int8

from graphfraud.config import ModelSettings
from graphfraud.detector.blend import blend, blended, ranking_quality
from graphfraud.detector.groups import label_groups
from graphfraud.detector.learning import Machine, Pair, fitted, fitted_on_others, joined, material, side_by_side
from graphfraud.detector.splits import Labels, LabelSet, fold_masks, holdout_mask
from graphfraud.detector.surprise import Surprise, surprises
from graphfraud.graph.typed import Graph
from graphfraud.model.train import TrainedSage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """What labels taught about one kind."""

    supervised: Float64[np.ndarray, " node"]
    """The blend of both logits, in out-of-fold spreads. Of a labelled node it has seen the label."""
    supervised_out_of_fold: Float64[np.ndarray, " label"]
    """The same blend by models that saw nothing of the label's group; NaN where they had nothing to learn from."""
    forest_logit: Float64[np.ndarray, " node"]
    sage_logit: Float64[np.ndarray, " node"]
    validation: dict[str, Any]
    """Plain values: counts of labels, ranking quality out of fold and on the labels decided last, the blend."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KindBehaviour:
    """What is known of one kind's behaviour."""

    surprise: Surprise
    learned: Learned | None
    """None where either class has too few labels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Behaviour:
    """What is known of all kinds, and the model to keep."""

    kinds: dict[str, KindBehaviour]
    sage: TrainedSage | None


def behaviour(  # noqa: PLR0913  # the detector's inputs are as many as they are
    scoring: Graph,
    training: Graph,
    labels: Mapping[str, LabelSet],
    directions: Mapping[str, Int8[np.ndarray, " _feature"]],
    settings: ModelSettings,
    *,
    seed: int,
    threads: int,
    device: str,
    progress: Callable[[str], None],
) -> Behaviour:
    """The behaviour of every node of the kinds in `directions`, on the `scoring` graph.

    `training` has the same nodes of these kinds, but nothing that labelled ones did after their label.
    Raises: ValueError when the graphs have not the same nodes.
    """
    _refuse_other_nodes(scoring, training, directions)
    progress("surprise")
    surprise = surprises(scoring, directions)
    enough = {
        kind: labels[kind]
        for kind in sorted(directions)
        if kind in labels and labels[kind].shows(settings.min_labels_count)
    }
    machine = Machine(settings=settings, seed=seed, threads=threads, device=device)
    learned, sage = _learned(scoring, training, enough, machine, progress) if enough else ({}, None)
    return Behaviour(
        kinds={kind: KindBehaviour(surprise=surprise[kind], learned=learned.get(kind)) for kind in surprise}, sage=sage
    )


def _learned(
    scoring: Graph, training: Graph, labels: Labels, machine: Machine, progress: Callable[[str], None]
) -> tuple[dict[str, Learned], TrainedSage | None]:
    groups = label_groups(scoring)
    source = material(training)
    judged = source if scoring is training else material(scoring)
    held = holdout_mask(labels, groups, seed=machine.seed)
    masks = fold_masks(labels, groups, fold_count=machine.settings.fold_count, seed=machine.seed)
    every_ix = {kind: np.arange(scoring.nodes[kind].count) for kind in labels}
    progress("forests and GraphSAGE, on all labels and out of fold")
    final, latest, *unseen_parts = side_by_side(
        [
            partial(fitted, labels, source, judged, every_ix, machine),
            *(partial(fitted_on_others, labels, mask, source, machine) for mask in [held, *masks]),
        ],
        machine,
    )
    unseen = joined(labels, masks, unseen_parts)
    learned = {
        kind: _of_kind(one, unseen[kind], final.pairs[kind], _quality(latest.pairs[kind], one.where(held[kind])))
        for kind, one in labels.items()
    }
    return learned, final.sage


def _of_kind(labels: LabelSet, unseen: Pair, final: Pair, holdout: dict[str, Any]) -> Learned:
    weights = blend(unseen, labels.is_fraud)
    out_of_fold_logit = blended(weights, unseen)
    return Learned(
        supervised=blended(weights, final),
        supervised_out_of_fold=out_of_fold_logit,
        forest_logit=final.forest,
        sage_logit=final.sage,
        validation={
            "holdout": holdout,
            "out_of_fold": _quality(unseen, labels) | {"blend": ranking_quality(out_of_fold_logit, labels.is_fraud)},
            "forest_share": weights.forest_share,
        },
    )


def _quality(pair: Pair, labels: LabelSet) -> dict[str, Any]:
    """Counts of labels, and how well each model ranks them."""
    return {
        "label_count": len(labels.is_fraud),
        "fraud_count": int(labels.is_fraud.sum()),
        "forest": ranking_quality(pair.forest, labels.is_fraud),
        "sage": ranking_quality(pair.sage, labels.is_fraud),
    }


def _refuse_other_nodes(scoring: Graph, training: Graph, kinds: Iterable[str]) -> None:
    for kind in kinds:
        nodes, other = scoring.nodes[kind], training.nodes.get(kind)
        if other is None or not np.array_equal(nodes.ids_bytes, other.ids_bytes):
            raise ValueError(f"the training graph has other nodes of kind {kind!r} than the scoring graph")
