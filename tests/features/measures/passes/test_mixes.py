"""Mixes: how even counts are, in integers that add up."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud_features.measures.passes.mixes import KIND_COUNT, MOST_PLAYS, evenness, mix_fp, mixes


def even(counts: list[int], kinds: int) -> float | None:
    rows = pl.DataFrame({"n": counts}, schema={"n": pl.Int64})
    summed = rows.select(mix=mix_fp(pl.col("n")), count=pl.col("n").sum())
    return summed.select(evenness(pl.col("mix"), pl.col("count"), kinds)).item()


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=50))
def test_evenness_is_entropy_of_what_it_could_be(counts: list[int]) -> None:
    share = np.array(counts) / sum(counts)
    most = min(sum(counts), 50)
    expected = -(share * np.log(share)).sum() / np.log(most) if most > 1 else None
    assert even(counts, 50) == (None if expected is None else pytest.approx(expected, abs=1e-4))


def test_plays_of_the_only_kind_are_as_uneven_as_can_be_and_a_single_play_says_nothing() -> None:
    assert [even([9], 1), even([2], 8), even([1], 1), even([1], 8)] == [0.0, 0.0, None, None]


def test_a_million_plays_do_not_overflow() -> None:
    assert even([10**6] * 100, 100) == pytest.approx(1.0, abs=1e-6)


def test_values_that_are_not_known_are_in_no_mix() -> None:
    plays = pl.DataFrame({"listener_ix": [0, 0, 0, 1], "source": ["a", "a", None, None]})
    made = mixes(plays, "listener_ix", pl.col("source"), {"top": MOST_PLAYS, "count": KIND_COUNT})
    assert made.select("listener_ix", "top", "count").rows() == [(0, 2, 1)]
