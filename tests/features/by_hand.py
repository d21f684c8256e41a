"""Views of a few plays written out by hand, and what comes out of them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from conftest import Tables

from graphfraud.config import FeatureSettings
from graphfraud.tables import INPUTS
from graphfraud_features.snapshot import GraphTables, graph_tables
from graphfraud_features.view import View

START = datetime(2026, 9, 7, tzinfo=UTC)
"""A Monday."""
END = START + timedelta(days=56)
BEFORE = START - timedelta(days=300)


def played(listener: str, track: str, hours: Iterable[float], **columns: Any) -> pl.DataFrame:
    """Plays of a track by a listener, so many hours after START; each column of one value."""
    at = [START + timedelta(hours=hour) for hour in hours]
    wanted = {"played_ms": 180_000, "source": "search", **columns}
    rows = pl.DataFrame({"started_at": at}, schema={"started_at": pl.Datetime("us", "UTC")})
    return rows.select(
        pl.format("{}-{}-{}", pl.lit(listener), pl.lit(track), "started_at").alias("stream_id"),
        listener_id=pl.lit(listener),
        track_id=pl.lit(track),
        started_at="started_at",
        **{name: pl.lit(value) for name, value in wanted.items()},
    )


def tables_of(streams: Iterable[pl.DataFrame], **changed: pl.DataFrame) -> Tables:
    """A feed of plays whose tracks `a-1`, `a-2` belong to account `a`, all there long before."""
    plays = pl.concat([_whole("streams", rows) for rows in streams])
    tracks = plays.select(pl.col("track_id").unique().sort()).with_columns(
        account_id=pl.col("track_id").str.split("-").list.first(),
        uploaded_at=pl.lit(BEFORE),
        duration_ms=pl.lit(200_000),
        title=pl.col("track_id"),
        artist_name=pl.lit("somebody"),
    )
    accounts = tracks.select(pl.col("account_id").unique().sort()).with_columns(
        created_at=pl.lit(BEFORE), country=pl.lit("SE"), distributor_id=pl.lit("PADPIDA1"), verified=pl.lit(value=False)
    )
    listeners = plays.select(pl.col("listener_id").unique().sort()).with_columns(
        created_at=pl.lit(BEFORE), country=pl.lit("SE"), plan=pl.lit("premium")
    )
    return {"accounts": accounts, "tracks": tracks, "listeners": listeners, "streams": plays, **changed}


def view_of(tables: Tables, end: datetime = END) -> View:
    """The view of tables whose every row counts."""
    whole = {name: _whole(name, tables.get(name, pl.DataFrame())).lazy() for name in INPUTS}
    end_at = pl.lit(end).cast(pl.Datetime("us", "UTC")).alias("end_at")
    subjects = {name: whole[name].with_columns(end_at) for name in ("accounts", "tracks", "listeners")}
    return View(**subjects, streams=whole["streams"], logins=whole["logins"])


def made_of(tables: Tables, end: datetime = END) -> GraphTables:
    """The graph of tables whose every row counts."""
    return graph_tables(view_of(tables, end), FeatureSettings())


def features_of(tables: Tables, kind: str, subject: str, end: datetime = END) -> dict[str, float]:
    """The features of one subject."""
    return made_of(tables, end).nodes[kind].row(by_predicate=pl.col(f"{kind}_id") == subject, named=True)


def _whole(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in all columns of their table, null where they have none."""
    types = {name: column.dtype for name, column in INPUTS[table].columns().items()}
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in types.items()
    )
