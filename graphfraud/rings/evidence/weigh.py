"""From readings to a ring's log-odds: each measure has its word, each family its limit, and they add up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.log_odds import bounded_log_odds
from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.measures import content, effort, gain, means, origin, rhythm
from graphfraud.rings.evidence.reading import Reading

FAMILIES: Final[Mapping[str, tuple[Callable[[Case], Reading | None], ...]]] = {
    "effort": (effort.closure, effort.alikeness, effort.volume),
    "rhythm": (rhythm.just_paid, rhythm.day_curve),
    "means": (means.shared_means, means.away),
    "gain": (gain.captive_owners, gain.payees, gain.outside_audience),
    "origin": (origin.listener_ages,),
    "catalogue": (origin.account_ages, origin.accounts_opened_together, origin.upload_burst, content.tied_accounts),
    "content": (content.recordings, content.titles),
}
"""The measures by family: the registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """How much a measure may say, in log-odds."""

    accuses: float
    """Where it reads as a plain ring does."""
    defends: float
    """Where it reads as far on the honest side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a family may say at most, in log-odds: its measures see the same thing."""

    accuses: float
    defends: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RingWeights:
    """How evidence weighs; ships with the product."""

    prior_log_odds: float
    """Of a suspicion before anything is known of it."""
    words: Mapping[str, Word]
    limits: Mapping[str, Limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A reading and what it is worth within its family."""

    family: str
    reading: Reading
    log_odds: float


def weighed_evidence(case: Case, weights: RingWeights) -> list[Weighed]:
    """Every measure that can be read, in the order of the registry; their log-odds add up with the prior."""
    evidence = []
    for family, measures in FAMILIES.items():
        readings = [reading for measure in measures if (reading := measure(case)) is not None]
        said = [_said(reading, weights.words[reading.measure]) for reading in readings]
        factor = _held_back(sum(said, start=0.0), weights.limits[family])
        evidence += [
            Weighed(family=family, reading=reading, log_odds=factor * worth)
            for reading, worth in zip(readings, said, strict=True)
        ]
    return evidence


def _said(reading: Reading, word: Word) -> float:
    """What a reading says by itself: its strength bounded, its word, and how far it can be relied on."""
    bounded = float(bounded_log_odds(np.array([reading.strength]), limit=1.0)[0])
    return reading.reliability * bounded * (word.accuses if bounded > 0 else word.defends)


def _held_back(total: float, limit: Limit) -> float:
    """By how much all of a family's measures are scaled so that together they stay within its limit."""
    if total == 0.0:
        return 1.0
    bound = limit.accuses if total > 0 else limit.defends
    return float(bounded_log_odds(np.array([total]), limit=bound)[0]) / total


def ring_log_odds(evidence: list[Weighed], weights: RingWeights) -> float:
    """Log-odds that a suspicion is a ring."""
    return weights.prior_log_odds + sum((each.log_odds for each in evidence), start=0.0)
