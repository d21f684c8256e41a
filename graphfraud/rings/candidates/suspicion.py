"""A group under suspicion: how it was proposed, and who and what it is made of."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64, Int64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seed:
    """A group as it was proposed: listeners who play together, or accounts that are tied."""

    members: Literal["listeners", "accounts"]
    level: str
    """What brought it together."""
    member_ix: Int64[np.ndarray, " member"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suspicion:
    """Who plays what of whom for its sake, by row number, each sorted."""

    level: str
    """What brought it together."""
    listener_ix: Int64[np.ndarray, " listener"]
    account_ix: Int64[np.ndarray, " account"]
    """Accounts that gain from it, captive to it or tied to one that is."""
    track_ix: Int64[np.ndarray, " track"]
    ring_plays: Float64[np.ndarray, " listener"]
    """Plays of each listener on these tracks."""

    @property
    def actor_count(self) -> int:
        """Accounts and listeners: a ring has two at least."""
        return len(self.listener_ix) + len(self.account_ix)
