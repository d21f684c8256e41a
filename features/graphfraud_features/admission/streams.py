"""Streams that count as of an instant, some listeners at a time, so that memory does not grow with the days.

Every partition has its rows by listener, and the statistics of its row groups say whose: a range of
listeners is read without most of the rest.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

import polars as pl
import pyarrow.parquet as pq

from graphfraud.vocabulary import LISTENER, TRACK
from graphfraud_features.admission.conflicts import shared_key_fates
from graphfraud_features.admission.desk import Desk
from graphfraud_features.partitions import ORIGIN, ROW_GROUP_ROWS, STREAMS, content_columns, order_columns
from graphfraud_features.store.stored import Store

SLICE_ROWS: Final = 1_000_000
LONGEST_OVERRUN_MS: Final = 3_600_000
"""How far past its track's length a play may last."""


def admit_streams(desk: Desk) -> None:
    """Writes the streams in force into `streams/`, a file for each range of listeners, and settles the rest."""
    folder = desk.work / STREAMS
    folder.mkdir()
    partitions = _partitions_to_read(desk)
    losers = _losers_of_conflicts(desk, partitions)
    content = content_columns(STREAMS)
    for number, within in enumerate(_listener_ranges(desk.store, partitions)):
        judged = _judged(desk, desk.store.rows(STREAMS, partitions).filter(within)).collect(engine="streaming")
        desk.settle(STREAMS, judged.filter(pl.col("fate").is_not_null()).select(*content, *ORIGIN, "fate").lazy())
        kept = judged.filter(pl.col("fate").is_null())
        if losers.height:
            kept = kept.join(losers, on=ORIGIN, how="anti")
        rows = kept.select(content).sort(order_columns(STREAMS))
        rows.write_parquet(folder / f"{number:06d}.parquet", compression="lz4", row_group_size=ROW_GROUP_ROWS)


def _partitions_to_read(desk: Desk) -> list[str]:
    """Days that may hold what counts; those wholly after `as_of` are counted without a look."""
    to_read = []
    for partition, part in desk.store.parts[STREAMS].items():
        day = datetime.fromisoformat(partition).replace(tzinfo=UTC)
        if desk.as_of <= day <= desk.future_from - timedelta(days=1):
            desk.count(STREAMS, {"after_as_of": part.row_count})
        else:
            to_read.append(partition)
    return sorted(to_read)


def _judged(desk: Desk, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows, each with its `fate`; null while it stays."""
    known = rows.join(desk.standing_of(LISTENER), on="listener_id", how="left").join(
        desk.standing_of(TRACK), on="track_id", how="left"
    )
    is_too_long = pl.col("played_ms") > pl.col("duration_ms") + LONGEST_OVERRUN_MS
    return known.with_columns(
        fate=pl.coalesce(
            *desk.time_fates(STREAMS),
            *desk.reference_fates((LISTENER, TRACK)),
            pl.when(is_too_long).then(pl.lit("played_ms_far_past_the_end")),
        )
    )


def _losers_of_conflicts(desk: Desk, partitions: list[str]) -> pl.DataFrame:
    """Origins of the streams that stand back behind another of their id; they are settled here."""
    contested = desk.store.contested()
    if contested.is_empty():
        return pl.DataFrame(schema={"file_ix": pl.Int32, "row_number": pl.Int64})
    rows = desk.store.rows(STREAMS, partitions).filter(pl.col("stream_id").is_in(contested.implode()))
    content = content_columns(STREAMS)
    staying = _judged(desk, rows).filter(pl.col("fate").is_null()).select(*content, *ORIGIN).collect()
    fates = shared_key_fates(staying, ["stream_id"], content, ORIGIN).filter(pl.col("fate").is_not_null())
    desk.settle(STREAMS, fates.lazy())
    return fates.select(ORIGIN)


def _listener_ranges(store: Store, partitions: list[str]) -> Iterator[pl.Expr]:
    """Half-open ranges of listeners that hold about `SLICE_ROWS` streams each, as predicates, in order."""
    bounds = [None, *_bounds(store, partitions), None]
    for low, high in pairwise(bounds):
        within = pl.lit(value=True)
        if low is not None:
            within &= pl.col("listener_id") >= low
        if high is not None:
            within &= pl.col("listener_id") < high
        yield within


def _bounds(store: Store, partitions: list[str]) -> list[str]:
    """Where to cut the listeners, by what the row groups of all days begin with."""
    starts = []
    for partition in partitions:
        facts = pq.read_metadata(store.path(STREAMS, partition))
        column = facts.schema.names.index("listener_id")
        for number in range(facts.num_row_groups):
            group = facts.row_group(number)
            statistics = group.column(column).statistics
            if statistics is not None and statistics.has_min_max:
                starts.append((statistics.min, group.num_rows))
    bounds: list[str] = []
    held = 0
    for start, row_count in sorted(starts):
        if held >= SLICE_ROWS and start not in bounds[-1:]:
            bounds.append(start)
            held = 0
        held += row_count
    return bounds
