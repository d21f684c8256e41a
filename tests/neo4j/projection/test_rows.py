from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.neo4j.projection.rows import HeldRows, cuts


@given(st.lists(st.integers(1, 9), max_size=30), st.integers(1, 20))
def test_cuts_cover_everything_once_between_sources(sizes: list[int], most: int) -> None:
    starts = [sum(sizes[:ix]) for ix in range(len(sizes) + 1)]
    made = list(cuts(starts, most))
    assert [start for start, _ in made] + [starts[-1]] == [starts[0], *(end for _, end in made)]
    assert all(start in starts and end in starts for start, end in made)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 20))
def test_a_slice_holds_more_than_asked_only_where_one_source_does(sizes: list[int], most: int) -> None:
    starts = [sum(sizes[:ix]) for ix in range(len(sizes) + 1)]
    for start, end in cuts(starts, most):
        inside = [later - earlier for earlier, later in pairwise(starts) if earlier >= start and later <= end]
        assert end - start <= most or len(inside) == 1


def test_held_rows_are_never_cut_within_a_source() -> None:
    rows = pl.DataFrame({"source": list("aaabbc"), "target": list("xyzxyz")})
    parts = list(HeldRows(rows).slices(2))
    assert [part["source"].to_list() for part in parts] == [["a", "a", "a"], ["b", "b"], ["c"]]
    assert list(HeldRows(rows.clear()).slices(2)) == []
