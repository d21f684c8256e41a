"""One row for each listener and track: how often, from when to when, how briefly, and spread over which hours."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64, Integer, UInt32

KEY_BITS: Final = 55
"""A pair and the hour (8 bits) are sorted as one positive integer of 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairTotals:
    """Pairs sorted by listener and then by track."""

    listener_ix: Int32[np.ndarray, " pair"]
    track_ix: Int32[np.ndarray, " pair"]
    plays: Int64[np.ndarray, " pair"]
    first_us: Int64[np.ndarray, " pair"]
    """Microseconds since 1970, UTC."""
    last_us: Int64[np.ndarray, " pair"]
    just_paid_share: Float64[np.ndarray, " pair"]
    """Of the plays, those that came with the sign of it."""
    hour_entropy_nats: Float64[np.ndarray, " pair"]
    """Entropy of the hour of the week, UTC, of the plays: 0 for one hour, at most log(168)."""
    hour_plays: UInt32[np.ndarray, "pair 24"] | None
    """The plays by hour of the day, UTC; None where nobody asked."""


def pair_totals(
    listener_ix: Integer[np.ndarray, " event"],
    track_ix: Integer[np.ndarray, " event"],
    started_us: Int64[np.ndarray, " event"],
    is_just_paid: Bool[np.ndarray, " event"],
    *,
    by_hour: bool = False,
) -> PairTotals:
    """The pairs of one slice of events, the same in whatever order they come.

    Listeners are row numbers from 0 on: memory grows with the highest. By hour a pair takes 96 bytes more.

    Raises: ValueError for row numbers below 0, or so far apart that a pair of them does not fit 55 bits.
    """
    # Compiled when imported: whoever computes no pairs does not wait for it.
    from graphfraud_features.pairs import kernel

    listeners, tracks = _row_numbers("listener", listener_ix), _row_numbers("track", track_ix)
    listener_count, track_bits = int(listeners.max(initial=-1)) + 1, int(tracks.max(initial=0)).bit_length()
    if listener_count.bit_length() + track_bits > KEY_BITS:
        raise ValueError(f"{listener_count} listeners and tracks of {track_bits} bits are too many to sort as one")
    starts = kernel.bucket_starts(listeners, listener_count)
    key, signed_us = np.empty(len(listeners), np.int64), np.empty(len(listeners), np.int64)
    instants, signs = np.ascontiguousarray(started_us, np.int64), np.ascontiguousarray(is_just_paid, np.bool_)
    offsets = kernel.deal(listeners, tracks, instants, signs, starts, track_bits, key, signed_us)
    # Only the pages that pairs are written to are ever taken from the machine.
    integers, floats = np.empty((5, len(key)), np.int64), np.empty((2, len(key)), np.float64)
    hour_plays = np.zeros((len(key) if by_hour else 0, 24), np.uint32)
    count = kernel.bucket_totals(key, signed_us, offsets, starts, track_bits, integers, floats, hour_plays)
    return PairTotals(
        listener_ix=integers[0, :count].astype(np.int32),
        track_ix=integers[1, :count].astype(np.int32),
        plays=integers[2, :count],
        first_us=integers[3, :count],
        last_us=integers[4, :count],
        just_paid_share=floats[0, :count],
        hour_entropy_nats=floats[1, :count],
        hour_plays=hour_plays[:count] if by_hour else None,
    )


def _row_numbers(kind: str, ix: Integer[np.ndarray, " event"]) -> Int32[np.ndarray, " event"]:
    if len(ix) and ix.min() < 0:
        raise ValueError(f"{kind} row {int(ix.min())} is below 0")
    return np.ascontiguousarray(ix, np.int32)
