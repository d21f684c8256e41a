"""Names for numbers."""

import polars as pl

from graphfraud.simulator.platform.naming import COLUMNS, named
from graphfraud.simulator.platform.rows import SCHEMAS, frame

NUMBER = {
    "listeners": frame("listeners", listener_id=[7, 8], plan_group_hash=[3, -1]),
    "streams": frame("streams", listener_id=[8, 7, 8], track_id=[5, 5, 6], context_id=[-1, 9, 9], device_id=[1, 1, 2]),
    "tracks": frame("tracks", track_id=[5, 6], account_id=[7, 7], release_id=[9, 9]),
    "labels": pl.DataFrame({"subject_kind": ["account", "listener", "track"], "subject_id": [7, 7, 5]}),
}


def tables() -> dict[str, pl.DataFrame]:
    """Numbers that mean something else in each column."""
    empty = {table: SCHEMAS[table].to_frame() for table in ("accounts", "logins", "embeddings")}
    streams = NUMBER["streams"].with_columns(stream_id=pl.int_range(pl.len()), ip_hash=pl.lit(4, pl.Int64))
    return empty | NUMBER | {"streams": streams}


def test_one_number_has_one_name_wherever_it_stands() -> None:
    renamed = named(tables(), seed=1)
    listener_7, listener_8 = renamed["listeners"]["listener_id"]
    assert renamed["streams"]["listener_id"].to_list() == [listener_8, listener_7, listener_8]
    assert renamed["streams"]["context_id"].to_list() == [None, *renamed["tracks"]["release_id"]]
    assert renamed["listeners"]["plan_group_hash"].to_list()[1] is None


def test_a_subject_is_named_by_its_kind() -> None:
    renamed = named(tables(), seed=1)
    account, listener, track = renamed["labels"]["subject_id"]
    assert account == renamed["tracks"]["account_id"][0]
    assert listener == renamed["listeners"]["listener_id"][0]
    assert track == renamed["tracks"]["track_id"][0]


def test_every_name_begins_with_what_it_names() -> None:
    renamed = named(tables(), seed=1)
    for prefix, places in COLUMNS.items():
        for table, column in places:
            assert renamed[table][column].drop_nulls().str.contains(rf"^{prefix}-\d{{6}}$").all()


def test_another_seed_shuffles_otherwise() -> None:
    many = tables() | {"listeners": frame("listeners", listener_id=list(range(50)))}
    names = [named(many, seed=seed)["listeners"]["listener_id"].to_list() for seed in (1, 1, 2)]
    assert names[0] == names[1] != names[2]
    assert sorted(names[0]) == sorted(names[2]) != names[0]
