"""The knobs of an attack, and the wide ranges from which each ring draws its own.

An attacker is loud or careful about each sign by itself: a ring draws how careful it is, and then for
each knob from the loud or from the careful range. So no two rings share constants, and any sign may be
missing from a ring. Who adapts (`--adapt LEVEL`) is careful about all knobs up to that level, and pays
for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np
from numpy.random import Generator

HIGHEST_LEVEL: Final = 4
"""1: careful about human days; 2: about addresses and devices, too; 3: about ages, too; 4: about how long is played."""


@dataclass(frozen=True, slots=True)
class Span:
    """Values from `low` to `high`, of which a ring draws one."""

    low: float
    high: float
    by_magnitude: bool = False
    """Whether each order of magnitude is as likely as the next, rather than each value."""

    def at(self, luck: float) -> float:
        """The value at `luck` in [0, 1) of the span."""
        if self.by_magnitude and self.low > 0:
            return float(np.exp(np.log(self.low) + luck * (np.log(self.high) - np.log(self.low))))
        return self.low + luck * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Care:
    """Where a knob lies for the loud, and for the careful."""

    loud: Span
    careful: Span


def even(low: float, high: float) -> Span:
    """A span of which each value is as likely as the next."""
    return Span(low, high)


def wide(low: float, high: float) -> Span:
    """A span of which each order of magnitude is as likely as the next."""
    return Span(low, high, by_magnitude=True)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a knob may be asked to be, and from which level of adaptation on attackers are careful about it."""

    least: float
    most: float
    level: int = 99


def _knob(doc: str, least: float, most: float, level: int = 99) -> Any:
    return field(metadata={"doc": doc, "limits": Limits(least, most, level)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """One ring's settings; counts are those of scale 1."""

    bots: float = _knob("bot listeners, or listeners taken over", 1, 1e6)
    accounts: float = _knob("accounts that upload", 1, 1e5)
    tracks: float = _knob("tracks that are played for money", 1, 1e6)
    start_share: float = _knob("of the window, what is over before the first play", 0, 0.95)
    days: float = _knob("days of playing", 1, 3_650)
    plays_per_day: float = _knob("of a bot, on a day on which it works", 0.01, 1_000)
    evenness: float = _knob(
        "how alike the bots are in how much they play: 1 is as unlike as chance makes people, 100 is a script",
        0.2,
        1_000,
    )
    plays_per_session: float = _knob("plays of a bot in a row", 1, 500)
    idle_day_share: float = _knob("of the days, those on which a bot does not work", 0, 0.99)
    turnover: float = _knob("of the days of playing, how many each bot lasts before a new one takes its place", 0.02, 1)
    ramp_share: float = _knob("of the days of playing, until the last bot has joined and the last track is up", 0, 1)
    camouflage_share: float = _knob("of the plays, on other people's tracks", 0, 0.99)
    taste_share: float = _knob(
        "of the camouflage, on what a person of some taste would play; the rest is on hits", 0, 1
    )
    breadth_share: float = _knob("of the tracks, those that each bot plays", 0, 1)
    hit_share: float = _knob("of the plays for money, on the few tracks that are pushed most", 0, 1)
    just_paid_share: float = _knob(
        "of the plays, stopped soon after the 30 s that pay; the others are heard as people hear", 0, 1, 4
    )
    skip_share: float = _knob("of the other plays, skipped", 0, 1, 4)
    sleep_share: float = _knob(
        "of the bots, those that keep their country's day; the others play round the clock", 0, 1, 1
    )
    sources: float = _knob("ways in which the tracks are found: search, library and so on", 1, 7)
    devices_per_bot: float = _knob("devices: below 1 bots share them, above 1 some have two", 0.001, 2, 2)
    addresses_per_bot: float = _knob("addresses: below 1 bots share them, above 1 some have two", 0.001, 2, 2)
    residential_share: float = _knob("of the sessions, through the homes of honest people of the same country", 0, 1, 2)
    countries: float = _knob("that the bots claim to be of", 1, 14)
    account_age_days: float = _knob("of the oldest bot when it joins; the others are younger", 0, 3_650, 3)
    premium_share: float = _knob("of the bots, on a paid plan", 0, 1)
    preparation_days: float = _knob("from the first upload account to the first play", 0.5, 3_650, 3)
    upload_days: float = _knob("the burst in which the tracks arrive", 0.01, 3_650)
    shared_payee: float = _knob("the chance that all accounts are paid through one payee", 0, 1)
    shared_device: float = _knob("the chance that all accounts log in from one device", 0, 1, 2)
    permuted_titles: float = _knob("the chance that titles turn the words of a few phrases around", 0, 1)
    organic_share: float = _knob("honest plays of the tracks for each one of a bot", 0, 100)
    budget_eur: float = _knob("what may be spent on bots: fewer are bought when they would cost more", 1, 1e9)

    def playing_days(self, day_count: int) -> tuple[float, float]:
        """From when until when the tracks are played, in days of a window of `day_count` days."""
        start = self.start_share * day_count
        return start, min(start + self.days, day_count)

    def presence_days(self, day_count: int) -> float:
        """Days of the window that a bot works, on average: less with turnover, and where bots join late."""
        start, end = self.playing_days(day_count)
        if self.turnover < 1:
            return min(end - start, max(1.0, self.turnover * (end - start)))
        return (end - start) * (1 - self.ramp_share / 2)

    def plays_of_a_bot(self, day_count: int) -> float:
        """Plays that a bot is expected to make in the window, camouflage among them."""
        return self.presence_days(day_count) * (1 - self.idle_day_share) * self.plays_per_day


KNOB_NAMES: Final = tuple(each.name for each in fields(Knobs))
LIMITS: Final[dict[str, Limits]] = {each.name: each.metadata["limits"] for each in fields(Knobs)}


def knob_doc(name: str) -> str:
    """What a knob is."""
    return str(next(each.metadata["doc"] for each in fields(Knobs) if each.name == name))


USUAL: Final[dict[str, Span | Care]] = {
    "bots": wide(15, 250),
    "accounts": wide(1, 8),
    "tracks": wide(8, 100),
    "start_share": even(0, 0.5),
    "days": wide(7, 60),
    "plays_per_day": Care(wide(8, 50), wide(3, 16)),
    "evenness": Care(wide(2, 50), wide(0.5, 2)),
    "plays_per_session": wide(1.2, 20),
    "idle_day_share": Care(even(0, 0.15), even(0.1, 0.6)),
    "turnover": Care(even(1, 1), even(0.2, 1)),
    "ramp_share": Care(even(0, 0.1), even(0, 0.6)),
    "camouflage_share": Care(even(0, 0.4), even(0.3, 0.75)),
    "taste_share": Care(even(0, 0.3), even(0.2, 1)),
    "breadth_share": Care(even(0.7, 1), even(0.1, 0.9)),
    "hit_share": Care(even(0, 0.5), even(0.2, 0.9)),
    "just_paid_share": Care(even(0.05, 0.9), even(0, 0.06)),
    "skip_share": Care(even(0, 0.1), even(0.05, 0.35)),
    "sleep_share": Care(even(0, 0.5), even(0.7, 1)),
    "sources": Care(even(1, 3.5), even(2, 7)),
    "devices_per_bot": Care(wide(0.03, 1), even(0.7, 2)),
    "addresses_per_bot": Care(wide(0.02, 1), even(0.5, 2)),
    "residential_share": Care(even(0, 0.1), even(0.2, 0.9)),
    "countries": Care(even(1, 3), even(1, 9)),
    "account_age_days": Care(wide(3, 400), wide(90, 2_000)),
    "premium_share": Care(even(0, 0.5), even(0.2, 1)),
    "preparation_days": Care(wide(4, 90), wide(60, 1_500)),
    "upload_days": Care(wide(0.1, 10), wide(3, 400)),
    "shared_payee": Care(even(0.6, 1), even(0, 0.4)),
    "shared_device": Care(even(0.5, 1), even(0, 0.3)),
    "permuted_titles": Care(even(0, 0.5), even(0, 0.1)),
    "organic_share": Care(wide(0.01, 0.3), wide(0.05, 1.5)),
    "budget_eur": wide(200, 200_000),
}
"""Of every attack that says nothing else."""


def knobs_drawn(ranges: Mapping[str, Span | Care], *, level: int, rng: Generator) -> Knobs:
    """One ring's knobs from these ranges, and from the usual ones where they are silent."""
    care = rng.random()
    drawn = {name: _drawn(name, ranges.get(name, USUAL[name]), care, level, rng) for name in KNOB_NAMES}
    return Knobs(**drawn)


def _drawn(name: str, range_: Span | Care, care: float, level: int, rng: Generator) -> float:
    """A value; as many draws whatever the range is, so that what one knob is asked to be changes no other."""
    mood, luck = rng.random(2)
    if isinstance(range_, Span):
        return range_.at(luck)
    is_careful = mood < care or LIMITS[name].level <= level
    return (range_.careful if is_careful else range_.loud).at(luck)
