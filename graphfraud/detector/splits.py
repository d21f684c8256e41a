"""The labels that a detector learns from, and how they are split: groups span kinds, so do splits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int32, Int64

from graphfraud.detector.groups import folds, time_split


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelSet:
    """What people decided about nodes of one kind, each node once."""

    node_ix: Int32[np.ndarray, " label"]
    is_fraud: Bool[np.ndarray, " label"]
    decided_at_us: Int64[np.ndarray, " label"]
    """Microseconds since 1970, UTC."""

    def where(self, is_taken: Bool[np.ndarray, " label"]) -> "LabelSet":
        """Some of the labels."""
        return LabelSet(
            node_ix=self.node_ix[is_taken],
            is_fraud=self.is_fraud[is_taken],
            decided_at_us=self.decided_at_us[is_taken],
        )

    def shows(self, at_least: int = 1) -> bool:
        """Whether both classes have so many labels."""
        fraud_count = int(self.is_fraud.sum())
        return min(fraud_count, len(self.is_fraud) - fraud_count) >= at_least


Labels = Mapping[str, LabelSet]
Groups = Mapping[str, Int64[np.ndarray, " _node"]]
Mask = dict[str, Bool[np.ndarray, " _label"]]
"""Which labels of each kind are meant."""


def fold_masks(labels: Labels, groups: Groups, *, fold_count: int, seed: int) -> list[Mask]:
    """The labels of each fold that has any; classes of each kind are spread evenly over folds."""
    strata = np.concatenate([2 * rank + one.is_fraud for rank, one in enumerate(labels.values())])
    fold = folds(_of_labels(labels, groups), strata, fold_count=fold_count, seed=seed)
    return [_by_kind(labels, fold == one) for one in np.unique(fold)]


def holdout_mask(labels: Labels, groups: Groups, *, seed: int) -> Mask:
    """The labels of the groups decided last."""
    decided_at_us = np.concatenate([one.decided_at_us for one in labels.values()])
    return _by_kind(labels, time_split(_of_labels(labels, groups), decided_at_us, seed=seed))


def selected(labels: Labels, mask: Mask, *, others: bool = False) -> dict[str, LabelSet]:
    """The labels that the mask means, or the others."""
    return {kind: one.where(mask[kind] != others) for kind, one in labels.items()}


def _of_labels(labels: Labels, groups: Groups) -> Int64[np.ndarray, " label"]:
    return np.concatenate([groups[kind][one.node_ix] for kind, one in labels.items()])


def _by_kind(labels: Labels, mask: Bool[np.ndarray, " label"]) -> Mask:
    ends = np.cumsum([len(one.node_ix) for one in labels.values()])
    return dict(zip(labels, np.split(mask, ends[:-1]), strict=True))
