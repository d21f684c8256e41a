"""Plays from elsewhere: from where their listener plays nothing else."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int64

from graphfraud.rings.platform import PlayLog

FEWEST_OWN_PLAYS: Final = 5
"""Other plays from known places, from which a listener has a life of its own."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Away:
    """How much of what listeners played of something came from elsewhere."""

    share: Float64[np.ndarray, " listener"]
    """Of each one's plays of it from known places; 0 where there are none."""
    can_tell: Bool[np.ndarray, " listener"]
    """Whether it has a life of its own, and played any of it from a known place."""
    both_known_share: float
    """Of those plays, the ones whose device and address are both known."""


def away_plays(
    log: PlayLog,
    play_ix: Int64[np.ndarray, " play"],
    listener: Int64[np.ndarray, " play"],
    is_asked: Bool[np.ndarray, " play"],
    listener_count: int,
) -> Away:
    """How much of the plays asked about came from elsewhere; `listener` numbers those whose plays these are from 0 on.

    Elsewhere is a device and an address of no other play of theirs: a tablet that somebody keeps for one thing
    stands at home. Where only one of both is known, it alone decides.
    """
    asked = play_ix[is_asked]
    is_known, is_foreign = np.zeros((2, len(asked)), np.int64), np.ones(len(asked), np.bool_)
    has_place = np.zeros(len(play_ix), np.bool_)
    for ix, place in enumerate((log.device, log.address)):
        here = place[play_ix]
        where = listener * (np.int64(here.max(initial=0)) + 2) + here
        is_known[ix] = place[asked] >= 0
        is_foreign &= (is_known[ix] == 0) | ~np.isin(where[is_asked], where[~is_asked])
        has_place |= place[play_ix] >= 0
    counts = is_known.sum(axis=0)
    told = _count(listener[is_asked][counts > 0], listener_count)
    gone = _count(listener[is_asked][(counts > 0) & is_foreign], listener_count)
    own = _count(listener[~is_asked & has_place], listener_count)
    return Away(
        share=gone / np.maximum(told, 1),
        can_tell=(own >= FEWEST_OWN_PLAYS) & (told > 0),
        both_known_share=float((counts[counts > 0] == 2).mean()) if told.any() else 0.0,
    )


def _count(listener: Int64[np.ndarray, " play"], listener_count: int) -> Int64[np.ndarray, " listener"]:
    return np.bincount(listener, minlength=listener_count)
