"""Honest listeners."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.audience.people import (
    FAMILY_PLAN,
    PLANS,
    People,
    compatriots_of,
    people_login_rows,
    people_rows,
)
from graphfraud.simulator.platform.chance import rng_for


@pytest.fixture(scope="module")
def people(theatre: Theatre) -> People:
    return theatre.stage.people


def test_a_family_plan_is_shared_in_a_country_and_by_nobody_else(people: People) -> None:
    rows = people_rows(people)
    families = rows.filter(plan="family").group_by("plan_group_hash").agg(pl.len(), pl.col("country").n_unique())
    assert families.height > 3
    assert families["plan_group_hash"].null_count() == 0
    assert families["len"].max() <= 6
    assert (families["country"] == 1).all()
    assert (
        rows.filter(pl.col("plan") != "family")["plan_group_hash"].null_count() == (people.plan_ix != FAMILY_PLAN).sum()
    )


def test_every_plan_has_its_people(people: People) -> None:
    assert set(people_rows(people)["plan"]) == set(PLANS)


def test_all_have_joined_by_the_end_and_the_few_who_leave_do_so_later(theatre: Theatre, people: People) -> None:
    window = theatre.stage.window
    assert people.created_ms.max() < window.end_ms
    leaves = people.left_ms < window.end_ms
    assert 0.02 < leaves.mean() < 0.2
    assert (people.left_ms >= people.created_ms).all()
    assert (people.left_ms >= window.start_ms).all()


def test_some_join_in_the_window_and_most_long_before(theatre: Theatre, people: People) -> None:
    newcomers = (people.created_ms >= theatre.stage.window.start_ms).mean()
    assert 0.01 < newcomers < 0.15


def test_households_share_an_address_and_no_address_spans_countries(people: People) -> None:
    _, first, users = np.unique(people.home_ip, return_index=True, return_counts=True)
    assert users.max() > 1
    assert (users == 1).mean() > 0.3
    country_of = dict(zip(people.home_ip[first], people.country_ix[first], strict=True))
    assert all(country_of[ip] == country for ip, country in zip(people.home_ip, people.country_ix, strict=True))


def test_few_families_are_of_one(people: People) -> None:
    families = people_rows(people).filter(plan="family").group_by("plan_group_hash").len()["len"]
    assert 0 < (families == 1).mean() < 0.4


def test_a_household_lives_in_one_zone(people: People) -> None:
    in_family = people.plan_group >= 0
    assert np.unique(people.zone_h[people.country_ix == 0]).size > 1
    pairs = np.unique(np.column_stack([people.plan_group, people.zone_h])[in_family], axis=0)
    assert np.unique(pairs[:, 0]).size == len(pairs)


def test_a_carriers_addresses_are_shared_by_many_of_one_country(people: People) -> None:
    pairs = np.unique(np.column_stack([people.carrier_ip.ravel(), np.repeat(people.country_ix, 4)]), axis=0)
    assert np.unique(pairs[:, 0]).size == len(pairs)
    assert people.carrier_ip.size / len(pairs) > 10


def test_phones_are_ones_own_and_some_households_share_a_speaker(people: People) -> None:
    phone, _, speaker = people.device_id.T
    assert np.unique(phone).size == people.count
    _, users = np.unique(speaker, return_counts=True)
    assert users.max() > 1


def test_logins_are_from_home_on_an_own_device_while_subscribed(theatre: Theatre, people: People) -> None:
    logins = people_login_rows(people, window=theatre.stage.window, rng=rng_for(1, "logins"))
    who = logins["subject_id"].to_numpy()
    assert np.unique(who).size > 0.8 * people.count
    assert (logins["ip_hash"].to_numpy() == people.home_ip[who]).all()
    assert (logins["device_id"].to_numpy()[:, None] == people.device_id[who]).any(axis=1).all()
    at_ms, window = logins["at"].dt.epoch("ms").to_numpy(), theatre.stage.window
    assert (at_ms >= people.created_ms[who]).all()
    assert (at_ms >= window.start_ms).all()
    assert (at_ms < window.end_ms).all()


def test_people_are_unlike_in_how_much_they_play(people: People) -> None:
    low, middle, high = np.quantile(people.plays_per_day, [0.05, 0.5, 0.95])
    assert low < middle / 3
    assert high > middle * 3


def test_compatriots_are_anybody_of_the_country(theatre: Theatre, people: People) -> None:
    everywhere = np.repeat(np.unique(people.country_ix), 400)
    drawn = theatre.stage.compatriots.drawn(everywhere, np.random.default_rng(0))
    np.testing.assert_array_equal(people.country_ix[drawn], everywhere)
    assert np.unique(drawn).size > 0.7 * people.count


def test_where_there_is_nobody_compatriots_are_others(people: People) -> None:
    few = replace(people, country_ix=np.full(people.count, 3))
    for country in (0, 3, 13):
        drawn = compatriots_of(few).drawn(np.full(50, country), np.random.default_rng(0))
        assert ((drawn >= 0) & (drawn < people.count)).all()
