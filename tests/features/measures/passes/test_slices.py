"""Slices hold everybody once, in order, and few enough plays."""

from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graphfraud_features.measures.passes.slices import listener_slices, slices


def somebody(count: int) -> pl.DataFrame:
    return pl.DataFrame({"listener_id": [f"lis-{n:03d}" for n in range(count)]}, schema={"listener_id": pl.String})


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(1, 30))
def test_slices_hold_everybody_once_in_order_and_no_more_than_the_limit(plays: list[int], limit: int) -> None:
    everybody = somebody(len(plays))
    cuts = slices(everybody, "listener_id", np.array(plays, np.int64), limit)
    assert pl.concat(cut.subjects for cut in cuts).equals(everybody)
    held = dict(zip(everybody["listener_id"], plays, strict=True))
    for cut in cuts:
        assert cut.subjects.height <= 1 or sum(held[one] for one in cut.subjects["listener_id"]) <= limit


@given(st.lists(st.integers(0, 59), max_size=80), st.integers(1, 30))
def test_every_row_is_read_in_one_slice(who: list[int], limit: int) -> None:
    everybody = somebody(60)
    rows = pl.DataFrame({"listener_id": everybody["listener_id"].gather(who)}).with_row_index("row").lazy()
    cuts = listener_slices(rows, everybody, limit)
    read = pl.concat(cut.of(rows) for cut in cuts).collect()
    assert sorted(read["row"]) == list(range(len(who)))


def test_a_slice_of_a_file_is_the_rows_of_its_ids(tmp_path: Path) -> None:
    rows = pl.DataFrame({"listener_id": np.repeat(somebody(50)["listener_id"].to_numpy(), 10)})
    rows.write_parquet(tmp_path / "streams.parquet", row_group_size=100)
    streams = pl.scan_parquet(tmp_path / "streams.parquet")
    second = listener_slices(streams, somebody(50), 100)[1]
    assert second.of(streams).collect()["listener_id"].unique(maintain_order=True).to_list() == [
        f"lis-{n:03d}" for n in range(10, 20)
    ]
