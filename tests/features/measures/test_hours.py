"""The hours of streamed edges stand in the order of the graph's, whatever slices and row groups they came in."""

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from conftest import Tables
from features.admit import AS_OF
from features.by_hand import END, START, played, tables_of, view_of
from features.rich_tables import rich_tables
from features.test_snapshot import same

from graphfraud.config import FeatureSettings
from graphfraud.tables import PlaysByHour
from graphfraud_features.measures.hours import HoursFile
from graphfraud_features.measures.passes.pairs import slice_totals
from graphfraud_features.snapshot import EdgeTable, GraphTables, graph_tables


def made(path: Path, tables: Tables, **slices: int) -> tuple[GraphTables, pl.DataFrame]:
    with HoursFile(path) as hours:
        graph = graph_tables(view_of(tables, AS_OF), FeatureSettings(), hours=hours, **slices)
    return graph, pl.read_parquet(path)


def streamed(graph: GraphTables) -> EdgeTable:
    return next(one for one in graph.edges if one.relation.name == "streamed")


def test_hours_are_those_of_the_streamed_edges_in_their_order(tmp_path: Path) -> None:
    graph, hours = made(tmp_path / "hours.parquet", rich_tables())
    PlaysByHour.validate(hours)
    edges = streamed(graph)
    assert hours["listener_id"].equals(graph.nodes["listener"]["listener_id"].gather(edges.source_ix))
    assert hours["track_id"].equals(graph.nodes["track"]["track_id"].gather(edges.target_ix))
    assert hours["hour_plays"].list.sum().to_list() == edges.weight.tolist()
    assert hours.select("listener_id", "track_id").rows() == sorted(hours.select("listener_id", "track_id").rows())


def test_every_hour_has_the_plays_that_began_in_it(tmp_path: Path) -> None:
    _, hours = made(tmp_path / "hours.parquet", rich_tables())
    found = (
        hours.with_columns(hour=pl.lit(list(range(24)), pl.List(pl.Int8)))
        .explode("hour", "hour_plays")
        .filter(pl.col("hour_plays") > 0)
    )
    plays = rich_tables()["streams"].group_by("listener_id", "track_id", hour=pl.col("started_at").dt.hour()).len()
    assert set(found.select("listener_id", "track_id", "hour", "hour_plays").rows()) == set(plays.rows())


@pytest.mark.parametrize("slice_plays", [1, 50, 333])
@pytest.mark.parametrize("group_pairs", [7, 1_000])
def test_where_plays_are_cut_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slice_plays: int, group_pairs: int
) -> None:
    whole_graph, whole = made(tmp_path / "whole.parquet", rich_tables())
    monkeypatch.setattr("graphfraud_features.measures.hours.GROUP_PAIRS", group_pairs)
    graph, hours = made(tmp_path / "cut.parquet", rich_tables(), slice_plays=slice_plays)
    assert pq.read_metadata(tmp_path / "cut.parquet").num_row_groups > 1
    assert hours.equals(whole)
    assert same(graph, whole_graph)


def test_the_graph_is_the_same_when_nobody_asks_for_hours(tmp_path: Path) -> None:
    graph, _ = made(tmp_path / "hours.parquet", rich_tables())
    assert same(graph, graph_tables(view_of(rich_tables(), AS_OF), FeatureSettings()))


def test_an_hour_begins_with_its_first_microsecond_and_days_add_up(tmp_path: Path) -> None:
    microsecond = 1 / 3_600_000_000
    plays = played("l", "a-1", [1, 2 - microsecond, 2, 24 * 7 + 1, 23.5, 24 - microsecond])
    with HoursFile(tmp_path / "hours.parquet") as hours:
        graph_tables(view_of(tables_of([plays]), END), FeatureSettings(), hours=hours)
    counts = pl.read_parquet(tmp_path / "hours.parquet")["hour_plays"][0].to_list()
    assert START.hour == 0
    assert {hour: count for hour, count in enumerate(counts) if count} == {1: 3, 2: 1, 23: 2}


def test_pairs_that_were_not_counted_by_hour_are_refused(tmp_path: Path) -> None:
    plays = pl.DataFrame(
        {"listener_ix": [0], "track_ix": [0], "started_at": [START], "is_just_paid": [False]},
        schema_overrides={"started_at": pl.Datetime("us", "UTC")},
    )
    names = pl.Series(["one"])
    with (
        HoursFile(tmp_path / "hours.parquet") as hours,
        pytest.raises(ValueError, match="not counted by hour"),
    ):
        hours.add(slice_totals(plays, by_hour=False), names, names)
