"""How well risks rank fraud above honesty; each is NaN where either class is missing.

Ties are counted as they are: whoever shares a risk is above a threshold together or not at all.
"""

import numpy as np
from jaxtyping import Bool, Float64, Int64

Risk = Float64[np.ndarray, " subject"]
IsFraud = Bool[np.ndarray, " subject"]
Counts = Int64[np.ndarray, " threshold"]


def auroc(risk: Risk, is_fraud: IsFraud) -> float:
    """Chance that a fraudulent subject has the higher risk of a random pair; a tie counts half."""
    caught, accused = _above_each_risk(risk, is_fraud)
    if not _has_both(caught, accused):
        return float("nan")
    recall, false_share = _with_zero(caught / caught[-1]), _with_zero(accused / accused[-1])
    return float(np.trapezoid(recall, false_share))


def auprc(risk: Risk, is_fraud: IsFraud) -> float:
    """Average precision: the precision at each risk, weighed by the recall that it adds."""
    caught, accused = _above_each_risk(risk, is_fraud)
    if not _has_both(caught, accused):
        return float("nan")
    precision = caught / (caught + accused)
    return float((np.diff(_with_zero(caught / caught[-1])) * precision).sum())


def recall_at_false_positive_rate(risk: Risk, is_fraud: IsFraud, *, rate: float = 0.001) -> float:
    """Share of fraud at or above the lowest risk where at most `rate` of the honest are."""
    caught, accused = _above_each_risk(risk, is_fraud)
    if not _has_both(caught, accused):
        return float("nan")
    tolerable = accused / accused[-1] <= rate
    return float(caught[tolerable].max(initial=0) / caught[-1])


def _above_each_risk(risk: Risk, is_fraud: IsFraud) -> tuple[Counts, Counts]:
    """How many fraudulent and how many honest subjects have at least each risk, the highest risk first."""
    _, level = np.unique(-risk, return_inverse=True)
    fraud_count = np.bincount(level, weights=is_fraud)
    honest_count = np.bincount(level, weights=~is_fraud)
    return fraud_count.cumsum().astype(np.int64), honest_count.cumsum().astype(np.int64)


def _has_both(caught: Counts, accused: Counts) -> bool:
    return caught.size > 0 and caught[-1] > 0 and accused[-1] > 0


def _with_zero(shares: Float64[np.ndarray, " threshold"]) -> Float64[np.ndarray, " edge"]:
    """The shares from above every risk, where there is nobody, on down."""
    return np.concatenate([[0.0], shares])
