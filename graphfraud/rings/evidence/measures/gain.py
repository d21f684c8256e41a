"""Gain: who earns from it. Without a captive beneficiary there is no ring, but a crowd with a taste."""

import numpy as np

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.reading import Reading, on_log_scale, on_scale, share_of


def captive_owners(case: Case) -> Reading | None:
    """How far those who gain live from this group alone: its share of all their plays, weighed by what they gain."""
    gain = case.owner_gain
    if case.listener_count < 2 or gain.sum() == 0:
        return None
    inside = np.asarray(case.platform.by_account[case.owner_ix][:, case.suspicion.listener_ix].sum(axis=1))
    plays = np.maximum(case.platform.account_plays[case.owner_ix], 1.0)
    value = float((gain * inside / plays).sum() / gain.sum())
    expected = case.chance.loyal_share(float((gain * plays).sum() / gain.sum()), case.listener_count)
    strength = on_scale(value, nothing_at=0.7, ring_at=1.0)
    return Reading(
        measure="captive_owners",
        value=value,
        expected=expected,
        # Where so small an audience is usual, to live from it is no crime.
        strength=strength * (1.0 - expected) if strength > 0 else strength,
        reliability=share_of(float(gain.sum()), 30.0),
        sentence=f"those who gain get {value:.0%} of all their plays from this group; accounts of as many plays get "
        f"{expected:.0%} from as many of their keenest listeners",
    )


def payees(case: Case) -> Reading | None:
    """How many payees gain, counted by what they gain (inverse Simpson); who is paid unknown stands alone."""
    gain = case.owner_gain
    if case.listener_count < 2 or gain.sum() == 0:
        return None
    payee = case.platform.facts.account_payee[case.owner_ix]
    value = _effective(np.where(payee >= 0, payee, -1 - np.arange(len(payee))), gain)
    plays = np.bincount(case.platform.facts.track_account_ix, minlength=len(case.platform.account_plays))
    expected = float(min(max(len(case.suspicion.track_ix), 1), max((plays > 0).sum(), 1)))
    return Reading(
        measure="payees",
        value=value,
        expected=expected,
        strength=on_log_scale(value, nothing_at=4.0, ring_at=1.0),
        reliability=share_of(float(gain.sum()), 30.0),
        sentence=f"what they play pays {value:.1f} payees in effect; "
        f"so many tracks drawn by chance would pay {expected:,.0f}",
    )


def _effective(group: np.ndarray, weight: np.ndarray) -> float:
    _, place = np.unique(group, return_inverse=True)
    share = np.bincount(place, weights=weight) / weight.sum()
    return float(1.0 / np.square(share).sum())


def outside_audience(case: Case) -> Reading | None:
    """The share of the tracks' plays that comes from others: an audience of one's own speaks for the defence.

    As far as it is one: a play or two of each track by those who stumble on it is none.
    """
    plays = case.platform.track_plays[case.suspicion.track_ix]
    if not plays.sum():
        return None
    outside = float(plays.sum() - case.suspicion.ring_plays.sum())
    value = outside / float(plays.sum())
    usual = case.chance.usual_track_plays
    return Reading(
        measure="outside_audience",
        value=value,
        expected=1.0,
        strength=on_log_scale(value + 0.05, nothing_at=0.2, ring_at=0.05),
        reliability=share_of(outside / len(plays), 0.5 * usual) if value > 0.15 else 1.0,
        sentence=f"{value:.0%} of the plays of these tracks come from others, {outside / len(plays):,.1f} a track; "
        f"the usual track of the platform has {usual:,.0f}",
    )
