"""How bunched ages are: who was opened together."""

from typing import Final

import numpy as np
from jaxtyping import Float64

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.reading import on_log_scale

FLOOR: Final = 0.03
"""Spreads of log ages below this are the same day's."""


def middle_spread(values: Float64[np.ndarray, " value"]) -> float:
    """The distance between the quartiles."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float(high - low)


def listener_spreads(case: Case) -> tuple[float, float]:
    """The spread of the listeners' ages, one of each household, and what is usual."""
    facts, listener_ix = case.platform.facts, case.suspicion.listener_ix
    _, first = np.unique(facts.listener_household[listener_ix], return_index=True)
    ages = case.platform.listener_log_days
    expected = case.chance.of_listeners("ages", len(first), lambda group: middle_spread(ages[group]))
    return middle_spread(ages[listener_ix[first]]), expected


def bunched(value: float, expected: float) -> float:
    """Strength of a spread of listeners' ages beside what is usual."""
    return on_log_scale(value + FLOOR, nothing_at=0.55 * expected + FLOOR, ring_at=0.12 * expected + FLOOR)


def joined_together(case: Case) -> float:
    """How surely the listeners joined together (0-1): strangers in whose names somebody plays did not."""
    if case.household_count < 3:
        return 0.0
    return float(np.clip(bunched(*listener_spreads(case)), 0.0, 1.0))
