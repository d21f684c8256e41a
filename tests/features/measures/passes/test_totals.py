"""Totals: whole numbers by row that come a slice at a time."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graphfraud_features.measures.passes.totals import Totals

PART = st.dictionaries(st.integers(0, 9), st.tuples(st.integers(0, 99), st.integers(0, 99)))


@given(st.lists(PART, max_size=6))
def test_sums_add_up_and_tops_are_the_largest(parts: list[dict[int, tuple[int, int]]]) -> None:
    totals = Totals("ix", 10)
    for part in parts:
        plays, top = ([one[n] for one in part.values()] for n in (0, 1))
        totals.add(
            pl.DataFrame({"ix": list(part), "plays": plays, "top_plays": top}, schema_overrides={"ix": pl.Int32})
        )
    made = totals.frame()
    assert made["ix"].to_list() == list(range(10))
    if parts:
        assert made["plays"].to_list() == [sum(part.get(ix, (0, 0))[0] for part in parts) for ix in range(10)]
        assert made["top_plays"].to_list() == [max(part.get(ix, (0, 0))[1] for part in parts) for ix in range(10)]
