"""Means: devices and addresses that only they share, and plays that did not come from where a listener else plays."""

from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy.sparse import csr_array

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import Rows
from graphfraud.rings.evidence.devices import is_elsewhere
from graphfraud.rings.evidence.reading import Reading, on_log_scale, on_scale, share_of
from graphfraud.rings.platform import Platform
from graphfraud.vocabulary import ACCOUNT_USED, LISTENER_USED, MEAN

FEWEST_OWN_PLAYS: Final = 5
"""Other plays from which a listener has a life of its own."""


def shared_means(case: Case) -> Reading | None:
    """How many distinct devices and addresses only they share.

    Those that the same members use are one fact: a class of thirty behind one address is one.
    """
    listeners = case.platform.means[LISTENER_USED.name]
    if not case.listener_count or not listeners.nnz:
        return None
    value = _shared_facts(case.platform, case.suspicion.listener_ix, case.suspicion.account_ix)
    nobody = np.zeros(0, np.int64)
    expected = case.chance.of_listeners(
        "shared means", case.listener_count, lambda group: _shared_facts(case.platform, group, nobody), groups=16
    )
    return Reading(
        measure="shared_means",
        value=float(value),
        expected=expected,
        strength=on_log_scale(1.0 + value, nothing_at=1.5 + expected, ring_at=9.0 + expected),
        reliability=share_of(case.suspicion.actor_count, 3.0),
        sentence=f"{value} devices and addresses are shared by members of it and by hardly anybody else; "
        f"random groups of this size: {expected:.1f}",
    )


def _shared_facts(platform: Platform, listener_ix: Rows, account_ix: Rows) -> int:
    """Distinct sets of two or more members that have a device or address to themselves, as far as half of its users."""
    used = platform.means
    by_listeners, by_accounts = used[LISTENER_USED.name], used[ACCOUNT_USED.name]
    users = np.bincount(by_listeners.indices, minlength=by_listeners.shape[1])
    users += np.bincount(by_accounts.indices, minlength=by_listeners.shape[1])
    rows, means = _incidence(by_listeners[listener_ix], by_accounts[account_ix])
    inside = np.bincount(means, minlength=len(users))
    captive = (inside >= 2) & (2 * inside >= users) & _is_place(platform)
    kept = captive[means]
    order = np.lexsort((rows[kept], means[kept]))
    sets = np.split(rows[kept][order], np.cumsum(inside[captive])[:-1]) if captive.any() else []
    return len({members.tobytes() for members in sets})


def _is_place(platform: Platform) -> Bool[np.ndarray, " means"]:
    nodes = platform.graph.nodes[MEAN]
    flags = [nodes.feature_names.index(name) for name in ("is_device", "is_address")]
    return np.asarray(nodes.features[:, flags].max(axis=1, initial=0.0) > 0)


def _incidence(*parts: csr_array) -> tuple[Int64[np.ndarray, " use"], Int64[np.ndarray, " use"]]:
    """Who used what: member numbers, running on over the parts, and means."""
    rows, start = [], 0
    for part in parts:
        rows.append(start + np.repeat(np.arange(part.shape[0]), np.diff(part.indptr)))
        start += part.shape[0]
    return np.concatenate(rows), np.concatenate([part.indices for part in parts]).astype(np.int64)


def away(case: Case) -> Reading | None:
    """The share of their plays of it that came from no device of their other plays.

    Somebody else plays in a hijacked listener's name. Listeners without a life of their own tell nothing here.
    """
    share, has_life = away_shares(case)
    if has_life.sum() < 2:
        return None
    value = float(share[has_life].mean())
    expected = case.chance.away_share
    return Reading(
        measure="away",
        value=value,
        expected=expected,
        strength=max(0.0, on_scale(value, nothing_at=0.3 + expected, ring_at=0.85)),
        reliability=share_of(float(has_life.sum()), 3.0) * float(has_life.mean()),
        sentence=f"{value:.0%} of their plays of it came from devices that they use for nothing else; "
        f"plays of a favourite by random listeners: {expected:.0%}",
    )


def away_shares(case: Case) -> tuple[Float64[np.ndarray, " listener"], Bool[np.ndarray, " listener"]]:
    """Share of each listener's ring plays that came from elsewhere, and whether it has a life of its own to tell by."""
    log, count = case.platform.log, case.listener_count
    own, ring = case.own_play_ix, case.ring_play_ix
    of_own, of_ring = case.listener_of(own), case.listener_of(ring)
    is_away = is_elsewhere(log, of_own=of_own, own_ix=own, of_asked=of_ring, asked_ix=ring)
    known = (log.device[ring] >= 0) | (log.address[ring] >= 0)
    told = np.bincount(of_ring[known], minlength=count)
    share = np.bincount(of_ring[known], weights=is_away[known], minlength=count) / np.maximum(told, 1)
    return share, (np.bincount(of_own, minlength=count) >= FEWEST_OWN_PLAYS) & (told > 0)
