"""Known audiences of tracks come out as their measures."""

from datetime import timedelta
from math import log, log1p

import polars as pl
import pytest
from features.by_hand import BEFORE, END, START, features_of, made_of, played, tables_of

LAST = (END - START) / timedelta(hours=1)
OTHERS = [played(f"other-{n}", "b-1", [24 * n + hour for hour in range(8, 20)]) for n in range(28)]


def track(*plays: pl.DataFrame) -> dict[str, float]:
    return features_of(tables_of([*plays, *OTHERS]), "track", "a-1")


def test_windows_hold_what_lies_in_the_last_days_before_the_end() -> None:
    made = track(played("x", "a-1", [LAST - 24 * days for days in (1, 6, 20, 30)]), played("y", "a-1", [3]))
    assert [made[f"plays_{days}d_share"] for days in (1, 7, 28)] == [1 / 5, 2 / 5, 3 / 5]
    assert made["audience_28d_log"] == pytest.approx(log1p(1))
    assert made["audience_log"] == pytest.approx(log1p(2))


def test_quotas_are_even_and_one_fan_is_not() -> None:
    quotas = [played(who, "a-1", range(5)) for who in ("x", "y")]
    fan = [played("x", "a-1", range(9)), played("y", "a-1", [1])]
    assert track(*quotas)["audience_evenness"] == pytest.approx(1.0, abs=1e-5)
    assert track(*fan)["audience_evenness"] == pytest.approx((0.9 * log(1 / 0.9) + 0.1 * log(10)) / log(2), abs=1e-4)


def test_plays_of_one_listener_alone_are_as_uneven_as_can_be() -> None:
    assert track(played("x", "a-1", range(9)))["audience_evenness"] == 0.0


def test_listeners_who_mostly_play_one_account_are_its_closed_audience() -> None:
    closed, open_one = played("x", "a-1", range(12)), played("other-0", "a-1", [1, 2, 3, 4])
    assert track(closed, open_one)["closed_audience_share"] == 12 / 16


def test_listeners_of_rare_tracks_by_several_accounts_are_closed_to_each() -> None:
    spread = [played("x", f"{owner}-1", range(3)) for owner in "acdef"]
    assert track(*spread)["closed_audience_share"] == 1.0


def test_so_few_plays_show_no_effort() -> None:
    assert track(played("x", "a-1", range(9)))["closed_audience_share"] == 0.0


def test_one_day_bursts_and_the_platforms_own_days_do_not() -> None:
    steady = [played(f"other-{n}", "a-1", [24 * n + hour / 4 for hour in range(80)]) for n in range(28)]
    burst = track(played("x", "a-1", [hour / 5 for hour in range(100)]))["burst_nats"]
    assert burst == pytest.approx(log((100 + 28 * 12) / (100 + 12)), abs=0.02)
    assert abs(track(*steady)["burst_nats"]) < 0.05
    assert abs(track(played("x", "a-1", [1]))["burst_nats"]) < 1e-9


def test_the_platforms_own_mix_of_sources_diverges_by_nothing_and_another_does() -> None:
    assert track(played("x", "a-1", range(40)))["source_nats"] == pytest.approx(0.0, abs=0.1)
    assert track(played("x", "a-1", range(40), source="api"))["source_nats"] > 1.0


def test_the_age_of_an_audience_is_that_of_its_plays() -> None:
    made = track(played("x", "a-1", [0]), played("y", "a-1", [24]))
    days = (START - BEFORE).days
    assert made["audience_age_log"] == pytest.approx((log1p(days) + log1p(days + 1)) / 2, abs=1e-5)


def test_the_odder_its_listeners_the_odder_an_audience() -> None:
    bot = played("x", "a-1", range(100), played_ms=31_000, source="playlist")
    made = made_of(tables_of([bot, *OTHERS])).nodes["track"]
    assert made.filter(track_id="a-1")["audience_oddness"][0] > 0.9
    assert made.filter(track_id="b-1")["audience_oddness"][0] < 0.55
