"""Means: devices and addresses that they share, and plays that did not come from where a listener else plays."""

from functools import partial
from typing import Final

import numpy as np
from jaxtyping import Int64
from scipy.sparse import csr_array

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import COSTLY, Rows
from graphfraud.rings.evidence.reading import Reading, on_log_scale, on_scale, share_of
from graphfraud.rings.platform import Platform
from graphfraud.vocabulary import ACCOUNT_USED, LISTENER_USED

ONE_PLACE_TRUST: Final = 0.6
"""What is told by devices alone, or by addresses alone, of what both together tell: people keep a tablet for one thing,
and addresses change."""


def shared_means(case: Case) -> Reading | None:
    """How many distinct devices and addresses they share, as at least half of those who use them.

    Those that the same members use are one fact: a class of thirty behind one address is one. What a household
    shares is none.
    """
    platform, nobody = case.platform, np.zeros(0, np.int64)
    if not case.listener_count or not platform.means[LISTENER_USED.name].nnz:
        return None
    value = _shared_facts(platform, case.suspicion.listener_ix, case.suspicion.account_ix)
    expected = case.chance.of_listeners(
        "shared means", case.listener_count, lambda group: _shared_facts(platform, group, nobody), groups=COSTLY
    )
    if len(case.suspicion.account_ix):
        expected += case.chance.of_accounts(
            "shared means", len(case.suspicion.account_ix), partial(_shared_facts, platform, nobody), groups=COSTLY
        )
    return Reading(
        measure="shared_means",
        value=float(value),
        expected=expected,
        strength=on_log_scale(1.0 + value, nothing_at=1.5 + expected, ring_at=9.0 + expected),
        reliability=share_of(case.free_count + len(case.suspicion.account_ix), 3.0),
        sentence=f"{value} devices and addresses are shared by members of it, who are at least half of their users; "
        f"random groups of this size: {expected:.1f}",
    )


def _shared_facts(platform: Platform, listener_ix: Rows, account_ix: Rows) -> int:
    """Distinct sets of members from two households or more that are at least half of the users of a device or address.

    An account is a household of its own.
    """
    by_listeners, by_accounts = platform.means[LISTENER_USED.name], platform.means[ACCOUNT_USED.name]
    member, means = _incidence(by_listeners[listener_ix], by_accounts[account_ix])
    order = np.lexsort((member, means))
    means_ix, first, inside = np.unique(means[order], return_index=True, return_counts=True)
    captive = (inside >= 2) & (2 * inside >= platform.users_of_means[means_ix]) & platform.is_place[means_ix]
    household = np.concatenate([platform.facts.listener_household[listener_ix], -1 - np.arange(len(account_ix))])
    sets = (member[order][start : start + count] for start, count in zip(first[captive], inside[captive], strict=True))
    return len({members.tobytes() for members in sets if len(np.unique(household[members])) >= 2})


def _incidence(*parts: csr_array) -> tuple[Int64[np.ndarray, " use"], Int64[np.ndarray, " use"]]:
    """Who used what: member numbers, running on over the parts, and means."""
    rows, start = [], 0
    for part in parts:
        rows.append(start + np.repeat(np.arange(part.shape[0]), np.diff(part.indptr)))
        start += part.shape[0]
    return np.concatenate(rows), np.concatenate([part.indices for part in parts]).astype(np.int64)


def away(case: Case) -> Reading | None:
    """The share of their plays of it that came from elsewhere, on the mean.

    Somebody else plays in a hijacked listener's name. Listeners without a life of their own tell nothing here, and
    so does a platform on which people play their favourites from elsewhere anyhow.
    """
    gone = case.away
    if gone.can_tell.sum() < 2:
        return None
    value, expected = float(gone.share[gone.can_tell].mean()), case.chance.away_share
    beyond = (value - expected) / max(1.0 - expected, 1e-9)
    trust = ONE_PLACE_TRUST + (1.0 - ONE_PLACE_TRUST) * gone.both_known_share
    return Reading(
        measure="away",
        value=value,
        expected=expected,
        strength=max(0.0, on_scale(beyond, nothing_at=0.3, ring_at=0.85)) if case.chance.places_tell else 0.0,
        reliability=trust * share_of(float(gone.can_tell.sum()), 3.0) * float(gone.can_tell.mean()),
        sentence=f"on the mean {value:.0%} of what each plays of it comes from devices and addresses of none of their "
        f"other plays; of what random listeners play of their favourite {expected:.0%} does",
    )
