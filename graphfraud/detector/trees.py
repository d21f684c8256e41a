"""A random forest: the baseline that a graph model has to beat, and a good half of the answer."""

from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Float64
from sklearn.ensemble import RandomForestClassifier

from graphfraud.config import ModelSettings

MIN_LEAF_COUNT: Final = 3


def forest_logits(
    labelled: Float32[np.ndarray, "label column"],
    is_fraud: Bool[np.ndarray, " label"],
    judged: Float32[np.ndarray, "node column"],
    settings: ModelSettings,
    *,
    seed: int,
) -> Float64[np.ndarray, " node"]:
    """The logit of each judged row's share of votes for fraud, smoothed by one split vote.

    It stays on one thread: on more, the order in which votes are added up, and so the last digit, is chance.
    Raises: ValueError when `is_fraud` shows only one class.
    """
    if is_fraud.all() or not is_fraud.any():
        raise ValueError("a forest needs labels of both classes")
    if not len(judged):
        return np.zeros(0)
    forest = RandomForestClassifier(
        n_estimators=settings.tree_count,
        min_samples_leaf=MIN_LEAF_COUNT,
        max_features="sqrt",
        class_weight="balanced_subsample",
        random_state=seed,
    ).fit(labelled, is_fraud)
    votes = forest.predict_proba(judged)[:, 1]
    share = (votes * settings.tree_count + 0.5) / (settings.tree_count + 1)
    logits: Float64[np.ndarray, " node"] = np.log(share / (1.0 - share))
    return logits
