"""How much of what is played of something a group plays, however loud one outsider is."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float64, Int64
from scipy.sparse import csr_array

MOST_OF_ONE: Final = 4.0
"""An outsider counts as so many of the group's at most: one account must not make a captive audience look open."""
CAPTIVE_FROM: Final = 0.5
"""Share of a thing's plays that come from the group, from which it is captive to it."""
WORTH_TELLING: Final = 0.01
"""Of all plays, those that do not count from which it is told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Service:
    """Plays of some things (tracks, or accounts) by a group, and by all others as far as each of them counts."""

    inside: Float64[np.ndarray, " thing"]
    outside: Float64[np.ndarray, " thing"]
    tamed: float
    """Plays of outsiders that do not count."""

    @property
    def share(self) -> Float64[np.ndarray, " thing"]:
        """The group's share of each thing's plays; 0 of what nobody plays."""
        return np.asarray(self.inside / np.maximum(self.inside + self.outside, 1.0))

    @property
    def note(self) -> str:
        """What a sentence must add where others do not count whole."""
        if self.tamed <= WORTH_TELLING * float(self.inside.sum() + self.outside.sum()):
            return ""
        return f", none of them counted for more than {MOST_OF_ONE:.0f} of these listeners"


def service(
    plays: csr_array, thing_ix: Int64[np.ndarray, " thing"], listener_ix: Int64[np.ndarray, " member"]
) -> Service:
    """What the group of `listener_ix` plays of things, given all plays [thing, listener].

    Where the group plays nothing, others count whole.
    """
    rows = plays[thing_ix]
    thing = np.repeat(np.arange(len(thing_ix)), np.diff(rows.indptr))
    is_member = np.zeros(plays.shape[1], np.bool_)
    is_member[listener_ix] = True
    is_inside = is_member[rows.indices]
    inside = np.bincount(thing[is_inside], weights=rows.data[is_inside], minlength=len(thing_ix)).astype(np.float64)
    heads = np.bincount(thing[is_inside], minlength=len(thing_ix))
    most = np.where(heads > 0, MOST_OF_ONE * inside / np.maximum(heads, 1), np.inf)
    whole, counted = rows.data[~is_inside], np.minimum(rows.data, most[thing])[~is_inside]
    outside = np.bincount(thing[~is_inside], weights=counted, minlength=len(thing_ix)).astype(np.float64)
    return Service(inside=inside, outside=outside, tamed=float(whole.sum() - counted.sum()))
