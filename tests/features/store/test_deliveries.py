"""Files that rotate, grow, come back, or cannot be read; erasures that fall due; what quarantine keeps of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from conftest import FIRST_DAY, Tables, write_feed
from features.admit import CLOCK, admitted_tables, built_from

from graphfraud.config import FeedSettings
from graphfraud.errors import TooManyQuarantined
from graphfraud_features.store.stored import Store, stored


def refused(store: Path, table: str) -> list[tuple[str, str]]:
    path = store / "quarantine" / f"{table}.parquet"
    rows = pl.read_parquet(path) if path.exists() else pl.DataFrame(schema={"file": pl.String, "reason": pl.String})
    return rows.select("file", "reason").unique().sort("file", "reason").rows()


def broken(streams: pl.DataFrame, count: int) -> pl.DataFrame:
    return streams.with_columns(played_ms=pl.when(pl.int_range(pl.len()) < count).then(-1).otherwise("played_ms"))


@pytest.fixture
def feed(tmp_path: Path, tables: Tables) -> Path:
    """A feed whose streams are one folder of files, empty yet."""
    streams = tables.pop("streams")
    (tmp_path / "feed" / "streams").mkdir(parents=True)
    streams.write_parquet(tmp_path / "all.parquet")
    return write_feed(tmp_path / "feed", tables)


def streams(feed: Path) -> pl.DataFrame:
    return pl.read_parquet(feed.parent / "all.parquet")


def build(feed: Path) -> Store:
    return built_from(feed, feed.parent / "store").store


def test_what_was_refused_of_a_file_follows_it_when_it_rotates(feed: Path) -> None:
    store, current, kept = feed.parent / "store", feed / "streams" / "current.parquet", feed / "streams" / "1.parquet"
    broken(streams(feed).head(100), 5).write_parquet(current)
    build(feed)
    assert refused(store, "streams") == [("streams/current.parquet", "played_ms_negative")]
    current.rename(kept)
    streams(feed).tail(100).write_parquet(current)
    build(feed)
    assert refused(store, "streams") == [("streams/1.parquet", "played_ms_negative")]
    assert pl.read_parquet(store / "quarantine" / "streams.parquet").height == 5


def test_a_delivery_of_another_folder_replaces_nothing_by_its_names(feed: Path) -> None:
    broken(streams(feed).head(100), 3).write_parquet(feed / "streams" / "1.parquet")
    build(feed)
    other = feed.parent / "second" / "streams"
    other.mkdir(parents=True)
    broken(streams(feed).tail(100), 2).write_parquet(other / "1.parquet")
    built_from(other.parent, feed.parent / "store")
    kept = pl.read_parquet(feed.parent / "store" / "quarantine" / "streams.parquet")
    assert kept["reason"].to_list() == ["played_ms_negative"] * 5


def test_a_file_that_is_put_back_is_read_again(feed: Path) -> None:
    store, file = feed.parent / "store", feed / "streams" / "1.parquet"
    for rows, count in ((broken(streams(feed), 3), 3), (streams(feed), 0), (broken(streams(feed), 3), 3)):
        rows.write_parquet(file)
        built = build(feed)
        assert len(refused(store, "streams")) == (1 if count else 0)
    assert built.row_count("streams") == 900


def test_every_file_that_cannot_be_read_is_named_even_if_they_are_alike(feed: Path) -> None:
    streams(feed).write_parquet(feed / "streams" / "1.parquet")
    (feed / "logins").mkdir()
    for name in ("a", "b"):
        (feed / "logins" / f"{name}.parquet").touch()
        build(feed)
    files = pl.read_parquet(feed.parent / "store" / "quarantine" / "files.parquet")
    assert files["file"].to_list() == ["logins/a.parquet", "logins/b.parquet"]


def test_a_file_that_grows_does_not_dilute_what_is_broken(feed: Path) -> None:
    file = feed / "streams" / "today.parquet"
    for count in range(100, 500, 50):
        streams(feed).head(count).write_parquet(file)
        build(feed)
    broken(streams(feed).head(500), 100).write_parquet(file)
    with pytest.raises(TooManyQuarantined, match=r"20\.0%"):
        built_from(feed, feed.parent / "store", settings=FeedSettings())


def test_a_file_that_comes_twice_at_once_is_no_more_broken_for_it(feed: Path) -> None:
    for name in ("1", "1-again"):
        broken(streams(feed), 40).write_parquet(feed / "streams" / f"{name}.parquet")
    assert built_from(feed, feed.parent / "store", settings=FeedSettings()).store.row_count("streams") == 860


def test_rows_that_wait_in_a_file_that_grows_wait_once(feed: Path) -> None:
    stray = streams(feed).with_columns(track_id=pl.lit("unheard of"))
    streams(feed).write_parquet(feed / "streams" / "0.parquet")
    for count in (10, 20, 30):
        stray.head(count).with_columns(pl.lit("w").add(pl.col("stream_id")).alias("stream_id")).write_parquet(
            feed / "streams" / "1.parquet"
        )
        store = build(feed)
    assert store.waiting("streams").height == 30


def test_an_erasure_that_lay_in_the_future_is_carried_out_when_it_falls_due(
    feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams(feed).write_parquet(feed / "streams" / "1.parquet")
    asked = {"subject_kind": ["listener"], "subject_id": ["lis-07"], "at": [CLOCK + timedelta(days=3)]}
    pl.DataFrame(asked).write_parquet(feed / "erasures.parquet")
    assert "lis-07" in build(feed).rows("streams").collect()["listener_id"]
    monkeypatch.setattr("features.admit.CLOCK", CLOCK + timedelta(days=10))
    assert "lis-07" not in build(feed).rows("streams").collect()["listener_id"]


def test_whoever_is_erased_leaves_rows_that_could_not_be_taken_apart_too(feed: Path) -> None:
    lines = streams(feed).write_ndjson().splitlines()
    of_gone = next(n for n, line in enumerate(lines) if "lis-07" in line)
    lines[of_gone] = lines[of_gone][:-9]
    (feed / "streams" / "1.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    coded = broken(streams(feed).filter(listener_id="lis-07"), 99).with_columns(pl.col("listener_id").cast(pl.Binary))
    coded.write_parquet(feed / "streams" / "2.parquet")
    store = feed.parent / "store"
    build(feed)
    assert refused(store, "streams") == [
        ("streams/1.ndjson", "not_json"),
        ("streams/2.parquet", "played_ms_negative"),
    ]
    gone = {"subject_kind": ["listener"], "subject_id": ["lis-07"], "at": [FIRST_DAY]}
    pl.DataFrame(gone).write_parquet(feed / "erasures.parquet")
    build(feed)
    assert refused(store, "streams") == []


def test_an_empty_folder_becomes_a_store(feed: Path) -> None:
    streams(feed).write_parquet(feed / "streams" / "1.parquet")
    (feed.parent / "store").mkdir()
    assert build(feed).row_count("streams") == stored(feed.parent / "store").row_count("streams") == 900


def test_a_stream_on_the_last_day_of_the_calendar_is_from_the_future(tmp_path: Path, tables: Tables) -> None:
    last = datetime(9999, 12, 31, 12, tzinfo=UTC)
    is_first = pl.int_range(pl.len()) == 0
    tables["streams"] = tables["streams"].with_columns(
        started_at=pl.when(is_first).then(pl.lit(last)).otherwise("started_at")
    )
    _, quarantined = admitted_tables(tmp_path, tables)
    assert quarantined == {"streams": {"from_the_future": 1}}
