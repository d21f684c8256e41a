"""The arrays that rings are sought in: numbered as the graph numbers them, whatever the order of the rows."""

from pathlib import Path

import polars as pl
import pytest
from conftest import Tables
from features.admit import admitted_tables

from graphfraud.config import FeatureSettings
from graphfraud_features.measures.ring_facts import account_facts, listener_facts, play_log, track_facts
from graphfraud_features.view import View, scoring_view


def view_of(folder: Path, tables: Tables) -> View:
    folder.mkdir()
    events, _ = admitted_tables(folder, tables)
    return scoring_view(events)


def log_of(folder: Path, tables: Tables) -> pl.DataFrame:
    return play_log(view_of(folder, tables), FeatureSettings()).collect()


def test_every_play_stands_once_by_listener_and_instant_under_the_graphs_numbers(
    tmp_path: Path, tables: Tables
) -> None:
    log = log_of(tmp_path / "a", tables)
    assert log.height == tables["streams"].height
    assert log.select("listener_ix", "started_at").equals(log.select("listener_ix", "started_at").sort(pl.all()))
    listeners, tracks = (sorted(tables[f"{kind}s"][f"{kind}_id"]) for kind in ("listener", "track"))
    named = log.select(
        pl.col("listener_ix").replace_strict(dict(enumerate(listeners))).alias("listener_id"),
        pl.col("track_ix").replace_strict(dict(enumerate(tracks))).alias("track_id"),
        "started_at",
    )
    asked = tables["streams"].select("listener_id", "track_id", "started_at")
    assert named.sort(pl.all()).equals(asked.sort(pl.all()))


def test_the_order_of_rows_leaves_no_trace(tmp_path: Path, tables: Tables) -> None:
    turned = {name: rows.reverse() for name, rows in tables.items()}
    assert log_of(tmp_path / "a", tables).equals(log_of(tmp_path / "b", turned))


def test_equal_devices_have_equal_numbers_and_no_device_has_none(tmp_path: Path, tables: Tables) -> None:
    streams = tables["streams"].with_columns(
        device_id=pl.when(pl.col("stream_id") == "s-0000").then(None).otherwise("device_id")
    )
    log = log_of(tmp_path / "a", tables | {"streams": streams})
    assert log["device"].null_count() == 1
    assert log["device"].n_unique() == streams["device_id"].n_unique()
    assert log["address"].null_count() == log.height, "the feed has no addresses"


@pytest.mark.parametrize("kind", ["account", "track", "listener"])
def test_facts_have_one_row_a_subject_in_the_order_of_ids(tmp_path: Path, tables: Tables, kind: str) -> None:
    read = {"account": account_facts, "track": track_facts, "listener": listener_facts}[kind]
    made_at = "uploaded_at" if kind == "track" else "created_at"
    facts = read(view_of(tmp_path / "a", tables)).collect()
    asked = tables[f"{kind}s"].sort(f"{kind}_id")
    assert facts[made_at].to_list() == asked[made_at].to_list()


def test_titles_of_the_same_three_words_are_told_from_shorter_ones(tmp_path: Path, tables: Tables) -> None:
    titles = ["Deep Sleep Rain", "rain: deep (sleep)", "Rain", "Rain"]
    named = tables["tracks"].sort("track_id").with_row_index("row")
    title = pl.col("row").replace_strict(dict(enumerate(titles)), default=pl.col("title"), return_dtype=pl.String)
    tracks = named.with_columns(title=title).drop("row")
    words = track_facts(view_of(tmp_path / "a", tables | {"tracks": tracks})).collect()["words"].to_list()
    assert words[0] is not None
    assert words[0] == words[1]
    assert words[2:4] == [None, None]
