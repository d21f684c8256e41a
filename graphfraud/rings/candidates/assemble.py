"""From a seed to a whole suspicion: whom it serves, and everyone who serves them so."""

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy.sparse import csr_array

from graphfraud.rings.candidates.suspicion import Seed, Suspicion
from graphfraud.rings.platform import Platform
from graphfraud.rings.service import CAPTIVE_FROM, service

ROUND_COUNT: Final = 5
HALF_CAPTIVE_FROM: Final = 0.34
"""The same, for the tracks of an account that is captive."""
WHOLLY_CAPTIVE_FROM: Final = 0.7
"""The same for an account, from which its unplayed tracks belong to the group, too."""
FEWEST_LOYAL_PLAYS: Final = 2.0
LOYALTY_SHARE: Final = 0.1
"""A captive thing is played as often by each who plays it as the group plays what it is there for, to this share:
what bots hide among has a play or two of each."""
FEWEST_RING_PLAYS: Final = 3.0
EFFORT_SHARE: Final = 0.15
"""Of the group's median, in plays and in share of effort: who does less has strayed in."""
GROWTH_LIMIT: Final = 5
"""A seed that grows by more was no group."""
DEVOTED_SHARE: Final = 0.25
"""Share of its effort from which a listener serves the accounts of an upload ring."""
FEWEST_DEVOTED_PLAYS: Final = 5.0
LEAST_SERVICE: Final = 0.1
"""Share of all plays of an upload ring, below which those who are devoted to it are no part of what it does."""


def assembled(platform: Platform, seed: Seed, *, max_listeners: int) -> Suspicion | None:
    """The whole suspicion; None when the seed serves nobody, or is a crowd."""
    if seed.members == "accounts":
        return _around_accounts(platform, seed, max_listeners)
    return _around_listeners(platform, seed, max_listeners)


def without_accounts(platform: Platform, suspicion: Suspicion, account_ix: Int64[np.ndarray, " account"]) -> Suspicion:
    """What is left of a suspicion without some of its accounts, and without the listeners who served only those."""
    track_ix = suspicion.track_ix[~np.isin(platform.facts.track_account_ix[suspicion.track_ix], account_ix)]
    plays = platform.plays_on(track_ix)[suspicion.listener_ix]
    serves = plays >= FEWEST_RING_PLAYS
    return replace(
        suspicion,
        listener_ix=suspicion.listener_ix[serves],
        account_ix=np.setdiff1d(suspicion.account_ix, account_ix),
        track_ix=track_ix,
        ring_plays=plays[serves],
    )


def _around_accounts(platform: Platform, seed: Seed, max_listeners: int) -> Suspicion | None:
    """The accounts, all of their tracks, and the listeners who give them much of their effort; None for a crowd."""
    track_ix = platform.tracks_of(seed.member_ix)
    plays = platform.plays_on(track_ix)
    is_devoted = (plays >= FEWEST_DEVOTED_PLAYS) & (plays >= DEVOTED_SHARE * platform.listener_plays)
    listener_ix = np.flatnonzero(is_devoted & (plays[is_devoted].sum() >= LEAST_SERVICE * plays.sum()))
    if len(listener_ix) > max_listeners:
        return None
    return Suspicion(
        level=seed.level,
        listener_ix=listener_ix,
        account_ix=seed.member_ix,
        track_ix=track_ix,
        ring_plays=plays[listener_ix],
    )


def _around_listeners(platform: Platform, seed: Seed, max_listeners: int) -> Suspicion | None:
    """Whom the listeners serve, who else serves those, and so on until nothing changes."""
    listener_ix = seed.member_ix
    if len(listener_ix) > max_listeners:
        return None
    for _ in range(ROUND_COUNT):
        account_ix, track_ix = _served(platform, listener_ix)
        if not len(track_ix):
            return None
        plays = platform.plays_on(track_ix)
        serving_ix = _serving(platform, plays, listener_ix)
        if not 2 <= len(serving_ix) <= min(GROWTH_LIMIT * len(seed.member_ix), max_listeners):
            return None
        if np.array_equal(serving_ix, listener_ix):
            break
        listener_ix = serving_ix
    return Suspicion(
        level=seed.level,
        listener_ix=serving_ix,
        account_ix=account_ix,
        track_ix=track_ix,
        ring_plays=plays[serving_ix],
    )


def _serving(
    platform: Platform, plays: Float64[np.ndarray, " listener"], listener_ix: Int64[np.ndarray, " member"]
) -> Int64[np.ndarray, " _serving"]:
    """Listeners of the whole platform who play as much of it, of their effort too, as the group does."""
    share = plays / np.maximum(platform.listener_plays, 1.0)
    least_plays = max(FEWEST_RING_PLAYS, EFFORT_SHARE * float(np.median(plays[listener_ix])))
    least_share = EFFORT_SHARE * float(np.median(share[listener_ix]))
    return np.flatnonzero((plays >= least_plays) & (share >= least_share))


def _served(
    platform: Platform, listener_ix: Int64[np.ndarray, " member"]
) -> tuple[Int64[np.ndarray, " account"], Int64[np.ndarray, " track"]]:
    """Accounts and tracks that are captive to the listeners."""
    rows = platform.by_listener[listener_ix]
    track_ix, place = np.unique(rows.indices, return_inverse=True)
    plays, heads = np.bincount(place, weights=rows.data), np.bincount(place)
    owner_of_track = platform.facts.track_account_ix[track_ix].astype(np.int64)
    account_ix, place = np.unique(owner_of_track, return_inverse=True)
    account_plays = np.bincount(place, weights=plays)
    account_heads = _heads(platform, account_ix, rows)
    account_share = _share(platform.by_account, account_ix, listener_ix, account_plays, account_heads)
    is_captive = (account_share >= CAPTIVE_FROM) & (account_heads >= min(3, len(listener_ix)))
    is_captive &= _is_loyal(account_plays, account_heads, is_captive)
    track_share = _share(platform.by_track, track_ix, listener_ix, plays, heads)
    is_taken = (track_share >= CAPTIVE_FROM) & (heads >= 2)
    is_taken &= _is_loyal(plays, heads, is_taken)
    is_taken |= is_captive[place] & (track_share >= HALF_CAPTIVE_FROM)
    wholly = account_ix[is_captive & (account_share >= WHOLLY_CAPTIVE_FROM)]
    silent_ix = platform.tracks_of(wholly)
    silent_ix = silent_ix[platform.track_plays[silent_ix] == 0]
    return account_ix[is_captive], np.union1d(track_ix[is_taken], silent_ix).astype(np.int64)


def _share(
    by: csr_array,
    thing_ix: Int64[np.ndarray, " thing"],
    listener_ix: Int64[np.ndarray, " member"],
    plays: Float64[np.ndarray, " thing"],
    heads: Int64[np.ndarray, " thing"],
) -> Float64[np.ndarray, " thing"]:
    """The group's share of each thing's plays; 0 for what it can hardly have to itself."""
    outsiders = np.diff(by.indptr)[thing_ix] - heads
    may_ix = np.flatnonzero(HALF_CAPTIVE_FROM * (plays + outsiders) <= plays)
    share = np.zeros(len(thing_ix))
    share[may_ix] = service(by, thing_ix[may_ix], listener_ix).share
    return share


def _heads(
    platform: Platform, account_ix: Int64[np.ndarray, " account"], plays: csr_array
) -> Int64[np.ndarray, " account"]:
    """How many of the listeners, whose plays [listener, track] these are, play each account."""
    listener = np.repeat(np.arange(plays.shape[0]), np.diff(plays.indptr))
    owner = np.searchsorted(account_ix, platform.facts.track_account_ix[plays.indices])
    pairs = np.unique(owner * np.int64(plays.shape[0]) + listener)
    return np.bincount(pairs // plays.shape[0], minlength=len(account_ix))


def _is_loyal(
    plays: Float64[np.ndarray, " thing"], heads: Int64[np.ndarray, " thing"], is_captive: Bool[np.ndarray, " thing"]
) -> Bool[np.ndarray, " thing"]:
    """Whether each thing is played as often by each who plays it as those are that are captive, by their plays."""
    loyalty = plays / np.maximum(heads, 1)
    captive_plays = plays * is_captive
    usual = float((captive_plays * loyalty).sum() / max(captive_plays.sum(), 1.0))
    return np.asarray(loyalty >= max(FEWEST_LOYAL_PLAYS, LOYALTY_SHARE * usual))
