"""Gaps, days and journeys: the order in which plays of one instant lie leaves no trace."""

import random
from datetime import timedelta

import polars as pl
from features.by_hand import START
from hypothesis import given
from hypothesis import strategies as st

from graphfraud_features.measures.passes.rhythm import rhythm

PLAYS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 3), st.sampled_from(["SE", "NO", None])),
    min_size=1,
    max_size=40,
)


def of(plays: list[tuple[int, int, int, str | None]]) -> pl.DataFrame:
    rows = [(who, START + timedelta(minutes=20 * at), 600_000 * played, where) for who, at, played, where in plays]
    schema = {
        "listener_ix": pl.Int32,
        "started_at": pl.Datetime("us", "UTC"),
        "played_ms": pl.Int64,
        "country": pl.String,
    }
    return rhythm(pl.DataFrame(rows, schema=schema, orient="row")).sort("listener_ix")


@given(PLAYS, st.randoms(use_true_random=False))
def test_the_order_of_plays_leaves_no_trace(
    plays: list[tuple[int, int, int, str | None]], order: random.Random
) -> None:
    shuffled = order.sample(plays, len(plays))
    assert of(plays).equals(of(shuffled))


@given(PLAYS)
def test_counts_are_parts_of_their_wholes(plays: list[tuple[int, int, int, str | None]]) -> None:
    for row in of(plays).iter_rows(named=True):
        own = [at for who, at, _, _ in plays if who == row["listener_ix"]]
        assert row["gap_count"] == len(own) - 1
        assert max(row["seam_count"], row["placed_gap_count"]) <= row["gap_count"]
        assert row["leap_count"] <= row["placed_gap_count"]
        assert 1 <= row["day_count"] <= row["span_days"]
        assert row["longest_awake_h"] <= (max(own) - min(own)) / 3 + 1e-9
