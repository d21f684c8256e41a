"""When people listen: each country's zones, and the curve of its day."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Floats, Ints, choices_by_row
from graphfraud.simulator.platform.owners import COUNTRIES
from graphfraud.simulator.platform.rows import DAY_MS

EARLY, USUAL, LATE = 0, 1, 2
CLOCKS: Final[dict[str, tuple[int, tuple[int, ...]]]] = {
    "US": (USUAL, (-8, -6, -5)),
    "GB": (USUAL, (0,)),
    "BR": (LATE, (-3,)),
    "DE": (EARLY, (1,)),
    "MX": (LATE, (-6,)),
    "FR": (USUAL, (1,)),
    "IN": (USUAL, (5,)),
    "ES": (LATE, (1,)),
    "JP": (EARLY, (9,)),
    "SE": (EARLY, (1,)),
    "NL": (USUAL, (1,)),
    "PL": (EARLY, (1,)),
    "NG": (USUAL, (1,)),
    "AU": (USUAL, (8, 10)),
}
"""The curve of each country's day, and its zones in whole hours from UTC."""
CURVE_IX: Final = np.array([CLOCKS[country][0] for country in COUNTRIES])
ZONES_H: Final = np.arange(-12, 15)
LIVES_IN_ZONE: Final = np.array([np.isin(ZONES_H, CLOCKS[country][1]) for country in COUNTRIES], np.float64)
"""[country, zone]"""

CURVES: Final = np.array(
    [
        [3, 2, 1, 1, 2, 6, 16, 30, 32, 27, 26, 28, 30, 28, 28, 30, 36, 42, 42, 40, 34, 24, 13, 6],
        [8, 4, 2, 2, 2, 4, 9, 20, 28, 27, 26, 28, 31, 30, 30, 32, 36, 42, 44, 43, 41, 36, 26, 15],
        [16, 9, 5, 3, 2, 3, 6, 13, 21, 24, 26, 28, 30, 29, 27, 28, 32, 37, 42, 44, 45, 44, 38, 27],
    ],
    dtype=np.float64,
)
"""Listening by local hour, in any unit: [curve, hour]."""

WEEKEND_FACTOR: Final = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days that the feed covers, up to `end_ms`."""

    end_ms: int
    day_count: int

    @property
    def start_ms(self) -> int:
        """The first instant covered."""
        return self.end_ms - self.day_count * DAY_MS

    def day_start_ms(self, day: int) -> int:
        """When a day of the window begins."""
        return self.start_ms + day * DAY_MS

    def weekday(self, day: int) -> int:
        """0 for a Monday to 6 for a Sunday."""
        return (self.start_ms // DAY_MS + day + 3) % 7  # 1970-01-01 was a Thursday

    @property
    def weekend_factors(self) -> Float[Floats, " day"]:
        """How much more is heard on each day because of the weekend."""
        weekday = np.array([self.weekday(day) for day in range(self.day_count)])
        return np.where(weekday >= 5, WEEKEND_FACTOR, 1.0)


def zones_drawn(country_ix: Int[Ints, " person"], rng: Generator) -> Int[Ints, " person"]:
    """A zone of each person's country, in whole hours from UTC."""
    return ZONES_H[choices_by_row(LIVES_IN_ZONE, country_ix, rng)]


def local_hours_drawn(country_ix: Int[Ints, " moment"], rng: Generator) -> Float[Floats, " moment"]:
    """A local hour in [0, 24) for each moment, by the curve of its country."""
    return choices_by_row(CURVES, CURVE_IX[country_ix], rng) + rng.random(country_ix.size)


def instants_ms(
    window: Window, day: int, local_hour: Float[Floats, " moment"], zone_h: Int[Ints, " moment"]
) -> Int[Ints, " moment"]:
    """Instants of these local hours on a day of the window, in ms since 1970.

    A local hour that falls on another UTC day is taken on this one, so that all days are full.
    """
    return window.day_start_ms(day) + ((local_hour - zone_h) % 24 * 3_600_000).astype(np.int64)
