"""A store takes each file once, whatever comes when, and holds the same in the end."""

import random
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from conftest import FIRST_DAY, Tables, tiny_tables, write_feed
from features.admit import AS_OF, CLOCK, built_from
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.config import FeedSettings
from graphfraud.errors import InputRefused, StoreBusy, TableMissing, TooManyQuarantined, UsageError
from graphfraud.folders.lock import only_writer
from graphfraud_features.admission.admitted import admitted
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.store.pinned import pinned
from graphfraud_features.store.stored import Store, stored

EVENTS = ("streams", "logins", "embeddings", "labels")


def deliver(feed: Path, table: str, rows: pl.DataFrame, name: str) -> None:
    (feed / table).mkdir(parents=True, exist_ok=True)
    rows.write_parquet(feed / table / f"{name}.parquet")


def by_day(streams: pl.DataFrame) -> list[pl.DataFrame]:
    dated = streams.with_columns(day=pl.col("started_at").dt.date())
    return dated.partition_by("day", include_key=False, maintain_order=True)


def admitted_rows(store: Store, folder: Path) -> dict[str, pl.DataFrame]:
    events = admitted(store, Quarantine(), folder, as_of=AS_OF, clock=CLOCK)
    return {table: events.table(table).collect() for table in ("accounts", "tracks", "listeners", *EVENTS)}


def waiting(store: Store, table: str) -> dict[str, int]:
    path = store.folder / "quarantine" / f"{table}.parquet"
    return dict(pl.read_parquet(path)["reason"].value_counts().iter_rows()) if path.exists() else {}


def messy_tables() -> Tables:
    """The tiny platform with versions, conflicts, labels and logins."""
    tables = tiny_tables()
    other = tables["streams"].head(7).with_columns(started_at=pl.col("started_at") + pl.duration(days=2))
    tables["streams"] = pl.concat([tables["streams"], other, tables["streams"].head(20)])
    never = pl.lit(None, pl.Datetime("us", "UTC"))
    newer = tables["listeners"].head(3).with_columns(plan=pl.lit("free"), recorded_at=pl.lit(FIRST_DAY))
    tables["listeners"] = pl.concat([tables["listeners"].with_columns(recorded_at=never), newer])
    subjects = {"subject_kind": ["listener", "track"], "subject_id": ["lis-03", "trk-09"]}
    tables["labels"] = pl.DataFrame(subjects).with_columns(
        label=pl.lit("fraud"), decided_at=pl.lit(FIRST_DAY + timedelta(days=3)), source=pl.lit("review")
    )
    tables["logins"] = pl.DataFrame(subjects).with_columns(
        device_id=pl.lit("dev-1"), ip_hash=pl.lit(None, pl.String), at=pl.lit(FIRST_DAY)
    )
    return tables


def test_a_day_at_a_time_or_all_at_once_is_the_same(tmp_path: Path, tables: Tables) -> None:
    streams = by_day(tables.pop("streams"))
    feed = write_feed(tmp_path / "feed", tables)
    for n, day in enumerate(streams):
        deliver(feed, "streams", day, f"{n:02d}")
        built = built_from(feed, tmp_path / "daily")
        assert set(built.rebuilt) == ({*tables, "streams"} if n == 0 else {"streams"})
        assert built.rebuilt["streams"] == 1
    whole = built_from(feed, tmp_path / "whole").store
    assert stored(tmp_path / "daily").tables_digest() == whole.tables_digest()
    assert whole.row_count("streams") == 900


@given(order=st.randoms(use_true_random=False), build_count=st.integers(1, 4))
@settings(max_examples=8, deadline=None)
def test_late_repeated_and_shuffled_rows_make_the_same_store_and_the_same_events(
    order: random.Random, build_count: int
) -> None:
    tables = messy_tables()
    with TemporaryDirectory() as folder:
        whole = built_from(write_feed(Path(folder) / "feed", tables), Path(folder) / "whole").store
        feed, store = Path(folder) / "late", Path(folder) / "store"
        feed.mkdir()
        rows = [(table, row) for table, frame in tables.items() for row in frame.iter_slices(1)]
        rows += order.sample(rows, 50)
        order.shuffle(rows)
        for n in range(build_count):
            for table in tables:
                told = [row for name, row in rows[n::build_count] if name == table]
                deliver(feed, table, pl.concat([tables[table].clear(), *told]), f"{n}")
            built = built_from(feed, store)
        assert built.store.tables_digest() == whole.tables_digest()
        assert built.store.contested().to_list() == whole.contested().to_list() == [f"s-{n:04d}" for n in range(7)]
        one, other = (admitted_rows(each, Path(folder) / f"events-{each.folder.name}") for each in (whole, built.store))
        assert all(one[table].equals(other[table]) for table in one)


def test_a_file_that_comes_again_is_not_read_again(tmp_path: Path, tables: Tables) -> None:
    feed, store = write_feed(tmp_path / "feed", tables), tmp_path / "store"
    before = built_from(feed, store).store.digest()
    assert built_from(feed, store).new_entries == ()
    (feed / "streams").mkdir()
    (feed / "streams.parquet").rename(feed / "streams" / "renamed.parquet")
    built = built_from(feed, store)
    assert [(entry.file, entry.is_repeat, entry.row_count) for entry in built.new_entries] == [
        ("streams/renamed.parquet", True, 900)
    ]
    assert built.rebuilt == {}
    assert built.store.left_out == {"streams": {"repeated": 900}}
    assert built.store.digest() != before, "the ledger knows its name now"


def test_a_stream_waits_for_its_track_and_is_admitted_by_the_build_that_brings_it(
    tmp_path: Path, tables: Tables
) -> None:
    tracks = tables["tracks"]
    late, store = pl.col("track_id") == "trk-04", tmp_path / "store"
    first = built_from(write_feed(tmp_path / "1", {**tables, "tracks": tracks.filter(~late)}), store).store
    plays = tables["streams"].filter(late).height
    assert waiting(first, "streams") == {"unknown_track": plays}
    assert waiting(first, "embeddings") == {"unknown_track": 1}
    assert first.row_count("streams") == 900 - plays
    deliver(tmp_path / "2", "tracks", tracks.filter(late), "late")
    second = built_from(tmp_path / "2", store).store
    assert waiting(second, "streams") == waiting(second, "embeddings") == {}
    whole = built_from(write_feed(tmp_path / "all", tables), tmp_path / "whole").store
    assert second.tables_digest() == whole.tables_digest()


def test_a_track_waits_for_its_account_and_its_plays_wait_with_it(tmp_path: Path, tables: Tables) -> None:
    late = pl.col("account_id") == "acc-2"
    without = {**tables, "accounts": tables["accounts"].filter(~late)}
    first = built_from(write_feed(tmp_path / "1", without), tmp_path / "store").store
    assert waiting(first, "tracks") == {"unknown_account": 8}
    assert set(waiting(first, "streams")) == {"unknown_track"}
    deliver(tmp_path / "2", "accounts", tables["accounts"].filter(late), "late")
    assert built_from(tmp_path / "2", tmp_path / "store").store.row_count("streams") == 900


def test_who_is_erased_is_gone_from_every_file_and_does_not_come_back(tmp_path: Path, tables: Tables) -> None:
    tables["streams"] = tables["streams"].with_columns(
        played_ms=pl.when(pl.col("stream_id") == "s-0001").then(-1).otherwise("played_ms")
    )
    feed, store = write_feed(tmp_path / "feed", tables), tmp_path / "store"
    assert built_from(feed, store).store.row_count("streams") == 899
    erasure = {"subject_kind": ["listener", "account"], "subject_id": ["lis-07", "acc-1"], "at": [FIRST_DAY] * 2}
    deliver(feed, "erasures", pl.DataFrame(erasure), "asked")
    deliver(
        feed,
        "streams",
        tables["streams"].with_columns(pl.lit("again-").add(pl.col("stream_id")).alias("stream_id")),
        "late",
    )
    built_from(feed, store)
    again = stored(store)
    gone = {f"trk-{n:02d}" for n in range(8, 16)}
    for table in ("streams", "tracks", "listeners", "accounts", "embeddings"):
        rows = again.rows(table).collect()
        assert "lis-07" not in rows.get_column("listener_id", default=pl.Series([""])).to_list()
        assert not gone & set(rows.get_column("track_id", default=pl.Series([""])).to_list())
    assert waiting(again, "streams") == {}
    named = {path.name for path in store.rglob("*.parquet") if "lis-07" in str(pl.read_parquet(path).to_dicts())}
    assert named == {"gone.parquet", "2026-09.parquet"}
    assert "lis-07" not in str(again.rows("accounts").collect().to_dicts())
    together = write_feed(tmp_path / "together", {**tables, "erasures": pl.DataFrame(erasure)})
    deliver(
        together,
        "streams",
        tables["streams"].with_columns(pl.lit("again-").add(pl.col("stream_id")).alias("stream_id")),
        "late",
    )
    assert built_from(together, tmp_path / "at-once").store.tables_digest() == again.tables_digest()


def test_a_mended_file_clears_what_was_refused_of_it(tmp_path: Path, tables: Tables) -> None:
    broken = tables["streams"].with_columns(
        played_ms=pl.when(pl.col("stream_id") == "s-0001").then(-1).otherwise("played_ms")
    )
    feed, store = write_feed(tmp_path / "feed", {**tables, "streams": broken}), tmp_path / "store"
    (feed / "logins.parquet").write_bytes(b"half a file")
    first = built_from(feed, store).store
    assert waiting(first, "streams") == {"played_ms_negative": 1}
    assert pl.read_parquet(store / "quarantine" / "files.parquet")["file"].to_list() == ["logins.parquet"]
    tables["streams"].write_parquet(feed / "streams.parquet")
    (feed / "logins.parquet").unlink()
    second = built_from(feed, store).store
    assert waiting(second, "streams") == {}
    assert second.row_count("streams") == 900
    assert second.left_out == {"streams": {"repeated": 899}}


def test_a_refused_feed_leaves_the_store_as_it_was(tmp_path: Path, tables: Tables) -> None:
    feed, store = write_feed(tmp_path / "feed", tables), tmp_path / "store"
    before = built_from(feed, store).store.digest()
    deliver(feed, "streams", tables["streams"].with_columns(played_ms=pl.lit(-1)), "broken")
    with pytest.raises(TooManyQuarantined, match=r"50\.0%"):
        built_from(feed, store, settings=FeedSettings())
    assert stored(store).digest() == before
    (feed / "streams" / "broken.parquet").unlink()
    deliver(feed, "erasures", tables["accounts"], "broken")
    (feed / "erasures" / "broken.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputRefused, match="erasures"):
        built_from(feed, store)
    assert stored(store).digest() == before


def test_a_later_delivery_need_not_bring_every_table_again(tmp_path: Path, tables: Tables) -> None:
    deliver(tmp_path / "streams only", "streams", tables["streams"], "0")
    with pytest.raises(TableMissing):
        built_from(tmp_path / "streams only", tmp_path / "store")
    streams = tables["streams"]
    built_from(write_feed(tmp_path / "feed", {**tables, "streams": streams.head(100)}), tmp_path / "store")
    assert built_from(tmp_path / "streams only", tmp_path / "store").store.row_count("streams") == 900


def test_a_second_build_at_once_is_refused_and_told_of_the_first(tmp_path: Path, tables: Tables) -> None:
    feed, store = write_feed(tmp_path / "feed", tables), tmp_path / "store"
    with only_writer(store), pytest.raises(StoreBusy, match=r"process \d+ on .*, since 20"):
        built_from(feed, store)
    assert built_from(feed, store).store.row_count("streams") == 900


def test_a_reader_keeps_what_it_began_with_while_builds_go_on(tmp_path: Path, tables: Tables) -> None:
    days = by_day(tables.pop("streams"))
    feed, store = write_feed(tmp_path / "feed", tables), tmp_path / "store"
    deliver(feed, "streams", days[0], "0")
    built_from(feed, store)
    with pinned(store) as seen:
        deliver(
            feed,
            "streams",
            pl.concat([day.with_columns(pl.lit("x").add(pl.col("stream_id")).alias("stream_id")) for day in days]),
            "1",
        )
        assert built_from(feed, store).store.row_count("streams") == 900 + days[0].height
        assert seen.rows("streams").collect().height == days[0].height
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_a_folder_of_something_else_is_no_store(tmp_path: Path, tables: Tables) -> None:
    feed = write_feed(tmp_path / "feed", tables)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"meow")
    with pytest.raises(UsageError, match="holds something else than"):
        built_from(feed, tmp_path / "photos")
    with pytest.raises(UsageError, match="no store is here"):
        stored(tmp_path / "photos")
    assert (tmp_path / "photos" / "cat.jpg").exists()
