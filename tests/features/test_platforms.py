"""What must leave no trace: where plays are cut, what ids are called, how large the platform is; and feeds that are odd."""

from datetime import timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
from conftest import Tables
from features.admit import AS_OF
from features.by_hand import view_of
from features.rich_tables import rich_tables
from features.test_snapshot import same
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.config import FeatureSettings
from graphfraud.tables import FEATURES, feature_facts, feature_names
from graphfraud_features.snapshot import GraphTables, graph_tables

KINDS = {"account": "accounts", "track": "tracks", "listener": "listeners"}
IDS = {
    *("account_id", "track_id", "listener_id", "stream_id", "subject_id"),
    *("device_id", "ip_hash", "payee_hash", "plan_group_hash", "title"),
}


def made(tables: Tables, slice_plays: int = 2_000_000) -> GraphTables:
    return graph_tables(view_of(tables, AS_OF), FeatureSettings(), slice_plays=slice_plays)


@cache
def whole() -> GraphTables:
    return made(rich_tables())


def renamed(tables: Tables, prefix: str) -> Tables:
    """The same platform under other ids, in the same order."""
    return {
        name: rows.with_columns((prefix + pl.col(column)).alias(column) for column in rows.columns if column in IDS)
        for name, rows in tables.items()
    }


@pytest.mark.parametrize("slice_plays", [1, 50, 333])
def test_where_the_plays_are_cut_leaves_no_trace(slice_plays: int) -> None:
    assert same(made(rich_tables(), slice_plays), whole())


@given(order=st.randoms(use_true_random=False), slice_plays=st.integers(1, 1_000))
@settings(max_examples=5, deadline=None)
def test_order_leaves_no_trace_whatever_the_slices(order: object, slice_plays: int) -> None:
    tables = rich_tables()
    shuffled = {
        name: rows.sample(fraction=1.0, shuffle=True, seed=hash(order) % 1_000) for name, rows in tables.items()
    }
    assert same(made(shuffled, slice_plays), whole())


def test_other_names_in_the_same_order_change_no_feature() -> None:
    other = made(renamed(rich_tables(), "x")).nodes
    for kind in KINDS:
        assert other[kind].drop(f"{kind}_id").equals(whole().nodes[kind].drop(f"{kind}_id"))


def test_an_independent_copy_beside_it_hardly_changes_a_feature() -> None:
    tables, copy = rich_tables(), renamed(rich_tables(), "copy-")
    doubled = made({name: pl.concat([tables[name], copy[name]]) for name in tables}).nodes
    for kind in KINDS:
        before = whole().nodes[kind]
        after = before.select(f"{kind}_id").join(doubled[kind], on=f"{kind}_id", how="left")
        for name in feature_names(kind):
            # The prior of a country's day curve weighs half as much on twice the platform.
            near = 0.15 if name in {"flat_day_nats", "night_share", "audience_oddness"} else 1e-5
            np.testing.assert_allclose(after[name], before[name], atol=near, err_msg=f"{kind} {name}")


def kept(tables: Tables, listeners: list[str], plays: int) -> Tables:
    """The tables with only so many plays, by these listeners."""
    streams = tables["streams"].filter(pl.col("listener_id").is_in(listeners)).head(plays)
    return {**tables, "streams": streams}


def of_nobody(tables: Tables) -> Tables:
    return {name: rows.clear() for name, rows in tables.items()}


def without(tables: Tables, *columns: str) -> Tables:
    return {**tables, "streams": tables["streams"].drop(columns), "logins": tables["logins"].clear()}


def changed(tables: Tables, table: str, **columns: object) -> Tables:
    return {**tables, table: tables[table].with_columns(**{name: pl.lit(value) for name, value in columns.items()})}


RICH = rich_tables()
ODD = {
    "no play": kept(RICH, [], 0),
    "one play": kept(RICH, ["lis-00"], 1),
    "one listener": kept(RICH, ["lis-00"], 900),
    "nobody": of_nobody(RICH),
    "nothing but plays": without(RICH, "device_id", "ip_hash", "country"),
    "tracks of no length": changed(RICH, "tracks", duration_ms=0, title=""),
    "plays of no length": changed(RICH, "streams", played_ms=0),
    "one instant": changed(RICH, "streams", started_at=AS_OF - timedelta(days=1)),
    "one track": changed(RICH, "streams", track_id="trk-01"),
    "one device": changed(RICH, "streams", device_id="one", ip_hash="one"),
    "joined after they played": changed(RICH, "listeners", created_at=AS_OF - timedelta(seconds=1)),
    "uploaded after they were played": changed(RICH, "tracks", uploaded_at=AS_OF - timedelta(seconds=1)),
    "sources that nobody knows": {
        **RICH,
        "streams": RICH["streams"].with_columns(source=pl.format("source-{}", pl.int_range(pl.len()))),
    },
}


@pytest.mark.parametrize("feed", ODD)
def test_every_feature_of_an_odd_feed_is_finite(feed: str) -> None:
    for kind, rows in made(ODD[feed], 100).nodes.items():
        assert rows.height == (ODD[feed][KINDS[kind]].height if kind in KINDS else rows.height)
        assert np.isfinite(rows.drop(f"{kind}_id").to_numpy()).all(), kind
        FEATURES[kind].validate(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_shares_and_ranks_lie_between_nothing_and_all(kind: str) -> None:
    units = {name: facts["unit"] for name, facts in feature_facts(kind).items()}
    for feed in ODD.values():
        rows = made(feed).nodes[kind]
        bounded = [name for name, unit in units.items() if "share" in unit or "rank" in unit]
        values = rows.select(bounded).to_numpy()
        assert ((values >= 0) & (values <= 1)).all()


@pytest.mark.parametrize("kind", FEATURES)
def test_every_feature_says_what_it_is_in_which_unit_and_which_way_it_accuses(kind: str) -> None:
    for name, facts in feature_facts(kind).items():
        assert facts["doc"], name
        assert facts["unit"], name
        assert facts["suspicious"] in {-1, 0, 1}, name
        assert isinstance(facts["forgeable"], bool), name
        assert not (facts["forgeable"] and facts["suspicious"]), f"{name}: a forger picks its side"


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_forger_picks_or_a_platform_sets_is_forgeable(kind: str) -> None:
    told_by = ("device", "address", "country", "abroad", "travel", "age_", "_age", "payee", "verified", "new_listener")
    for name, facts in feature_facts(kind).items():
        assert facts["forgeable"] == any(word in name for word in told_by), name
