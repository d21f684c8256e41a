"""Origin: listeners and accounts that were opened together, young accounts, tracks that came in a burst.

A forger may buy old accounts; then this says nothing. What it says is held against this platform alone.
"""

import numpy as np

from graphfraud.rings.evidence.ages import FLOOR, bunched, listener_spreads, middle_spread
from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import COSTLY
from graphfraud.rings.evidence.reading import Reading, on_log_scale, share_of
from graphfraud.rings.platform import DAY_US


def listener_ages(case: Case) -> Reading | None:
    """How bunched their ages are: the middle half's spread of log days, one of each household.

    Bots are opened together and live nowhere else; those who play elsewhere all else that they play are people.
    """
    if case.household_count < 3:
        return None
    value, expected = listener_spreads(case)
    strength = bunched(value, expected)
    return Reading(
        measure="listener_ages",
        value=float(np.exp(value)),
        expected=float(np.exp(expected)),
        strength=strength * (1.0 - case.elsewhere) if strength > 0 else strength,
        reliability=share_of(case.household_count, 6.0),
        sentence=f"the middle half of these listeners' ages lies within a factor of {np.exp(value):.2f}; "
        f"in random groups of this size {np.exp(expected):.1f}",
    )


def account_ages(case: Case) -> Reading | None:
    """How young those accounts are that gain, or that upload."""
    ages = case.platform.account_log_days
    if not len(case.owner_ix):
        return None
    value = float(np.expm1(np.median(ages[case.owner_ix])))
    expected = float(
        np.expm1(case.chance.of_accounts("age", len(case.owner_ix), lambda group: float(np.median(ages[group]))))
    )
    return Reading(
        measure="account_ages",
        value=value,
        expected=expected,
        strength=on_log_scale(value + 5.0, nothing_at=0.4 * expected + 5.0, ring_at=0.07 * expected + 5.0),
        reliability=share_of(len(case.owner_ix), 0.5),
        sentence=f"the accounts behind these tracks are {value:,.0f} days old in the median; "
        f"accounts drawn by chance: {expected:,.0f}",
    )


def accounts_opened_together(case: Case) -> Reading | None:
    """How bunched the ages of several accounts are."""
    if len(case.owner_ix) < 3:
        return None
    ages = case.platform.account_log_days
    value = middle_spread(ages[case.owner_ix])
    expected = case.chance.of_accounts("ages", len(case.owner_ix), lambda group: middle_spread(ages[group]))
    return Reading(
        measure="accounts_opened_together",
        value=float(np.exp(value)),
        expected=float(np.exp(expected)),
        strength=on_log_scale(value + FLOOR, nothing_at=0.4 * expected + FLOOR, ring_at=0.06 * expected + FLOOR),
        reliability=share_of(len(case.owner_ix), 2.0),
        sentence=f"the middle half of these accounts' ages lies within a factor of {np.exp(value):.2f}; "
        f"accounts drawn by chance: {np.exp(expected):.1f}",
    )


def upload_burst(case: Case) -> Reading | None:
    """Within how many days the middle half of the tracks came."""
    track_ix = case.suspicion.track_ix
    if len(track_ix) < 5:
        return None
    days = case.platform.facts.track_uploaded_us / DAY_US
    value = middle_spread(days[track_ix])
    tracks_of = case.platform.tracks_of
    expected = case.chance.of_accounts(
        "uploads", len(case.owner_ix), lambda group: middle_spread(days[tracks_of(group)]), groups=COSTLY
    )
    return Reading(
        measure="upload_burst",
        value=value,
        expected=expected,
        strength=on_log_scale(value + 0.5, nothing_at=0.12 * expected + 0.5, ring_at=0.01 * expected + 0.5),
        reliability=share_of(len(track_ix), 10.0),
        sentence=f"the middle half of these tracks came within {value:,.1f} days; "
        f"catalogues of as many accounts drawn by chance: {expected:,.0f}",
    )
