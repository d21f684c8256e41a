from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud_features.pairs.kernel import BUCKET_EVENTS
from graphfraud_features.pairs.totals import pair_totals

HOUR_US = 3_600_000_000
KEYS = ["listener_ix", "track_ix"]
COUNTED = [*KEYS, "plays", "first_us", "last_us"]
MEASURED = ["just_paid_share", "hour_entropy_nats"]

plays = st.tuples(
    st.integers(0, 40),
    st.integers(0, 2**31 - 1) | st.integers(0, 3),
    st.integers(0, 2**52) | st.integers(0, 5 * HOUR_US),
    st.booleans(),
)


def events(rows: list[tuple[int, int, int, bool]]) -> pl.DataFrame:
    schema = {"listener_ix": pl.Int32, "track_ix": pl.Int32, "started_us": pl.Int64, "is_just_paid": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def computed(frame: pl.DataFrame) -> pl.DataFrame:
    totals = pair_totals(*(column.to_numpy() for column in frame))
    return pl.DataFrame({name: getattr(totals, name) for name in COUNTED + MEASURED})


def in_polars(frame: pl.DataFrame) -> pl.DataFrame:
    """The same by plain group-bys, and by another formula of entropy."""
    at = pl.col("started_us").cast(pl.Datetime("us", "UTC"))
    hour = (at.dt.weekday().cast(pl.Int64) - 1) * 24 + at.dt.hour().cast(pl.Int64)
    by_hour = frame.with_columns(hour=hour).group_by(*KEYS, "hour").len()
    share = pl.col("len") / pl.col("len").sum()
    spread = by_hour.group_by(KEYS).agg(hour_entropy_nats=-(share * share.log()).sum())
    totals = frame.group_by(KEYS).agg(
        plays=pl.len().cast(pl.Int64),
        first_us=pl.col("started_us").min(),
        last_us=pl.col("started_us").max(),
        just_paid_share=pl.col("is_just_paid").mean(),
    )
    return totals.join(spread, on=KEYS).select(*COUNTED, *MEASURED).sort(KEYS)


def agree(one: pl.DataFrame, other: pl.DataFrame) -> None:
    assert one.select(COUNTED).equals(other.select(COUNTED))
    for name in MEASURED:
        np.testing.assert_allclose(one[name].to_numpy(), other[name].to_numpy(), rtol=0, atol=1e-12)


@given(st.lists(plays, max_size=200))
@settings(deadline=None)
def test_is_what_plain_group_bys_say(rows: list[Any]) -> None:
    agree(computed(events(rows)), in_polars(events(rows)))


@given(st.lists(plays, max_size=60), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_events_leaves_no_trace(rows: list[Any], random: Any) -> None:
    before = computed(events(rows))
    random.shuffle(rows)
    assert computed(events(rows)).equals(before)


def test_many_buckets_and_a_listener_past_one() -> None:
    rng = np.random.default_rng(1)
    count = 4 * BUCKET_EVENTS
    frame = pl.DataFrame(
        {
            "listener_ix": np.where(rng.random(count) < 0.5, 7, rng.integers(0, 5_000, count)).astype(np.int32),
            "track_ix": (rng.random(count) ** 4 * 900).astype(np.int32),
            "started_us": rng.integers(0, 30 * 24 * HOUR_US, count),
            "is_just_paid": rng.random(count) < 0.3,
        }
    )
    agree(computed(frame), in_polars(frame))


@given(st.lists(plays, max_size=200))
@settings(deadline=None)
def test_by_hour_the_same_pairs_tell_at_which_hours_of_the_day(rows: list[Any]) -> None:
    frame = events(rows)
    totals = pair_totals(*(column.to_numpy() for column in frame), by_hour=True)
    agree(pl.DataFrame({name: getattr(totals, name) for name in COUNTED + MEASURED}), computed(frame))
    assert totals.hour_plays is not None
    assert totals.hour_plays.shape == (len(totals.plays), 24)
    assert totals.hour_plays.sum(axis=1).tolist() == totals.plays.tolist()
    pair, hour = np.nonzero(totals.hour_plays)
    found = zip(totals.listener_ix[pair], totals.track_ix[pair], hour, totals.hour_plays[pair, hour], strict=True)
    at = pl.col("started_us").cast(pl.Datetime("us", "UTC"))
    assert set(found) == set(frame.group_by(*KEYS, hour=at.dt.hour()).len().rows())


def test_hours_are_counted_only_where_they_are_asked_for() -> None:
    assert pair_totals(*(column.to_numpy() for column in events([(0, 0, 0, False)]))).hour_plays is None


def test_one_hour_of_every_week_has_no_entropy_at_all() -> None:
    weeks = [(0, 0, week * 168 * HOUR_US + 5, False) for week in range(50)]
    assert computed(events(weeks))["hour_entropy_nats"].to_list() == [0.0]


def test_every_hour_of_a_week_once_is_the_most() -> None:
    week = [(0, 0, hour * HOUR_US, False) for hour in range(168)]
    assert computed(events(week))["hour_entropy_nats"].to_list() == [pytest.approx(np.log(168), abs=1e-12)]


def test_nothing_comes_of_nothing() -> None:
    assert computed(events([])).height == 0


def test_a_row_number_below_0_is_refused() -> None:
    with pytest.raises(ValueError, match="track row -1 is below 0"):
        computed(events([(0, -1, 0, False)]))


def test_row_numbers_too_far_apart_to_sort_as_one_are_refused() -> None:
    with pytest.raises(ValueError, match="too many to sort as one"):
        computed(events([(2**25, 2**30, 0, False)]))
