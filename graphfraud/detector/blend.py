"""How much each model is believed, by what it is worth on labels that it has not seen."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64
from sklearn.metrics import average_precision_score, roc_auc_score

from graphfraud.detector.learning import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """Weights of two logits that need not have one scale."""

    forest_share: float
    """Weight of the forest; the rest is GraphSAGE's."""
    forest_spread: float
    sage_spread: float
    """Standard deviations of the out-of-fold logits."""


def blend(out_of_fold: Pair, is_fraud: Bool[np.ndarray, " label"]) -> Blend:
    """Weights in proportion to each model's gain in average precision over chance; equal when nothing is gained."""
    known = ~np.isnan(out_of_fold.forest)
    forest, sage, truth = out_of_fold.forest[known], out_of_fold.sage[known], is_fraud[known]
    forest_gain, sage_gain = _gain(forest, truth), _gain(sage, truth)
    gain = forest_gain + sage_gain
    return Blend(
        forest_share=forest_gain / gain if gain > 0 else 0.5,
        forest_spread=_spread(forest),
        sage_spread=_spread(sage),
    )


def blended(weights: Blend, pair: Pair) -> Float64[np.ndarray, " node"]:
    """The weighted mean of both logits, each in its spreads; NaN where there was nothing to learn from."""
    forest = weights.forest_share * pair.forest / weights.forest_spread
    sage = (1.0 - weights.forest_share) * pair.sage / weights.sage_spread
    return forest + sage


def ranking_quality(
    logits: Float64[np.ndarray, " label"], is_fraud: Bool[np.ndarray, " label"]
) -> dict[str, float | None]:
    """Areas under the precision-recall and ROC curves, None where a class is missing."""
    known = ~np.isnan(logits)
    truth = is_fraud[known]
    if truth.all() or not truth.any():
        return {"auprc": None, "auroc": None}
    return {
        "auprc": float(average_precision_score(truth, logits[known])),
        "auroc": float(roc_auc_score(truth, logits[known])),
    }


def _gain(logits: Float64[np.ndarray, " label"], is_fraud: Bool[np.ndarray, " label"]) -> float:
    precision = ranking_quality(logits, is_fraud)["auprc"]
    return 0.0 if precision is None else max(0.0, precision - float(is_fraud.mean()))


def _spread(logits: Float64[np.ndarray, " label"]) -> float:
    return float(logits.std()) or 1.0 if len(logits) else 1.0
