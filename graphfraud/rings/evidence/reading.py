"""What one measure reads off a suspicion."""

from dataclasses import dataclass
from typing import Final, SupportsFloat

import numpy as np

LEAST_SPAN: Final = 0.25
"""Log ratio between a ring and nothing, below which a measure cannot tell them apart."""
LEAST_DIFFERENCE: Final = 0.15
"""The same, of differences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value beside what chance gives, and how much like a ring that is."""

    measure: str
    value: float
    expected: float
    """What is usual: the same of random groups of this size on this platform, or of the platform itself."""
    strength: float
    """1 as a plain ring reads, 0 as tells nothing, negative as honest groups read; not bounded."""
    reliability: float
    """0 to 1: how much so many members and plays can tell at all."""
    sentence: str


def on_log_scale(value: float, *, nothing_at: float, ring_at: float) -> float:
    """Strength of a positive value: 0 at `nothing_at`, 1 at `ring_at`, even in ratios; each may be the greater.

    Where chance itself reads about as a ring does, there is no scale, and nothing is told.
    """
    span = float(np.log(ring_at / nothing_at))
    return float(np.log(value / nothing_at)) / span if abs(span) >= LEAST_SPAN else 0.0


def on_scale(value: float, *, nothing_at: float, ring_at: float) -> float:
    """Strength of a value: 0 at `nothing_at`, 1 at `ring_at`, even in differences.

    Where chance itself reads about as a ring does, or more so, there is no scale, and nothing is told.
    """
    room = ring_at - nothing_at
    return (value - nothing_at) / room if room >= LEAST_DIFFERENCE else 0.0


def share_of(count: SupportsFloat, half_at: float) -> float:
    """Reliability by count: a half at `half_at`, near 1 at many times that."""
    return float(count) / (float(count) + half_at)
