"""When people listen."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.simulator.audience.clock import CLOCKS, Window, instants_ms, local_hours_drawn, zones_drawn
from graphfraud.simulator.platform.owners import COUNTRIES
from graphfraud.simulator.platform.rows import DAY_MS

WINDOW = Window(end_ms=int(datetime(2026, 10, 29, tzinfo=UTC).timestamp()) * 1_000, day_count=14)


@given(st.integers(0, 13), st.floats(0, 23.999), st.integers(-12, 14))
def test_every_instant_of_a_day_lies_in_it_at_the_local_hour(day: int, hour: float, zone_h: int) -> None:
    at_ms = int(instants_ms(WINDOW, day, np.array([hour]), np.array([zone_h]))[0])
    assert WINDOW.day_start_ms(day) <= at_ms < WINDOW.day_start_ms(day + 1)
    local_h = (at_ms % DAY_MS / 3_600_000 + zone_h) % 24
    assert abs((local_h - hour + 12) % 24 - 12) < 1e-3


def test_the_days_of_a_window_end_where_it_ends() -> None:
    assert WINDOW.day_start_ms(0) == WINDOW.start_ms
    assert WINDOW.day_start_ms(14) == WINDOW.end_ms


def test_more_is_heard_on_saturdays_and_sundays() -> None:
    days = [datetime.fromtimestamp(WINDOW.day_start_ms(day) / 1_000, UTC).weekday() for day in range(14)]
    factors = WINDOW.weekend_factors
    assert len(factors) == 14
    assert [factor > 1 for factor in factors] == [day >= 5 for day in days]
    assert [WINDOW.weekday(day) for day in range(14)] == days


@pytest.mark.parametrize("country", COUNTRIES)
def test_people_live_in_zones_of_their_country_and_sleep_at_night(country: str) -> None:
    rng = np.random.default_rng(0)
    country_ix = np.full(3_000, COUNTRIES.index(country))
    assert set(zones_drawn(country_ix, rng)) == set(CLOCKS[country][1])
    hours = local_hours_drawn(country_ix, rng)
    assert ((hours >= 0) & (hours < 24)).all()
    night, evening = ((hours >= 2) & (hours < 5)).mean(), ((hours >= 17) & (hours < 20)).mean()
    assert night < 0.2 * evening
