"""Content: recordings and titles that others have, too, and what else ties the accounts."""

from functools import partial
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import COSTLY, Rows
from graphfraud.rings.evidence.reading import Reading, on_scale, share_of
from graphfraud.rings.platform import Platform
from graphfraud.vocabulary import ACCOUNT_USED

OTHERS_WEIGHT: Final = 0.7
"""Of twins under other accounts, beside twins at all: an artist may deliver a song again."""


def recordings(case: Case) -> Reading | None:
    """The share of the tracks that are a recording of another: in the group, or earlier under any other account."""
    facts, track_ix = case.platform.facts, case.suspicion.track_ix
    sounding = facts.has_sound[track_ix]
    if sounding.sum() < 5:
        return None
    count = int(sounding.sum())
    under_others = len(case.copies_ix) / count
    at_all = len(np.union1d(case.copies_ix, case.twins)) / count
    expected = case.chance.twin_share
    weighed = OTHERS_WEIGHT * under_others + (1.0 - OTHERS_WEIGHT) * at_all
    return Reading(
        measure="recordings",
        value=at_all,
        expected=expected,
        strength=_strength(weighed, expected),
        reliability=share_of(count, 10.0),
        sentence=f"{at_all:.0%} of these tracks are nearly the same recording as another of them or an earlier one, "
        f"{under_others:.0%} as one under another account; on the platform {expected:.0%} have a twin anywhere",
    )


def titles(case: Case) -> Reading | None:
    """The share of the tracks whose title has the words of another under another account of the group."""
    facts, track_ix = case.platform.facts, case.suspicion.track_ix
    words, owner = facts.track_words[track_ix], facts.track_account_ix[track_ix]
    told = words >= 0
    if told.sum() < 5 or len(case.owner_ix) < 2:
        return None
    pairs = np.unique(np.stack([words[told], owner[told]], axis=1), axis=0)
    several = np.unique(pairs[:, 0])[np.unique(pairs[:, 0], return_counts=True)[1] >= 2]
    value = float(np.isin(words[told], several).mean())
    expected = case.chance.title_share
    return Reading(
        measure="titles",
        value=value,
        expected=expected,
        strength=_strength(value, expected),
        reliability=share_of(float(told.sum()), 10.0),
        sentence=f"{value:.0%} of these titles turn around the words of one under another of these accounts; "
        f"on the platform {expected:.0%} do under any account",
    )


def _strength(share: float, expected: float) -> float:
    """Strength of a share of a catalogue that comes again, beside that of the platform's."""
    return max(0.0, on_scale(share, nothing_at=0.1 + expected, ring_at=0.6 + 0.4 * expected))


def tied_accounts(case: Case) -> Reading | None:
    """The share of the accounts that share a payee, a device or an address with another of the group."""
    account_ix = case.owner_ix
    if len(account_ix) < 2:
        return None
    value = _tied_share(case.platform, account_ix)
    expected = case.chance.of_accounts("ties", len(account_ix), partial(_tied_share, case.platform), groups=COSTLY)
    return Reading(
        measure="tied_accounts",
        value=value,
        expected=expected,
        strength=max(0.0, on_scale(value, nothing_at=0.2 + expected, ring_at=1.0 + expected)),
        reliability=share_of(len(account_ix), 1.0),
        sentence=f"{value:.0%} of these accounts share a payee, a device or an address with another of them; "
        f"accounts drawn by chance: {expected:.0%}",
    )


def _tied_share(platform: Platform, account_ix: Rows) -> float:
    """The share of the accounts that use a means that another of them uses."""
    used: csr_array = platform.means[ACCOUNT_USED.name][account_ix]
    is_shared = np.bincount(used.indices, minlength=used.shape[1]) >= 2
    return float(((used @ is_shared.astype(np.float64)) > 0).mean())
