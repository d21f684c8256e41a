"""The week of releases."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.simulator.platform.calendar import FRIDAY, on_next_friday, weekdays
from graphfraud.simulator.platform.rows import DAY_MS

INSTANTS = st.integers(0, 4_000_000_000_000)
NEVER_MS = 1 << 60


@given(INSTANTS)
def test_weekdays_are_those_of_the_calendar(instant_ms: int) -> None:
    weekday = datetime.fromtimestamp(instant_ms / 1_000, UTC).weekday()
    assert weekdays(np.array([instant_ms])).tolist() == [weekday]


@given(INSTANTS)
def test_what_is_wanted_on_a_friday_waits_for_the_next_at_the_same_time_of_day(instant_ms: int) -> None:
    (friday_ms,) = on_next_friday(np.array([instant_ms]), np.array([True]), before_ms=NEVER_MS)
    assert weekdays(np.array([friday_ms])).tolist() == [FRIDAY]
    assert 0 <= friday_ms - instant_ms < 7 * DAY_MS
    assert friday_ms % DAY_MS == instant_ms % DAY_MS


def test_what_is_not_wanted_or_would_be_too_late_stays() -> None:
    instant_ms = np.arange(14) * DAY_MS
    unwanted = on_next_friday(instant_ms, np.zeros(14, np.bool_), before_ms=NEVER_MS)
    np.testing.assert_array_equal(unwanted, instant_ms)
    late = on_next_friday(instant_ms, np.ones(14, np.bool_), before_ms=0)
    np.testing.assert_array_equal(late, instant_ms)
