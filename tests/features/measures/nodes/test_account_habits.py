"""Known accounts come out as their measures."""

from datetime import timedelta
from math import log, log1p

import polars as pl
import pytest
from conftest import Tables
from features.by_hand import BEFORE, END, START, features_of, played, tables_of

LAST = (END - START) / timedelta(hours=1)
OTHERS = [played(f"other-{n}", "b-1", [24 * n + hour for hour in range(8, 20)]) for n in range(28)]


def account(tables: Tables) -> dict[str, float]:
    return features_of(tables, "account", "a")


def fed(*plays: pl.DataFrame) -> Tables:
    return tables_of([*plays, *OTHERS])


def test_windows_hold_the_plays_of_all_its_tracks() -> None:
    made = account(fed(played("x", "a-1", [LAST - 1, LAST - 48]), played("x", "a-2", [LAST - 480, 1])))
    assert [made[f"plays_{days}d_share"] for days in (1, 7, 28)] == [1 / 4, 2 / 4, 3 / 4]
    assert made["audience_28d_log"] == pytest.approx(log1p(1))


def test_a_listener_of_several_of_its_tracks_is_one_of_its_audience() -> None:
    made = account(fed(played("x", "a-1", [1, 2]), played("x", "a-2", [3, 4]), played("y", "a-2", range(4))))
    assert made["audience_log"] == pytest.approx(log1p(2))
    assert made["audience_evenness"] == pytest.approx(1.0, abs=1e-5)


def test_income_is_even_where_every_track_is_paid_alike_and_unpaid_plays_are_none() -> None:
    even = fed(played("x", "a-1", range(5)), played("x", "a-2", range(5)), played("x", "a-2", [9], played_ms=9_000))
    hit = fed(played("x", "a-1", range(9)), played("x", "a-2", [9]))
    assert account(even)["income_evenness"] == pytest.approx(1.0, abs=1e-5)
    assert account(hit)["income_evenness"] == pytest.approx((0.9 * log(1 / 0.9) + 0.1 * log(10)) / log(2), abs=1e-4)


def test_income_of_one_track_alone_is_as_uneven_as_can_be_and_no_income_is_neither() -> None:
    unpaid = [played("x", f"a-{n}", [n], played_ms=9_000) for n in range(4)]
    even = [played("y", f"c-{n}", range(5)) for n in range(2)]
    assert account(fed(*unpaid, *even, played("x", "a-0", range(10, 15))))["income_evenness"] == 0.0
    assert account(fed(*unpaid, *even, played("x", "a-0", [10])))["income_evenness"] == 0.0
    assert 0.0 < account(fed(*unpaid, *even))["income_evenness"] < 1.0, "the platform's median"


def test_its_own_permuted_titles_are_told_from_those_of_others() -> None:
    tables = fed(*(played("x", f"a-{n}", [n]) for n in range(4)))
    titles = {"a-0": "Rain Sleep", "a-1": "sleep: rain", "a-2": "Sun", "b-1": "sun"}
    tables["tracks"] = tables["tracks"].with_columns(title=pl.col("track_id").replace(titles))
    made = account(tables)
    assert made["own_title_share"] == 2 / 4
    assert made["same_title_log"] == pytest.approx(log1p(1 / 4))


def test_the_busiest_day_is_held_against_the_catalogue() -> None:
    tables = fed(*(played("x", f"a-{n}", [n]) for n in range(4)))
    late = pl.when(pl.col("track_id") == "a-0").then(BEFORE + timedelta(days=9)).otherwise("uploaded_at")
    tables["tracks"] = tables["tracks"].with_columns(uploaded_at=late)
    assert account(tables)["peak_upload_share"] == 3 / 4


def test_its_closed_audience_and_their_oddness_are_those_of_its_plays() -> None:
    bot = [played("x", f"a-{n}", range(10 * n, 10 * n + 10), played_ms=31_000, source="playlist") for n in range(3)]
    made = account(fed(*bot, played("other-0", "a-0", range(10))))
    assert made["closed_audience_share"] == 30 / 40
    assert made["audience_oddness"] > 0.7
