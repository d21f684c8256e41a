"""From evidence to calibrated log-odds, and from log-odds to risk.

A part's log-odds are a log likelihood ratio: how much better fraud explains what was seen than
honesty does. How common fraud is stands apart, as `prevalence`, because that is policy.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import ArrayLike

from graphfraud.config import Weights
from graphfraud.log_odds import Vector, logit, sigmoid

CONTENT_LIMIT: Final = 6.0
BEHAVIOUR_LIMIT: Final = 9.0
POLICY_LIMIT: Final = 6.0
"""What one part can say at most, in log-odds. At the default weights and prevalences the sum of
all three stays where float64 still tells risks apart that differ by a millionth in logit."""

SLOPE_FLOOR: Final = 1e-3
"""Least log-odds for a standard deviation of evidence: labels that contradict it still leave a ranking."""

SLOPE_RIDGE: Final = 0.1
"""Penalty on the squared slope: as if about three log-odds a standard deviation were expected."""

SPREAD_FLOOR: Final = 1e-12
"""Evidence that spreads by less than this share of its size is rounding, not evidence."""

NEWTON_STEP_COUNT: Final = 100
NEWTON_TOLERANCE: Final = 1e-10

Design = Float64[np.ndarray, "subject parameter"]
Parameters = Float64[np.ndarray, " parameter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The line from evidence to a log likelihood ratio."""

    slope: float
    """Log-odds a unit of evidence, above 0: more evidence never clears anyone."""
    intercept: float
    """Log-odds where the evidence is 0."""
    source: Literal["feed", "shipped"]
    """Whose labels drew the line."""

    def __post_init__(self) -> None:
        """Raises: ValueError for a line that falls or is not finite."""
        if not (self.slope > 0 and isfinite(self.slope) and isfinite(self.intercept)):
            raise ValueError(f"calibration must rise and be finite, got {self.slope} * x + {self.intercept}")

    def log_likelihood_ratio(self, x: Vector) -> Vector:
        """How many log-odds each piece of evidence is worth."""
        return self.slope * x + self.intercept


def fitted_calibration(x: Vector, is_fraud: Bool[np.ndarray, " subject"]) -> Calibration:
    """The calibration that the labelled subjects show, freed from how many of each class were labelled.

    Logistic regression on smoothed targets (Platt 1999), less the labelled fraud rate's own
    log-odds: labels are a biased sample, so their mix must not pass for prevalence. Evidence that
    is the same for all is worth nothing. Sorted first, so that row order leaves no trace.

    Raises: ValueError when evidence is not finite.
    """
    order = np.lexsort((is_fraud, x))
    x, is_fraud = x[order], is_fraud[order]
    spread = float(x.std())
    scale = spread if spread > SPREAD_FLOOR * float(np.abs(x).max()) else 1.0
    z = (x - x.mean()) / scale
    target = _smoothed_targets(is_fraud)
    slope, intercept = _rising_line(z, target)
    unbiased = intercept - float(logit(target.mean()))
    return Calibration(slope=slope / scale, intercept=unbiased - slope * float(x.mean()) / scale, source="feed")


def _smoothed_targets(is_fraud: Bool[np.ndarray, " subject"]) -> Vector:
    """Platt's targets: as sure of a class as one more label of either kind would leave us."""
    fraud_count = int(is_fraud.sum())
    honest_count = is_fraud.size - fraud_count
    return np.where(is_fraud, (fraud_count + 1.0) / (fraud_count + 2.0), 1.0 / (honest_count + 2.0))


def _rising_line(z: Vector, target: Vector) -> tuple[float, float]:
    """Slope and intercept of the best line whose slope is at least the floor.

    The loss is convex, so when the free optimum lies below the floor the best line lies on it.
    """
    both = np.column_stack([z, np.ones_like(z)])
    slope, intercept = _logistic_fit(both, target, np.zeros_like(z), np.array([SLOPE_RIDGE, 0.0]))
    if slope >= SLOPE_FLOOR:
        return float(slope), float(intercept)
    (intercept,) = _logistic_fit(both[:, 1:], target, SLOPE_FLOOR * z, np.zeros(1))
    return SLOPE_FLOOR, float(intercept)


def _logistic_fit(design: Design, target: Vector, offset: Vector, ridge: Parameters) -> Parameters:
    """Parameters of the logistic regression of `target` on `design`, by Newton's steps, halved while they overshoot."""
    parameters = np.zeros(design.shape[1])
    loss = _logistic_loss(parameters, design, target, offset, ridge)
    for _ in range(NEWTON_STEP_COUNT):
        p = sigmoid(offset + design @ parameters)
        gradient = design.T @ (p - target) + ridge * parameters
        hessian = (design.T * (p * (1.0 - p))) @ design + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        while (new_loss := _logistic_loss(parameters - step, design, target, offset, ridge)) > loss:
            step = step / 2.0
        parameters, loss = parameters - step, new_loss
        if np.abs(step).max() < NEWTON_TOLERANCE:
            break
    return parameters


def _logistic_loss(parameters: Parameters, design: Design, target: Vector, offset: Vector, ridge: Parameters) -> float:
    """Nats by which the line misses the targets, with the ridge."""
    x = offset + design @ parameters
    return float((np.logaddexp(0.0, x) - target * x).sum() + 0.5 * (ridge * parameters**2).sum())


def mixture_log_odds(known: Vector, novel: Vector, *, novel_share: float) -> Vector:
    """Log likelihood ratio when a share of fraud is of a kind that no label shows.

    Fraud is then a mixture, so its likelihoods add: the result lies between the two, and never
    below the better one by more than the log of that one's share.
    """
    if novel_share <= 0.0:
        return known
    if novel_share >= 1.0:
        return novel
    return np.asarray(np.logaddexp(np.log1p(-novel_share) + known, np.log(novel_share) + novel))


def fused_log_odds(content: Vector, behaviour: Vector, policy: Vector, weights: Weights) -> Vector:
    """R, the weighted evidence of all parts; an absent part, NaN, says nothing."""
    return (
        weights.content * np.where(np.isnan(content), 0.0, content)
        + weights.behaviour * np.where(np.isnan(behaviour), 0.0, behaviour)
        + weights.policy * np.where(np.isnan(policy), 0.0, policy)
    )


def risk_from(log_odds: Vector, prevalence: ArrayLike) -> Vector:
    """Risk of each subject on this evidence alone: of one part, or of R; NaN where it is absent."""
    return sigmoid(logit(prevalence) + log_odds)
