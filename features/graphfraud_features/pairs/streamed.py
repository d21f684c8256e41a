"""The streamed edges of a store, from Parquet to Parquet, holding a few ranges of listeners at a time.

First pass: ids become codes, and events go to a file beside the output by range of listeners. Second pass: range by
range, codes become ranks and events pairs. Since the ranges follow the order of the ids, their pairs one after
another are sorted; how the ranges are cut shows nowhere. Memory grows with the ids, not with the days:
a range holds about as many events on any platform, unless one listener has more.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Int32, Int64

from graphfraud_features.pairs.known_ids import KnownIds
from graphfraud_features.pairs.paid import stops_once_paid
from graphfraud_features.pairs.spill import Coded, Spill
from graphfraud_features.pairs.spill_kernel import take_apart
from graphfraud_features.pairs.totals import PairTotals, pair_totals

RANGE_EVENTS: Final = 1 << 19
SAMPLED_GROUPS: Final = 16
"""Row groups, spread over all files, whose listeners say where ranges end."""
SAMPLED_IDS: Final = 4_096
"""Of each of these row groups."""
INSTANT: Final = pa.timestamp("us", tz="UTC")
SCHEMA: Final = pa.schema(
    {
        "listener_id": pa.dictionary(pa.int32(), pa.large_string()),
        "track_id": pa.dictionary(pa.int32(), pa.large_string()),
        "plays": pa.int64(),
        "first_at": INSTANT,
        "last_at": INSTANT,
        "paid_window_share": pa.float64(),
        "hour_entropy_nats": pa.float64(),
    }
)

QUICKLY_PRESSED: Final = ("plays", "paid_window_share", "hour_entropy_nats")
WRITING: Final[dict[str, Any]] = {
    "store_schema": False,  # readers shall see plain strings, which the file holds by dictionary
    "use_dictionary": ["listener_id", "track_id"],
    "dictionary_pagesize_limit": 1 << 28,
    "compression": {name: "snappy" if name in QUICKLY_PRESSED else "none" for name in SCHEMA.names},
    # Those of track_id take longer than all else and tell nothing: every range has nearly all tracks.
    "write_statistics": [name for name in SCHEMA.names if name != "track_id"],
}


def write_streamed_pairs(
    files: Sequence[Path], out: Path, *, just_paid_window_ms: int, threads: int | None = None
) -> int:
    """Number of pairs of listener and track in `out`, sorted by both, from the streams in `files`.

    Reads listener_id, track_id, started_at and played_ms; writes listener_id, track_id, plays, first_at, last_at,
    paid_window_share and hour_entropy_nats. `out` appears whole or not at all.

    paid_window_share is the share of plays of a length just past where they pay. The streams know no track's length,
    so that whole plays of very short tracks are among them; the just_paid_share of a snapshot's edges leaves them out.

    Raises: ValueError for a row without an id.
    """
    thread_count = threads or os.cpu_count() or 1
    with (
        TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as work,
        ThreadPoolExecutor(thread_count) as pool,
    ):
        written = Path(work) / "pairs.parquet"
        ranges, count = _Ranges(_spilled(files, Path(work) / "events", just_paid_window_ms, pool)), 0
        with pq.ParquetWriter(written, SCHEMA, **WRITING) as writer:
            for table in _in_order(pool, ranges, ahead=thread_count):
                if table.num_rows:
                    writer.write_table(table, row_group_size=table.num_rows)
                count += table.num_rows
        written.replace(out)
    return count


@dataclass(frozen=True, slots=True, eq=False)
class _Spilled:
    spill: Spill
    listeners: KnownIds
    tracks: KnownIds
    range_of: Int32[np.ndarray, " listener"]


def _spilled(files: Sequence[Path], path: Path, just_paid_window_ms: int, pool: ThreadPoolExecutor) -> _Spilled:
    """All events on disk, with what their codes mean."""
    bounds = _range_bounds(files)
    listeners, tracks, spill = KnownIds(), KnownIds(), Spill(path, bounds.count + 1)
    range_of, known = np.zeros(1 << 16, np.int32), 0
    for batch in _batches(files, just_paid_window_ms):
        coded_tracks = pool.submit(tracks.codes, batch["track_id"])
        listener_code = listeners.codes(batch["listener_id"])
        if listeners.count > len(range_of):
            range_of = np.concatenate([range_of, np.zeros(listeners.count, np.int32)])
        range_of[known : listeners.count] = listeners.ranges(bounds, known)
        known = listeners.count
        spill.add(Coded(listener_code, coded_tracks.result(), batch["signed_us"].to_numpy()), range_of)
    spill.flush(range_of)
    return _Spilled(spill, listeners, tracks, range_of[:known])


def _batches(files: Sequence[Path], just_paid_window_ms: int) -> Iterator[pl.DataFrame]:
    """The events, about a row group at a time: listener_id, track_id, signed_us."""
    if not files:
        return iter(())
    just_paid = stops_once_paid(just_paid_window_ms)
    started_us = pl.col("started_at").dt.cast_time_unit("us").to_physical()
    events = pl.scan_parquet(list(files), glob=False).select(
        pl.col("listener_id", "track_id").cast(pl.String), signed_us=2 * started_us + just_paid.cast(pl.Int64)
    )
    return events.collect_batches(maintain_order=False)


def _range_bounds(files: Sequence[Path]) -> KnownIds:
    """Listeners, sorted, at which a new range begins: about half a million events each."""
    counts = [(file, pq.read_metadata(file)) for file in files]
    groups = [(file, group) for file, said in counts for group in range(said.num_row_groups)]
    range_count = sum(said.num_rows for _, said in counts) // RANGE_EVENTS + 1
    bounds = KnownIds()
    if range_count > 1:
        spread = np.linspace(0, len(groups) - 1, min(SAMPLED_GROUPS, len(groups))).astype(int)
        ids = pl.concat([_some_listeners(*groups[ix]) for ix in spread.tolist()]).sort()
        cuts = np.linspace(0, len(ids), range_count, endpoint=False).astype(int)[1:]
        bounds.codes(ids.gather(cuts).unique(maintain_order=True).rename("listener_id"))
    return bounds


def _some_listeners(file: Path, group: int) -> pl.Series:
    column = pq.ParquetFile(file).read_row_group(group, ["listener_id"]).column(0)
    ids = pl.Series(column).cast(pl.String)
    return ids.gather_every(max(len(ids) // SAMPLED_IDS, 1))


class _Ranges:
    """What turns the events of a range into its pairs; any number of threads may ask, each for another range."""

    def __init__(self, spilled: _Spilled) -> None:
        self._spilled = spilled
        tracks = spilled.tracks.strings(np.arange(spilled.tracks.count))
        order = _order(tracks)
        self._tracks, self._track_rank = tracks.gather(order), _rank(order)
        self._by_range = np.argsort(spilled.range_of, kind="stable")
        self._ends = np.searchsorted(spilled.range_of[self._by_range], np.arange(spilled.spill.range_count + 1))
        self._listener_rank = np.empty(spilled.listeners.count, np.int32)

    @property
    def count(self) -> int:
        """Number of ranges."""
        return self._spilled.spill.range_count

    def table(self, one: int) -> pa.Table:
        """The pairs of a range, sorted."""
        codes = self._by_range[self._ends[one] : self._ends[one + 1]]
        names = self._spilled.listeners.strings(codes)
        order = _order(names)
        self._listener_rank[codes] = _rank(order)
        totals = _totals(self._spilled.spill.events(one), self._listener_rank, self._track_rank)
        is_used = np.zeros(len(self._tracks), np.bool_)
        is_used[totals.track_ix] = True
        tracks = self._tracks.gather(np.flatnonzero(is_used))
        track_ix = (np.cumsum(is_used, dtype=np.int32) - np.int32(1))[totals.track_ix]
        return pa.table(
            [
                pa.DictionaryArray.from_arrays(totals.listener_ix, names.gather(order).to_arrow()),
                pa.DictionaryArray.from_arrays(track_ix, tracks.to_arrow()),
                totals.plays,
                pa.array(totals.first_us).cast(INSTANT),
                pa.array(totals.last_us).cast(INSTANT),
                totals.just_paid_share,
                totals.hour_entropy_nats,
            ],
            schema=SCHEMA,
        )


def _totals(
    dealt: Int64[np.ndarray, "event 2"],
    listener_rank: Int32[np.ndarray, " listener"],
    track_rank: Int32[np.ndarray, " track"],
) -> PairTotals:
    columns = [np.empty(len(dealt), kind) for kind in (np.int32, np.int32, np.int64, np.bool_)]
    take_apart(dealt, listener_rank, track_rank, *columns)
    return pair_totals(*columns)


def _order(ids: pl.Series) -> Int64[np.ndarray, " id"]:
    return ids.arg_sort().cast(pl.Int64).to_numpy()


def _rank(order: Int64[np.ndarray, " id"]) -> Int32[np.ndarray, " id"]:
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def _in_order(pool: ThreadPoolExecutor, ranges: _Ranges, *, ahead: int) -> Iterator[pa.Table]:
    """The tables from 0 on, a few of them made before they are asked for."""
    asked: deque[Future[pa.Table]] = deque()
    for one in range(ranges.count):
        asked.append(pool.submit(ranges.table, one))
        if len(asked) > ahead:
            yield asked.popleft().result()
    while asked:
        yield asked.popleft().result()
