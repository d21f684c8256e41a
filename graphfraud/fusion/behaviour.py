"""What the graph says about a subject, in log-odds: what labels taught, and what is merely surprising."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool
from scipy.stats import norm, rankdata

from graphfraud.fusion.calibration import (
    BEHAVIOUR_LIMIT,
    SLOPE_FLOOR,
    Calibration,
    fitted_calibration,
    mixture_log_odds,
)
from graphfraud.log_odds import Vector, bounded_log_odds

FEWEST_LABELS_COUNT: Final = 50
"""Labels of either class under which the calibration shipped with the product serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedEvidence:
    """What models that learned from labels say."""

    every: Vector
    """Of every subject of the kind."""
    out_of_fold: Vector
    """Of the labelled ones, by models that had not seen them; NaN where those had nothing to learn from."""
    is_fraud: Bool[np.ndarray, " subject"]
    """What the labels say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedCalibrations:
    """Lines that simulated platforms taught, for one kind of subject."""

    learned: Calibration
    surprise: Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourPart:
    """Log-odds of the behaviour part, and how they were calibrated."""

    log_odds: Vector
    known_log_odds: Vector | None
    """What labels taught, alone; None where they taught nothing."""
    calibrated: Literal["feed", "shipped"]


def behaviour_part(
    learned: LearnedEvidence | None, surprise_nats: Vector, shipped: ShippedCalibrations, *, novel_share: float
) -> BehaviourPart:
    """The behaviour part of every subject of a kind.

    Where labels taught something, fraud is a mixture of kinds that they show and kinds that none
    shows; where they taught nothing, surprise speaks alone.
    """
    surprise = shipped.surprise.log_likelihood_ratio(surprise_nats)
    if learned is None:
        return BehaviourPart(log_odds=_bounded(surprise), known_log_odds=None, calibrated="shipped")
    line = _line_of_learned(learned, shipped)
    known = _as_sure_as_labels_allow(line.log_likelihood_ratio(learned.every), learned)
    mixed = mixture_log_odds(known, surprise, novel_share=novel_share)
    return BehaviourPart(log_odds=_bounded(mixed), known_log_odds=known, calibrated=line.source)


def _line_of_learned(learned: LearnedEvidence, shipped: ShippedCalibrations) -> Calibration:
    judged = ~np.isnan(learned.out_of_fold)
    out_of_fold, is_fraud = learned.out_of_fold[judged], learned.is_fraud[judged]
    fraud_count = int(is_fraud.sum())
    if min(fraud_count, is_fraud.size - fraud_count) < FEWEST_LABELS_COUNT:
        return _no_steeper_than_supported(shipped.learned, out_of_fold, is_fraud)
    return fitted_calibration(out_of_fold, is_fraud)


def _no_steeper_than_supported(
    line: Calibration, out_of_fold: Vector, is_fraud: Bool[np.ndarray, " label"]
) -> Calibration:
    """The line, turned about where it says nothing until it is no steeper than a ranking of unseen labels supports.

    Few labels cannot draw a line, but they can tell that they teach nothing: where the ranking of those that a
    model had not seen is chance, as of honest subjects wrongly labelled, resembling them is no evidence.
    """
    slope = float(np.clip(_separation(out_of_fold, is_fraud), SLOPE_FLOOR, line.slope))
    return Calibration(slope=slope, intercept=slope / line.slope * line.intercept, source=line.source)


def _separation(x: Vector, is_fraud: Bool[np.ndarray, " label"]) -> float:
    """How many spreads two normal classes lie apart that are ranked as these (d', Green and Swets 1966).

    It is the slope of their log likelihood ratio. 0 where a class is missing.
    """
    fraud_count, honest_count = int(is_fraud.sum()), int((~is_fraud).sum())
    pair_count = fraud_count * honest_count
    won = float(rankdata(x)[is_fraud].sum()) - fraud_count * (fraud_count + 1) / 2
    return float(np.sqrt(2.0) * norm.ppf((won + 0.5) / (pair_count + 1)))


def _as_sure_as_labels_allow(log_odds: Vector, learned: LearnedEvidence) -> Vector:
    """Accusations kept below what the number of cleared subjects can support.

    That none of n cleared ones looks like this leaves room for one in n + 1 honest ones that do (Laplace's rule of
    succession): on resemblance alone, a few hundred labels accuse nobody beyond doubt among millions.
    """
    cleared_count = int((~learned.is_fraud).sum())
    limit = float(np.log1p(max(cleared_count, 1)))
    return np.where(log_odds > 0, bounded_log_odds(log_odds, limit=limit), log_odds)


def _bounded(log_odds: Vector) -> Vector:
    return bounded_log_odds(log_odds, limit=BEHAVIOUR_LIMIT)
