"""Features as normal scores, so that platforms of any size and unit compare."""

from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np
from jaxtyping import Float32, Float64

QUANTILE_COUNT: Final = 257
EXTREME: Final = 3.5
"""Normal scores end here: further out the table knows no difference."""

Features = Float32[np.ndarray, "node feature"]
Quantiles = Float32[np.ndarray, f"feature {QUANTILE_COUNT}"]


def quantile_table(features: Features) -> Quantiles:
    """Evenly spaced quantiles of each feature, from its least to its greatest value; zeros without nodes.

    Hazen's positions keep the extremes of a small platform off the ends of the scale.
    """
    if not len(features):
        return np.zeros((features.shape[1], QUANTILE_COUNT), np.float32)
    shares = np.linspace(0.0, 1.0, QUANTILE_COUNT)
    table = np.quantile(features.astype(np.float64), shares, axis=0, method="hazen")
    return np.maximum.accumulate(table.T.astype(np.float32), axis=1)


def normal_scores(features: Features, quantiles: Quantiles) -> Features:
    """Each value's standard normal quantile at its mid-rank in the table, within +-3.5.

    Values tied over part of the table get its middle, so a constant feature is 0 everywhere.
    """
    result = np.empty(features.shape, np.float32)
    probabilities, normals = _normal_curve()
    for feature, (column, table) in enumerate(zip(features.T, quantiles, strict=True)):
        result[:, feature] = np.interp(_mid_ranks(column, table), probabilities, normals)
    return result


def _mid_ranks(
    values: Float32[np.ndarray, " node"], table: Float32[np.ndarray, f" {QUANTILE_COUNT}"]
) -> Float64[np.ndarray, " node"]:
    """Where each value lies in the table, from 0 to 1."""
    last = QUANTILE_COUNT - 1
    below = np.clip(np.searchsorted(table, values, side="right") - 1, 0, last)
    above = np.clip(np.searchsorted(table, values, side="left"), 0, last)
    gap = table[above].astype(np.float64) - table[below]
    way = np.full(len(values), 0.5)
    np.divide(values.astype(np.float64) - table[below], gap, out=way, where=gap > 0)
    ranks: Float64[np.ndarray, " node"] = (below + way * (above - below)) / last
    return ranks


@cache
def _normal_curve() -> tuple[Float64[np.ndarray, " point"], Float64[np.ndarray, " point"]]:
    """Probabilities and their normal quantiles, fine enough to interpolate to 1e-5."""
    normals = np.linspace(-EXTREME, EXTREME, 2_801)
    return np.array([NormalDist().cdf(normal) for normal in normals]), normals
