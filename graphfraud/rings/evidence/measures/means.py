"""Means: devices and addresses that they share, and plays that did not come from where a listener else plays."""

from functools import partial
from typing import Final

import numpy as np

from graphfraud.rings.evidence.ages import joined_together
from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import COSTLY, Rows
from graphfraud.rings.evidence.reading import Reading, on_log_scale, on_scale, share_of
from graphfraud.rings.platform import Platform
from graphfraud.vocabulary import LISTENER_USED

ONE_PLACE_TRUST: Final = 0.6
"""What is told by devices alone, or by addresses alone, of what both together tell: people keep a tablet for one thing,
and addresses change."""


def shared_means(case: Case) -> Reading | None:
    """How many distinct devices and addresses they share, as at least half of those who use them.

    Those that the same members use are one fact: a class of thirty behind one address is one. What a household
    shares is none.
    """
    platform = case.platform
    if not case.listener_count or not platform.means[LISTENER_USED.name].nnz:
        return None
    value = _shared_facts(platform, case.suspicion.listener_ix)
    expected = case.chance.of_listeners(
        "shared means", case.listener_count, partial(_shared_facts, platform), groups=COSTLY
    )
    return Reading(
        measure="shared_means",
        value=float(value),
        expected=expected,
        strength=on_log_scale(1.0 + value, nothing_at=1.5 + expected, ring_at=9.0 + expected),
        reliability=share_of(case.free_count, 3.0),
        sentence=f"{value} devices and addresses are shared by these listeners, who are at least half of their users; "
        f"random groups of this size: {expected:.1f}",
    )


def _shared_facts(platform: Platform, listener_ix: Rows) -> int:
    """Distinct sets of listeners from two households or more who are at least half of the users of a place."""
    used = platform.means[LISTENER_USED.name][listener_ix]
    member, means = np.repeat(np.arange(len(listener_ix)), np.diff(used.indptr)), used.indices
    order = np.lexsort((member, means))
    means_ix, first, inside = np.unique(means[order], return_index=True, return_counts=True)
    captive = (inside >= 2) & (2 * inside >= platform.users_of_means[means_ix]) & platform.is_place[means_ix]
    household = platform.facts.listener_household[listener_ix]
    sets = (member[order][start : start + count] for start, count in zip(first[captive], inside[captive], strict=True))
    return len({members.tobytes() for members in sets if len(np.unique(household[members])) >= 2})


def away(case: Case) -> Reading | None:
    """The share of their plays of it that came from elsewhere, on the mean.

    Somebody else plays in a hijacked listener's name. Listeners without a life of their own tell nothing here, and
    so does a platform on which people play their favourites from elsewhere anyhow. Nor do those who joined together:
    the hijacked are strangers, and a class or a staff plays elsewhere what it does not play at home.
    """
    gone = case.away
    if gone.can_tell.sum() < 2:
        return None
    value, expected = float(gone.share[gone.can_tell].mean()), case.chance.away_share
    beyond = (value - expected) / max(1.0 - expected, 1e-9)
    strength = max(0.0, on_scale(beyond, nothing_at=0.3, ring_at=0.85)) if case.chance.places_tell else 0.0
    trust = ONE_PLACE_TRUST + (1.0 - ONE_PLACE_TRUST) * gone.both_known_share
    return Reading(
        measure="away",
        value=value,
        expected=expected,
        strength=strength * (1.0 - joined_together(case)),
        reliability=trust * share_of(float(gone.can_tell.sum()), 3.0) * float(gone.can_tell.mean()),
        sentence=f"on the mean {value:.0%} of what each plays of it comes from devices and addresses of none of their "
        f"other plays; of what random listeners play of their favourite {expected:.0%} does",
    )
