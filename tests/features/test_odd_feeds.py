"""Feeds in which nearly everything is missing, or the same, still give features that can be read."""

from datetime import timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
from conftest import Tables
from features.admit import AS_OF
from features.rich_tables import rich_tables
from features.test_platforms import KINDS, made

from graphfraud.tables import FEATURES, feature_facts
from graphfraud.vocabulary import ID_COLUMN


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


@cache
def nodes_of(feed: str) -> dict[str, pl.DataFrame]:
    return made(ODD[feed], 100).nodes


@pytest.mark.parametrize("feed", ODD)
def test_every_feature_of_an_odd_feed_is_finite(feed: str) -> None:
    for kind, rows in nodes_of(feed).items():
        assert rows.height == (ODD[feed][KINDS[kind]].height if kind in KINDS else rows.height)
        assert np.isfinite(rows.drop(ID_COLUMN[kind]).to_numpy()).all(), kind
        FEATURES[kind].validate(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_shares_and_ranks_lie_between_nothing_and_all(kind: str) -> None:
    units = {name: facts["unit"] for name, facts in feature_facts(kind).items()}
    for feed in ODD:
        rows = nodes_of(feed)[kind]
        bounded = [name for name, unit in units.items() if "share" in unit or "rank" in unit]
        values = rows.select(bounded).to_numpy()
        assert ((values >= 0) & (values <= 1)).all()
