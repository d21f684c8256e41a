"""Streams are admitted a range of listeners at a time, and where the ranges are cut leaves no trace."""

from pathlib import Path

import polars as pl
import pytest
from conftest import Tables, write_feed
from features.admit import AS_OF, CLOCK, admitted_tables, built_from

from graphfraud_features.admission.admitted import admitted
from graphfraud_features.intake.quarantine import Quarantine


@pytest.fixture
def contested(tables: Tables) -> Tables:
    """Streams of one id that two listeners have, on two days."""
    again = (
        tables["streams"]
        .head(40)
        .with_columns(listener_id=pl.lit("lis-29"), started_at=pl.col("started_at") + pl.duration(days=3))
    )
    return {**tables, "streams": pl.concat([tables["streams"], again])}


@pytest.mark.parametrize("rows", [1, 37, 400])
def test_ranges_of_any_size_admit_the_same(
    tmp_path: Path, contested: Tables, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    whole, refused = admitted_tables(tmp_path / "whole", contested)
    for module in ("partitions", "store.merge", "admission.streams"):
        monkeypatch.setattr(f"graphfraud_features.{module}.ROW_GROUP_ROWS", 5)
    monkeypatch.setattr("graphfraud_features.admission.streams.SLICE_ROWS", rows)
    cut, refused_in_ranges = admitted_tables(tmp_path / "cut", contested)
    files = list((tmp_path / "cut" / "admitted" / "streams").iterdir())
    assert len(files) > 1
    assert cut.table("streams").collect().equals(whole.table("streams").collect())
    assert cut.digest("streams") == whole.digest("streams")
    assert (cut.left_out, refused_in_ranges) == (whole.left_out, refused)
    assert refused == {"streams": {"conflicting_content": 40}}


def test_what_happened_later_changes_no_digest(tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphfraud.folders.digest.DIGESTED_ROWS", 100)
    until = tables["streams"].filter(pl.col("started_at") < AS_OF.replace(day=5))
    digests = []
    for name, streams in (("until", until), ("all", tables["streams"])):
        store = built_from(
            write_feed(tmp_path / name, {**tables, "streams": streams}), tmp_path / f"store-{name}"
        ).store
        as_of = AS_OF.replace(day=5)
        events = admitted(store, Quarantine(), tmp_path / f"work-{name}", as_of=as_of, clock=CLOCK)
        digests.append(events.digest("streams"))
    assert digests[0] == digests[1]
