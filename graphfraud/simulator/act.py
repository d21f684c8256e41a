"""What an actor brings: rows before the first day, and plays on each day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.audience.plays import Plays
from graphfraud.simulator.platform.chance import Ints
from graphfraud.simulator.platform.rows import Rows

PlaysOn: TypeAlias = Callable[[int, Generator], list[Plays]]
"""What is played on a day of the window, which is counted from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One ring, or one group of honest people who look like one."""

    rows: Rows
    plays_on: PlaysOn
    earning_track_id: Int[Ints, " track"] = field(default_factory=lambda: np.zeros(0, np.int64))
    """The tracks whose plays an attacker is paid for."""
    costs_eur: Mapping[str, float] = field(default_factory=dict)
    """What an attacker spends, by what it is spent on."""
    loudness: float = 0.0
    """How soon reviewers notice: expected plays a day, more where signs are plain."""
    first_day: int = 0
    """Day of the window on which it begins."""
