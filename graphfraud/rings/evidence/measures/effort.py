"""Effort: how much of what the listeners do goes to so few, and how alike they are in it.

People who love the same thing love it unequally, and have lives besides; what is told to play is told the same.
Structure of this kind holds on any platform, and no forger picks it freely.
"""

from functools import partial
from typing import Final

import numpy as np

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import COSTLY, Rows
from graphfraud.rings.evidence.reading import Reading, on_log_scale, share_of
from graphfraud.rings.platform import Platform
from graphfraud.rings.service import CAPTIVE_FROM

HALF_TRUSTED_LISTENERS: Final = 5.0
TASTE_CORRELATION: Final = 0.1
"""How unlike people who share a taste are in what they give to it: scenes, fandoms and sleepers of simulated platforms
lie from 0.05 to 0.25. Groups found on the platform itself are no measure: on a small one most of them may be rings."""
ALIKE_FLOOR: Final = 0.002
"""Correlations below this are none."""
TELLING_ERROR: Final = 0.3
"""Of the correlation of a shared taste: where counting alone gives so much of one, alikeness tells half."""


def closure(case: Case) -> Reading | None:
    """The share of their plays that goes to tracks of it that others play less than they do."""
    if case.listener_count < 2:
        return None
    inside, is_captive = case.of_tracks.inside, case.of_tracks.share >= CAPTIVE_FROM
    value = float(inside[is_captive].sum() / case.platform.listener_plays[case.suspicion.listener_ix].sum())
    expected = case.chance.of_listeners(
        "closure", case.listener_count, partial(_closure_of, case.platform), groups=COSTLY
    )
    return Reading(
        measure="closure",
        value=value,
        expected=expected,
        strength=on_log_scale(value + 0.01, nothing_at=0.15 + expected, ring_at=0.6 + expected),
        reliability=share_of(case.free_count, HALF_TRUSTED_LISTENERS),
        sentence=f"{value:.0%} of these listeners' plays go to tracks that all others together play less than they do"
        f"{case.of_tracks.note}; random groups of this size: {expected:.1%}",
    )


def _closure_of(platform: Platform, listener_ix: Rows) -> float:
    """The share of a group's plays on tracks that two of it or more play, and nobody else plays more than they do."""
    rows = platform.by_listener[listener_ix]
    track_ix, place = np.unique(rows.indices, return_inverse=True)
    plays, heads = np.bincount(place, weights=rows.data), np.bincount(place)
    is_captive = (2 * plays >= platform.track_plays[track_ix]) & (heads >= 2)
    return float(plays[is_captive].sum() / max(plays.sum(), 1.0))


def alikeness(case: Case) -> Reading | None:
    """How far their shares of effort spread beyond what counting so few plays explains: root intraclass correlation."""
    if case.listener_count < 3:
        return None
    plays = case.platform.listener_plays[case.suspicion.listener_ix]
    share = case.suspicion.ring_plays / plays
    mean = float(share.mean())
    counting = mean * (1.0 - mean)
    by_counting = float((counting / plays).mean())
    beyond = max(float(np.square(share - mean).mean()) - by_counting, 0.0)
    correlation = beyond / (counting + 0.02)
    error = by_counting * np.sqrt(2.0 / case.free_count) / (counting + 0.02)
    return Reading(
        measure="alikeness",
        value=min(float(np.sqrt(correlation)), 1.0),
        expected=float(np.sqrt(TASTE_CORRELATION)),
        strength=on_log_scale(
            correlation + ALIKE_FLOOR, nothing_at=0.35 * TASTE_CORRELATION, ring_at=0.04 * TASTE_CORRELATION
        ),
        reliability=share_of(case.free_count, HALF_TRUSTED_LISTENERS)
        / (1.0 + float(error / (TELLING_ERROR * TASTE_CORRELATION)) ** 2),
        sentence=f"the share of their plays that goes there differs by {min(np.sqrt(correlation), 1.0):.0%} of what is "
        f"possible; "
        f"among people who share a taste usually by {np.sqrt(TASTE_CORRELATION):.0%}",
    )


def volume(case: Case) -> Reading | None:
    """How alike they are in how much they play of it."""
    if case.listener_count < 3:
        return None
    value = float(np.log(np.maximum(case.suspicion.ring_plays, 1.0)).std())
    plays = case.platform.listener_plays
    expected = case.chance.of_listeners("volume", case.listener_count, lambda group: float(np.log(plays[group]).std()))
    return Reading(
        measure="volume",
        value=float(np.exp(value)),
        expected=float(np.exp(expected)),
        strength=on_log_scale(value + 0.05, nothing_at=0.55 * expected + 0.05, ring_at=0.18 * expected + 0.05),
        reliability=share_of(case.free_count, HALF_TRUSTED_LISTENERS),
        sentence=f"how much each of them plays of it differs by a factor of {np.exp(value):.1f}; "
        f"in random groups plays differ by {np.exp(expected):.1f}",
    )
