"""Rhythm: plays cut as soon as they pay, and days without a night.

A careful operator hides both, so that human rhythms clear nobody; machine ones accuse.
"""

from typing import Final

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.reading import Reading, on_log_scale, share_of

FLAT_NIGHT_SHARE: Final = 8 / 24
"""A day without a night has so much of its plays in the eight quietest hours."""
LEAST_ROOM: Final = 0.05
"""Between people's nights and no night, below which they are not told apart."""
NOTHING_AT: Final = 0.25
"""Flatness that tells nothing: the share of the way from people to machines."""
HALF_TRUSTED_PLAYS: Final = 60.0
HALF_TRUSTED_LISTENERS: Final = 3.0
"""A few friends may keep odd hours."""


def just_paid(case: Case) -> Reading | None:
    """The share of their paid plays of it that end just after the 30 s that pay."""
    log, play_ix = case.platform.log, case.ring_play_ix
    paid = int(log.is_paid[play_ix].sum())
    if paid == 0:
        return None
    value = float(log.is_just_paid[play_ix].sum() / paid)
    expected = case.chance.just_paid_share(case.suspicion.listener_ix)
    return Reading(
        measure="just_paid",
        value=value,
        expected=expected,
        strength=on_log_scale(value + 0.02, nothing_at=1.8 * expected + 0.04, ring_at=0.45 + expected),
        reliability=share_of(paid, HALF_TRUSTED_PLAYS),
        sentence=f"{value:.0%} of their paid plays of it end just after the 30 s that pay; "
        f"listeners who play as much: {expected:.0%}",
    )


def day_curve(case: Case) -> Reading | None:
    """The share of their plays of it that falls into the eight quietest hours of their countries.

    A third is what a flat day gives. Much more than that is no flat day but one turned around: people who
    sleep to noise.
    """
    play_ix = case.ring_play_ix
    if not len(play_ix):
        return None
    value = float(case.platform.log.is_night[play_ix].mean())
    expected = case.chance.night_share(case.suspicion.listener_ix)
    room = FLAT_NIGHT_SHARE - expected
    flatness = (value - expected) / room if room > LEAST_ROOM else NOTHING_AT
    return Reading(
        measure="day_curve",
        value=value,
        expected=expected,
        strength=flatness_strength(flatness),
        reliability=share_of(len(play_ix), HALF_TRUSTED_PLAYS) * share_of(case.free_count, HALF_TRUSTED_LISTENERS),
        sentence=f"{value:.0%} of their plays of it fall into the eight quietest hours of their countries, "
        f"a day without a night has 33%; listeners who play as much: {expected:.0%}",
    )


def flatness_strength(flatness: float) -> float:
    """Strength by how flat the day is: 0 at a quarter of the way from people to machines, 1 there, -1 far beyond."""
    if flatness <= 1.0:
        return (flatness - NOTHING_AT) / (1.0 - NOTHING_AT)
    return max(-1.0, 1.0 - 2.0 * (flatness - 1.0))
