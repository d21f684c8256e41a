"""Honest listeners: where they live, with whom, on what devices, what they like, how much they play."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import Window, zones_drawn
from graphfraud.simulator.platform.chance import Floats, Ints, choices
from graphfraud.simulator.platform.owners import COUNTRIES, COUNTRY_SHARE, DAY_MS, GENRE_SHARE
from graphfraud.simulator.platform.rows import Keys, frame, picked

PLANS: Final = ("free", "premium", "family", "student", "trial")
PLAN_SHARE: Final = np.array([52, 35, 0, 8, 5]) / 100
FAMILY: Final = PLANS.index("family")
FAMILY_PLAN_SHARE: Final = 0.25
"""Of the households of two and more."""

MEAN_PLAYS_PER_DAY: Final = 4.2
CARRIER_CROWD_COUNT: Final = 1_000
"""Listeners on the platform for each address that a carrier has in each country."""
TASTE_SHARE: Final = np.array([0.6, 0.3, 0.1])


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Honest listeners, in households of one to six neighbours in row order."""

    country_ix: Int[Ints, " listener"]
    zone_h: Int[Ints, " listener"]
    created_ms: Int[Ints, " listener"]
    plan_ix: Int[Ints, " listener"]
    plan_group: Int[Ints, " listener"]
    """-1 outside family plans."""
    device_id: Int[Ints, "listener 3"]
    """A phone, a second device (often the phone again) and one that a household may share."""
    home_ip: Int[Ints, " listener"]
    carrier_ip: Int[Ints, "listener 4"]
    taste_genre_ix: Int[Ints, "listener 3"]
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


def people_drawn(count: int, *, window: Window, keys: Keys, rng: Generator) -> People:
    """Listeners by the hundred."""
    household_ix = _household_ix(count, rng)
    country_ix = choices(COUNTRY_SHARE, household_ix[-1] + 1, rng)[household_ix]
    plan_ix = _plan_ix(household_ix, rng)
    plan_group = keys.taken(household_ix[-1] + 1)[household_ix]
    age_days = np.where(rng.random(count) < 0.07, rng.uniform(0, 60, count), rng.uniform(0, 2_200, count))
    owl = rng.random(count) < 0.05
    tries_long = rng.random(count) < 0.04
    return People(
        country_ix=country_ix,
        zone_h=zones_drawn(country_ix, rng),
        created_ms=window.end_ms - 1 - (age_days * DAY_MS).astype(np.int64),
        plan_ix=plan_ix,
        plan_group=np.where(plan_ix == FAMILY, plan_group, -1),
        device_id=_devices(household_ix, keys, rng),
        home_ip=_home_addresses(household_ix, country_ix, keys, rng),
        carrier_ip=_addresses_of_country(country_ix, 2 + count // CARRIER_CROWD_COUNT, 4, keys, rng),
        taste_genre_ix=choices(GENRE_SHARE, 3 * count, rng).reshape(count, 3),
        plays_per_day=np.minimum(MEAN_PLAYS_PER_DAY * rng.lognormal(-0.55, 1.05, count), 90),
        idle_day_share=rng.beta(1.2, 2.5, count),
        skip_share=rng.beta(1.6, 4.5, count),
        patience_s=np.where(tries_long, rng.uniform(28, 34, count), rng.uniform(7, 22, count)),
        shift_h=np.where(owl, rng.uniform(6, 12, count), rng.normal(0, 1.5, count)),
    )


def _household_ix(count: int, rng: Generator) -> Int[Ints, " listener"]:
    size = 1 + choices(np.array([45, 28, 12, 10, 3, 2]), count, rng)
    return np.repeat(np.arange(count), size)[:count]


def _plan_ix(household_ix: Int[Ints, " listener"], rng: Generator) -> Int[Ints, " listener"]:
    size = np.bincount(household_ix)
    on_family_plan = (size > 1) & (rng.random(size.size) < FAMILY_PLAN_SHARE)
    return np.where(on_family_plan[household_ix], FAMILY, choices(PLAN_SHARE, household_ix.size, rng))


def _devices(household_ix: Int[Ints, " listener"], keys: Keys, rng: Generator) -> Int[Ints, "listener 3"]:
    count = household_ix.size
    phone, second = keys.taken(count), keys.taken(count)
    speaker, shares_speaker = keys.taken(count)[household_ix], (rng.random(count) < 0.3)[household_ix]
    second = np.where(rng.random(count) < 0.5, second, phone)
    return np.column_stack([phone, second, np.where(shares_speaker, speaker, phone)])


def _home_addresses(
    household_ix: Int[Ints, " listener"], country_ix: Int[Ints, " listener"], keys: Keys, rng: Generator
) -> Int[Ints, " listener"]:
    """An address a household; one listener in twenty lives on a campus of many."""
    count = household_ix.size
    campus_ip = _addresses_of_country(country_ix, 1 + count // 6_000, 1, keys, rng)[:, 0]
    on_campus = rng.random(count) < 0.05
    return np.where(on_campus, campus_ip, keys.taken(count)[household_ix])


def _addresses_of_country(
    country_ix: Int[Ints, " listener"], pool_count: int, each_count: int, keys: Keys, rng: Generator
) -> Int[Ints, "listener address"]:
    """A few addresses for each listener from a pool that many of the country share."""
    first = int(keys.taken(pool_count * len(COUNTRIES))[0])
    return first + pool_count * country_ix[:, None] + rng.integers(0, pool_count, (country_ix.size, each_count))


def people_rows(people: People) -> pl.DataFrame:
    """The listeners as a table."""
    return frame(
        "listeners",
        listener_id=np.arange(people.count),
        created_at=people.created_ms,
        country=picked(COUNTRIES, people.country_ix),
        plan=picked(PLANS, people.plan_ix),
        plan_group_hash=people.plan_group,
    )


def people_login_rows(people: People, *, window: Window, rng: Generator) -> pl.DataFrame:
    """The listeners' logins: at home on one of their devices."""
    listener_ix = np.repeat(np.arange(people.count), rng.poisson(3, people.count))
    first_ms = np.maximum(window.start_ms, people.created_ms[listener_ix])
    return frame(
        "logins",
        subject_kind="listener",
        subject_id=listener_ix,
        device_id=people.device_id[listener_ix, rng.integers(0, 3, listener_ix.size)],
        ip_hash=people.home_ip[listener_ix],
        at=rng.integers(first_ms, window.end_ms),
    )
