"""The week of releases: Friday, when the week's music comes out."""

from typing import Final

import numpy as np
from jaxtyping import Bool, Int

from graphfraud.simulator.platform.chance import Flags, Ints
from graphfraud.simulator.platform.rows import DAY_MS

FRIDAY: Final = 4


def weekdays(instant_ms: Int[Ints, " instant"]) -> Int[Ints, " instant"]:
    """0 for a Monday to 6 for a Sunday; 1970-01-01 was a Thursday."""
    return (instant_ms // DAY_MS + 3) % 7


def on_next_friday(
    instant_ms: Int[Ints, " instant"], wanted: Bool[Flags, " instant"], *, before_ms: int
) -> Int[Ints, " instant"]:
    """The same time of day on the next Friday, where that is wanted and comes before an end; else the instant."""
    friday_ms = instant_ms + (FRIDAY - weekdays(instant_ms)) % 7 * DAY_MS
    return np.where(wanted & (friday_ms < before_ms), friday_ms, instant_ms)
