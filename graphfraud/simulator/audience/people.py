"""Honest listeners: where they live, with whom, on what devices, what they like, how much they play."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import Window, zones_drawn
from graphfraud.simulator.audience.tastes import Tastes, tastes_drawn
from graphfraud.simulator.platform.chance import Floats, Ints, choices
from graphfraud.simulator.platform.owners import COUNTRIES, COUNTRY_SHARE, Scenes
from graphfraud.simulator.platform.rows import (
    ADDRESS,
    DAY_MS,
    DEVICE,
    FAMILY,
    LANE,
    LISTENER,
    Numbers,
    frame,
    picked,
)

PLANS: Final = ("free", "premium", "family", "student", "trial")
PLAN_SHARE: Final = np.array([52, 35, 0, 8, 5]) / 100
FREE, PREMIUM, FAMILY_PLAN = 0, 1, PLANS.index("family")
FAMILY_PLAN_SHARE: Final = 0.25
"""Of the households of two and more."""
ALONE_ON_FAMILY_PLAN_SHARE: Final = 0.04
"""Of those who live alone, as far as the platform knows: the family has not come yet, or is gone."""

MEDIAN_PLAYS_PER_DAY: Final = 2.35
PLAYS_SPREAD: Final = 0.95
"""Of the logarithm; with the median it makes about 100 plays a listener in 28 days."""
MOST_PLAYS_PER_DAY: Final = 110.0
MEDIAN_VARIETY: Final = 28.0
MEDIAN_DEVOTION: Final = 2.0

CARRIER_CROWD_COUNT: Final = 700
"""Listeners on the platform for each address that a carrier has in each country."""
CAMPUS_SHARE: Final = 0.05
CAMPUS_CROWD_COUNT: Final = 4_000
NEWCOMER_SHARE, LEAVER_SHARE = 0.09, 0.08
"""Of the listeners: joined in the last 60 days, and gone for good at some time of the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Honest listeners, in households of one to six neighbours in row order."""

    listener_id: Int[Ints, " listener"]
    lane: Int[Ints, " listener"]
    country_ix: Int[Ints, " listener"]
    zone_h: Int[Ints, " listener"]
    created_ms: Int[Ints, " listener"]
    left_ms: Int[Ints, " listener"]
    """When they stop listening for good; far away for most."""
    plan_ix: Int[Ints, " listener"]
    plan_group: Int[Ints, " listener"]
    """-1 outside family plans."""
    device_id: Int[Ints, "listener 3"]
    """A phone, a second device (often the phone again) and one that a household may share."""
    home_ip: Int[Ints, " listener"]
    carrier_ip: Int[Ints, "listener 4"]
    tastes: Tastes
    plays_per_day: Float[Floats, " listener"]
    idle_day_share: Float[Floats, " listener"]
    skip_share: Float[Floats, " listener"]
    patience_s: Float[Floats, " listener"]
    """How long a track is tried before it is skipped; some people try half a minute."""
    shift_h: Float[Floats, " listener"]
    """How much later than the country's day theirs is: owls, night shifts."""

    @property
    def count(self) -> int:
        """How many listeners there are."""
        return self.plays_per_day.size


def people_drawn(count: int, scenes: Scenes, *, window: Window, numbers: Numbers, rng: Generator) -> People:
    """Listeners by the hundred."""
    household_ix = _household_ix(count, rng)
    home_country_ix = choices(COUNTRY_SHARE, household_ix[-1] + 1, rng)
    country_ix, zone_h = home_country_ix[household_ix], zones_drawn(home_country_ix, rng)[household_ix]
    plan_ix = _plan_ix(household_ix, rng)
    plan_group = numbers.taken(FAMILY, household_ix[-1] + 1)[household_ix]
    newcomer = rng.random(count) < NEWCOMER_SHARE
    age_days = np.where(newcomer, rng.uniform(0, 60, count), 2_200 * rng.random(count) ** 1.5)
    created_ms = window.end_ms - 1 - (age_days * DAY_MS).astype(np.int64)
    owl = rng.random(count) < 0.05
    tries_long = rng.random(count) < 0.06
    return People(
        listener_id=numbers.taken(LISTENER, count),
        lane=numbers.taken(LANE, count),
        country_ix=country_ix,
        zone_h=zone_h,
        created_ms=created_ms,
        left_ms=_left_ms(created_ms, window, rng),
        plan_ix=plan_ix,
        plan_group=np.where(plan_ix == FAMILY_PLAN, plan_group, -1),
        device_id=_devices(household_ix, numbers, rng),
        home_ip=_home_addresses(household_ix, country_ix, numbers, rng),
        carrier_ip=_addresses_of_country(country_ix, 2 + count // CARRIER_CROWD_COUNT, 4, numbers, rng),
        tastes=tastes_drawn(country_ix, scenes, variety=MEDIAN_VARIETY, devotion=MEDIAN_DEVOTION, rng=rng),
        plays_per_day=np.minimum(MEDIAN_PLAYS_PER_DAY * rng.lognormal(0, PLAYS_SPREAD, count), MOST_PLAYS_PER_DAY),
        idle_day_share=rng.beta(1.2, 2.5, count),
        skip_share=rng.beta(1.2, 4.0, count),
        patience_s=np.where(tries_long, rng.uniform(28, 36, count), rng.uniform(7, 22, count)),
        shift_h=np.where(owl, rng.uniform(6, 12, count), rng.normal(0, 1.5, count)),
    )


def _left_ms(created_ms: Int[Ints, " listener"], window: Window, rng: Generator) -> Int[Ints, " listener"]:
    first_ms = np.maximum(created_ms, window.start_ms)
    leaves = rng.random(created_ms.size) < LEAVER_SHARE
    return np.where(leaves, rng.integers(first_ms, window.end_ms), window.end_ms + DAY_MS)


@dataclass(frozen=True, slots=True)
class Compatriots:
    """People by their country, to be drawn from it."""

    person_ix: Int[Ints, " listener"]
    edge: Int[Ints, " edge"]
    """The place of the first of each country, and at the end that past all."""

    def drawn(self, country_ix: Int[Ints, " draw"], rng: Generator) -> Int[Ints, " draw"]:
        """Anybody of each country; of the next one that has people where there is nobody."""
        first, past = self.edge[country_ix], self.edge[country_ix + 1]
        place = rng.integers(first, np.maximum(past, first + 1))
        return self.person_ix[np.minimum(place, self.person_ix.size - 1)]


def compatriots_of(people: People) -> Compatriots:
    """These people by country."""
    person_ix = np.argsort(people.country_ix, kind="stable")
    return Compatriots(person_ix, np.searchsorted(people.country_ix[person_ix], np.arange(len(COUNTRIES) + 1)))


def _household_ix(count: int, rng: Generator) -> Int[Ints, " listener"]:
    """The household of each listener: nearly half live alone, as far as the platform knows."""
    size = 1 + choices(np.array([45, 28, 12, 10, 3, 2]), count, rng)
    return np.repeat(np.arange(count), size)[:count]


def _plan_ix(household_ix: Int[Ints, " listener"], rng: Generator) -> Int[Ints, " listener"]:
    size = np.bincount(household_ix)
    on_family_plan = rng.random(size.size) < np.where(size > 1, FAMILY_PLAN_SHARE, ALONE_ON_FAMILY_PLAN_SHARE)
    return np.where(on_family_plan[household_ix], FAMILY_PLAN, choices(PLAN_SHARE, household_ix.size, rng))


def _devices(household_ix: Int[Ints, " listener"], numbers: Numbers, rng: Generator) -> Int[Ints, "listener 3"]:
    count = household_ix.size
    phone, second = numbers.taken(DEVICE, count), numbers.taken(DEVICE, count)
    speaker, shares_speaker = numbers.taken(DEVICE, count)[household_ix], (rng.random(count) < 0.3)[household_ix]
    second = np.where(rng.random(count) < 0.5, second, phone)
    return np.column_stack([phone, second, np.where(shares_speaker, speaker, phone)])


def _home_addresses(
    household_ix: Int[Ints, " listener"], country_ix: Int[Ints, " listener"], numbers: Numbers, rng: Generator
) -> Int[Ints, " listener"]:
    """An address a household; one listener in twenty lives on a campus of many."""
    count = household_ix.size
    campus_ip = _addresses_of_country(country_ix, 1 + count // CAMPUS_CROWD_COUNT, 1, numbers, rng)[:, 0]
    on_campus = rng.random(count) < CAMPUS_SHARE
    return np.where(on_campus, campus_ip, numbers.taken(ADDRESS, count)[household_ix])


def _addresses_of_country(
    country_ix: Int[Ints, " listener"], pool_count: int, each_count: int, numbers: Numbers, rng: Generator
) -> Int[Ints, "listener address"]:
    """A few addresses for each listener from a pool that many of the country share."""
    first = int(numbers.taken(ADDRESS, pool_count * len(COUNTRIES))[0])
    return first + pool_count * country_ix[:, None] + rng.integers(0, pool_count, (country_ix.size, each_count))


def people_rows(people: People) -> pl.DataFrame:
    """The listeners as a table."""
    return frame(
        "listeners",
        listener_id=people.listener_id,
        created_at=people.created_ms,
        country=picked(COUNTRIES, people.country_ix),
        plan=picked(PLANS, people.plan_ix),
        plan_group_hash=people.plan_group,
    )


def people_login_rows(people: People, *, window: Window, rng: Generator) -> pl.DataFrame:
    """The listeners' logins: at home on one of their devices."""
    listener_ix = np.repeat(np.arange(people.count), rng.poisson(3, people.count))
    first_ms = np.maximum(window.start_ms, people.created_ms[listener_ix])
    last_ms = np.minimum(window.end_ms, people.left_ms[listener_ix])
    return frame(
        "logins",
        subject_kind=LISTENER,
        subject_id=people.listener_id[listener_ix],
        device_id=people.device_id[listener_ix, rng.integers(0, 3, listener_ix.size)],
        ip_hash=people.home_ip[listener_ix],
        at=rng.integers(first_ms, np.maximum(last_ms, first_ms + 1)),
    )
