"""Known habits of listeners come out as their measures."""

from datetime import timedelta
from math import log, log1p

import polars as pl
import pytest
from features.by_hand import BEFORE, END, START, features_of, played, tables_of

OTHERS = [played(f"other-{n}", "b-1", [20 + 24 * n, 21 + 24 * n]) for n in range(12)]
LAST = (END - START) / timedelta(hours=1)


def listener(*plays: pl.DataFrame, **changed: pl.DataFrame) -> dict[str, float]:
    return features_of(tables_of([*plays, *OTHERS], **changed), "listener", "x")


def test_windows_hold_what_lies_in_the_last_days_before_the_end_and_are_open_there() -> None:
    made = listener(played("x", "a-1", [LAST - 24 * days for days in (1, 1.01, 7, 7.01, 28, 28.01, 40, 50)]))
    assert [made[f"plays_{days}d_share"] for days in (1, 7, 28)] == [1 / 8, 3 / 8, 5 / 8]


def test_tracks_of_the_last_28_days_are_counted_once() -> None:
    made = listener(
        played("x", "a-1", [LAST - 1, LAST - 2]), played("x", "a-2", [LAST - 3]), played("x", "a-3", [LAST - 24 * 29])
    )
    assert made["distinct_track_28d_log"] == pytest.approx(log1p(2))
    assert made["distinct_track_log"] == pytest.approx(log1p(3))


def test_plays_on_what_hardly_anybody_else_plays_are_rare() -> None:
    made = listener(played("x", "a-1", [1]), played("x", "b-1", [2, 3, 4]))
    assert made["rare_play_share"] == 1 / 4


def test_one_hour_of_the_week_is_uneven_and_every_hour_once_is_even() -> None:
    same_hour, each_hour = played("x", "a-1", [0, 168, 336]), played("x", "a-1", range(168))
    assert listener(same_hour)["week_evenness"] == pytest.approx(0.0, abs=1e-5)
    assert listener(each_hour)["week_evenness"] == pytest.approx(1.0, abs=1e-5)


def test_the_longest_stretch_awake_ends_with_a_pause_that_a_sleeper_needs() -> None:
    made = listener(played("x", "a-1", [0, 3, 6, 8, 15, 18, 19]))
    assert made["longest_awake_log"] == pytest.approx(log1p(8))


def test_a_play_that_starts_as_the_last_one_ends_is_back_to_back() -> None:
    minutes = [0, 3, 6, 20, 23]
    made = listener(played("x", "a-1", [minute / 60 for minute in minutes]))
    assert made["back_to_back_share"] == 3 / 4


def test_sources_used_alike_are_even_and_one_source_is_not() -> None:
    both = [played("x", "a-1", range(4)), played("x", "a-2", range(4, 8), source="radio")]
    assert listener(*both)["source_evenness"] == pytest.approx(log(2) / log(8), abs=1e-5)
    assert listener(both[0])["source_evenness"] == pytest.approx(0.0, abs=1e-5)


def test_addresses_are_counted() -> None:
    made = listener(played("x", "a-1", [1], ip_hash="one"), played("x", "a-1", [2], ip_hash="two"))
    assert made["address_log"] == pytest.approx(log1p(2))


def test_a_shared_device_is_crowded_against_the_platforms_mean_play() -> None:
    alone = [played(f"alone-{n}", "b-1", [n], device_id=f"own-{n}") for n in range(2)]
    shared = [played("x", "a-1", [1], device_id="shared"), played("y", "a-1", [2], device_id="shared")]
    made = [features_of(tables_of([*alone, *shared]), "listener", who) for who in ("x", "alone-0")]
    assert [one["device_crowd_log"] for one in made] == pytest.approx([log(2) / 2, -log(2) / 2], abs=1e-5)


def test_journeys_are_counted_and_those_faster_than_any_flight_told_apart() -> None:
    made = listener(
        played("x", "a-1", [0, 10], country="SE"),
        played("x", "a-2", [0.5], country="BR"),
        played("x", "a-3", [30], country="NO"),
        played("x", "a-4", [31.0]),
    )
    assert made["country_log"] == pytest.approx(log1p(3))
    assert made["abroad_share"] == 2 / 4
    assert made["impossible_travel_share"] == 1 / 3


def test_age_at_play_is_that_of_the_subscription_when_it_played() -> None:
    made = listener(played("x", "a-1", [0]))
    assert made["age_at_play_log"] == pytest.approx(log1p((START - BEFORE).days), abs=1e-5)


def test_more_than_four_thousand_plays_have_the_spread_of_their_gaps() -> None:
    steady, uneven = [0.01 * n for n in range(5_000)], [0.01 * n + 0.004 * (n % 2) for n in range(5_000)]
    assert listener(played("x", "a-1", steady))["gap_spread_nats"] == pytest.approx(0.0, abs=1e-2)
    made = listener(played("x", "a-1", uneven))
    assert made["gap_spread_nats"] == pytest.approx(log(51.4 / 22.6) / 2, abs=1e-2)
