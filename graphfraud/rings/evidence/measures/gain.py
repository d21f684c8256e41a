"""Gain: who earns from it. Without a captive beneficiary there is no ring, but a crowd with a taste."""

from functools import partial
from typing import Final

import numpy as np
from jaxtyping import Float64, Int32, Integer

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import Rows
from graphfraud.rings.evidence.reading import Reading, on_log_scale, on_scale, share_of
from graphfraud.rings.platform import Facts
from graphfraud.rings.service import service

NO_AUDIENCE: Final = 0.15
"""Share of a track's plays by others, up to which it has no audience of its own."""
POPULAR_AT: Final = 8.0
"""Times as many plays by others as the usual track has, at which it surely has one."""


def captive_owners(case: Case) -> Reading | None:
    """How far those who gain live from this group alone: its share of all their plays, weighed by what they gain."""
    gain = case.owner_gain
    if case.listener_count < 2 or gain.sum() == 0:
        return None
    served = service(case.platform.by_account, case.owner_ix, case.suspicion.listener_ix)
    plays = case.platform.account_plays[case.owner_ix]
    value = float((gain * served.share).sum() / gain.sum())
    expected = case.chance.loyal_share(float((gain * plays).sum() / gain.sum()), case.listener_count)
    strength = on_scale(value, nothing_at=0.7, ring_at=1.0)
    return Reading(
        measure="captive_owners",
        value=value,
        expected=expected,
        # Where so small an audience is usual, to live from it is no crime.
        strength=strength * (1.0 - expected) if strength > 0 else strength,
        reliability=share_of(float(gain.sum()), 30.0),
        sentence=f"those who gain get {value:.0%} of all their plays from this group, and the rest from others"
        f"{served.note}; accounts of as many plays get {expected:.0%} from as many of their keenest listeners",
    )


def payees(case: Case) -> Reading | None:
    """How many payees gain, counted by what they gain (inverse Simpson); who is paid unknown stands alone.

    That one artist has one payee tells nothing; that several do tells much.
    """
    gain = case.owner_gain
    if case.listener_count < 2 or gain.sum() == 0:
        return None
    facts = case.platform.facts
    value = _effective_payees(facts.account_payee, case.owner_ix, gain)
    expected = case.chance.of_tracks("payees", len(case.suspicion.track_ix), partial(_payees_of, facts))
    strength = on_log_scale(value, nothing_at=max(4.0, expected**0.5), ring_at=1.0)
    return Reading(
        measure="payees",
        value=value,
        expected=expected,
        strength=min(strength, 0.0) if len(case.owner_ix) < 2 else strength,
        reliability=share_of(float(gain.sum()), 30.0),
        sentence=f"what they play pays {value:.1f} payees in effect; "
        f"so many tracks drawn by chance would pay {expected:,.1f}",
    )


def _popularity(times_usual: float) -> float:
    """0 for what others play as the usual track or less, 1 for what they play many times as much."""
    return float(np.clip(np.log(max(times_usual, 1.0)) / np.log(POPULAR_AT), 0.0, 1.0))


def _payees_of(facts: Facts, track_ix: Rows) -> float:
    return _effective_payees(facts.account_payee, facts.track_account_ix[track_ix], np.ones(len(track_ix)))


def _effective_payees(
    payee_of: Int32[np.ndarray, " account"],
    account_ix: Integer[np.ndarray, " gainer"],
    gain: Float64[np.ndarray, " gainer"],
) -> float:
    payee = payee_of[account_ix].astype(np.int64)
    _, place = np.unique(np.where(payee >= 0, payee, -1 - account_ix.astype(np.int64)), return_inverse=True)
    share = np.bincount(place, weights=gain) / gain.sum()
    return float(1.0 / np.square(share).sum())


def outside_audience(case: Case) -> Reading | None:
    """The share of the tracks' plays that comes from others: an audience of one's own speaks for the defence.

    As far as it is one: a play or two of each track by those who stumble on it is none. More plays by others than
    the usual track has at all are one, however much the group plays.
    """
    inside, outside = float(case.of_tracks.inside.sum()), float(case.of_tracks.outside.sum())
    if not inside + outside:
        return None
    value, a_track = outside / (inside + outside), outside / len(case.suspicion.track_ix)
    usual = case.chance.usual_track_plays
    every, theirs = case.platform.play_count, case.platform.listener_plays[case.suspicion.listener_ix].sum()
    return Reading(
        measure="outside_audience",
        value=value,
        expected=1.0 - float(theirs / every),
        strength=on_log_scale(value + 0.05, nothing_at=NO_AUDIENCE + 0.05, ring_at=0.05)
        - _popularity(a_track / usual) * min(value / NO_AUDIENCE, 1.0),
        reliability=share_of(a_track, 0.5 * usual) if value > NO_AUDIENCE else 1.0,
        sentence=f"{value:.0%} of the plays of these tracks come from others, {a_track:,.1f} a track"
        f"{case.of_tracks.note}; "
        f"the usual track of the platform has {usual:,.0f}",
    )
