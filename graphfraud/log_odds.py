"""Probabilities as log-odds and back, exact far into the tails, and bounds that never tie."""

import numpy as np
from jaxtyping import Float64
from numpy.typing import ArrayLike

Vector = Float64[np.ndarray, " subject"]


def logit(probability: ArrayLike) -> Vector:
    """Log-odds of each probability; infinite at 0 and 1."""
    p = np.asarray(probability, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p) - np.log1p(-p))


def sigmoid(log_odds: ArrayLike) -> Vector:
    """Probability at each log-odds, as exact in the far tails as float64 is."""
    x = np.asarray(log_odds, dtype=np.float64)
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, z) / (1.0 + z)


def bounded_log_odds(x: Vector, *, limit: float) -> Vector:
    """Log-odds kept within `limit`, near what they were in the middle and rising everywhere.

    Clipping would tie everyone past the limit, and callers rank far into the tail.
    """
    ratio = np.abs(x) / limit
    folded = np.minimum(ratio, 1.0 / np.maximum(ratio, 1.0))  # one root serves both sides, and nothing overflows
    return np.asarray(np.copysign(limit * np.minimum(ratio, 1.0) / (1.0 + folded**4) ** 0.25, x))
