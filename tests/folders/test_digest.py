from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.folders.digest import large_table_digest, table_digest

ROWS = pl.DataFrame(
    {
        "key": ["a", "b", "cé"],
        "count": [1, None, 3],
        "share": [0.5, -0.0, None],
        "at": [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)],
        "codes": [["x", "y"], [], None],
        "vector": [[1.0, 2.0], [3.0], []],
        "parts": [{"name": "n", "value": 1.0}, {"name": None, "value": 2.0}, None],
    }
)


def test_the_digest_does_not_depend_on_how_the_rows_are_held() -> None:
    parts = pl.concat([ROWS.head(1), ROWS.tail(2)], rechunk=False)
    narrow = ROWS.with_columns(pl.col("count").cast(pl.Int32))
    zero = ROWS.with_columns(share=pl.Series([0.5, 0.0, None]))
    whole = table_digest(ROWS.lazy())
    assert {table_digest(rows.lazy()) for rows in (parts, narrow, zero)} == {whole}


def test_every_value_counts() -> None:
    changed = [
        ROWS.with_columns(pl.col("key").replace("b", "B")),
        ROWS.with_columns(pl.col("count").fill_null(0)),
        ROWS.with_columns(codes=pl.Series([["x"], ["y"], None])),
        ROWS.with_columns(codes=pl.Series([["x", "y"], None, None])),
        ROWS.with_columns(vector=pl.Series([[1.0], [2.0, 3.0], []])),
        ROWS.rename({"key": "id"}),
        ROWS.reverse(),
        ROWS.head(2),
    ]
    digests = {table_digest(rows.lazy()) for rows in [ROWS, *changed]}
    assert len(digests) == len(changed) + 1


@given(st.lists(st.text(max_size=4), max_size=6), st.lists(st.text(max_size=4), max_size=6))
def test_texts_that_only_join_alike_differ(one: list[str], other: list[str]) -> None:
    digests = [table_digest(pl.DataFrame({"t": texts}, schema={"t": pl.String}).lazy()) for texts in (one, other)]
    assert (digests[0] == digests[1]) == (one == other)


def test_a_large_table_is_digested_in_parts_wherever_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = pl.Series([[n % 3] * 24 for n in range(25)], dtype=pl.List(pl.UInt32))
    rows = pl.DataFrame({"n": range(25), "hours": hours})
    assert large_table_digest(rows.lazy()) == table_digest(rows.lazy())
    monkeypatch.setattr("graphfraud.folders.digest.DIGESTED_ROWS", 10)
    digests = set()
    for group in (3, 10, 25):
        rows.write_parquet(tmp_path / "rows.parquet", row_group_size=group)
        digests.add(large_table_digest(pl.scan_parquet(tmp_path / "rows.parquet")))
    assert digests == {large_table_digest(rows.lazy())} != {table_digest(rows.lazy())}
    for changed in (rows.reverse(), rows.head(24), rows.with_columns(n=pl.col("n").replace(24, 7))):
        assert large_table_digest(changed.lazy()) not in digests
