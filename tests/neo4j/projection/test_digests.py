from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.neo4j.projection.digests import DIGEST_BITS, row_digests

ROWS = pl.DataFrame(
    {
        "title": ["Rain", "Rain", None, ""],
        "plays": [1, 2, None, 0],
        "share": [0.5, 0.5, None, -0.0],
        "verified": [True, False, None, False],
        "at": [datetime(2026, 1, 1, microsecond=1, tzinfo=UTC)] * 4,
        "on": [date(2026, 1, 1)] * 4,
        "hours": pl.Series([[0, 1, 2], [0, 1, 3], [0, 0, 0], [1, 0, 0]], dtype=pl.Array(pl.Int64, 3)),
    }
)

KNOWN = [25464975708230, 20191786890132, 39116812079200, 56992522666107]


def test_rows_that_differ_have_other_numbers() -> None:
    digests = row_digests(ROWS)
    assert digests.n_unique() == 4
    assert digests.min() >= 0
    assert digests.max() < 2**DIGEST_BITS


def test_a_row_keeps_its_number_among_other_rows_and_in_another_order_of_columns() -> None:
    alone = pl.concat([row_digests(ROWS[ix : ix + 1]) for ix in range(4)])
    assert alone.to_list() == row_digests(ROWS).to_list()
    assert row_digests(ROWS.select(sorted(ROWS.columns, reverse=True))).to_list() == alone.to_list()


def test_numbers_are_the_same_on_every_machine() -> None:
    assert row_digests(ROWS).to_list() == KNOWN


@pytest.mark.parametrize("column", ROWS.columns)
def test_every_column_counts(column: str) -> None:
    other = ROWS.with_columns(pl.lit(None, ROWS.schema[column]).alias(column)) if column != "hours" else None
    if other is None:
        other = ROWS.with_columns(pl.Series("hours", [[9, 9, 9]] * 4, dtype=pl.Array(pl.Int64, 3)))
    before, after = row_digests(ROWS), row_digests(other)
    assert (before != after)[0]


def test_a_value_under_another_name_is_another_row() -> None:
    assert row_digests(pl.DataFrame({"a": [1], "b": [2]}))[0] != row_digests(pl.DataFrame({"a": [2], "b": [1]}))[0]


def test_minus_zero_is_zero() -> None:
    assert row_digests(pl.DataFrame({"x": [0.0, -0.0]})).n_unique() == 1


@given(st.lists(st.text(), min_size=1, max_size=30))
def test_texts_share_a_number_only_where_they_are_equal(texts: list[str]) -> None:
    digests = row_digests(pl.DataFrame({"text": texts}))
    assert digests.n_unique() == len(set(texts))
