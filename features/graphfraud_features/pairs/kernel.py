"""The kernel of pair totals: events into buckets by listener, each sorted in the cache, then read off in one pass.

A group-by of 30 M events by hash misses the cache at nearly every event. Here events are dealt once into buckets
of neighbouring listeners, small enough that sorting one by (listener, track, hour) stays within the cache. Nothing
but the set of events shows in what comes out: equal keys only add up, and integers at that.
"""

from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64, UInt32
from numba import boolean, float64, int32, int64, uint32

from graphfraud_features.pairs.compiled import compiled, filled, given, inlined

BUCKET_EVENTS: Final = 32_768
"""Two copies of 16 bytes an event fill half of a common level 2 cache."""
DIGIT_BITS: Final = 11
HOUR_BITS: Final = 8
HOUR_MASK: Final = (1 << HOUR_BITS) - 1
HOUR_US: Final = 3_600_000_000
EPOCH_HOUR: Final = 72
"""1970 began on a Thursday."""


@compiled(filled(int64), given(int32), int64)
def bucket_starts(listener_ix: Int32[np.ndarray, " event"], listener_count: int) -> Int64[np.ndarray, " bucket+1"]:
    """The first listener of each bucket, and one past the last: as many listeners as fit, at least one."""
    counts = np.zeros(listener_count, np.int64)
    for row in listener_ix:
        counts[row] += 1
    starts = np.empty(listener_count + 1, np.int64)
    starts[0], bucket_count, held = 0, 1, 0
    for row in range(listener_count):
        if held and held + counts[row] > BUCKET_EVENTS:
            starts[bucket_count] = row
            bucket_count += 1
            held = 0
        held += counts[row]
    starts[bucket_count] = listener_count
    return starts[: bucket_count + 1].copy()


@compiled(
    filled(int64),
    *(given(int32), given(int32), given(int64), given(boolean)),
    *(given(int64), int64, filled(int64), filled(int64)),
)
def deal(
    listener_ix: Int32[np.ndarray, " event"],
    track_ix: Int32[np.ndarray, " event"],
    started_us: Int64[np.ndarray, " event"],
    is_just_paid: Bool[np.ndarray, " event"],
    starts: Int64[np.ndarray, " bucket+1"],
    track_bits: int,
    key: Int64[np.ndarray, " event"],
    signed_us: Int64[np.ndarray, " event"],
) -> Int64[np.ndarray, " bucket+1"]:
    """Where each bucket's events begin in `key` and `signed_us`, which it fills.

    A key is the listener within its bucket, the track and the hour of the week, from the highest bits down;
    the lowest bit of `signed_us` says whether the play is just paid.
    """
    bucket_count = len(starts) - 1
    bucket_of = np.empty(starts[bucket_count], np.int32)
    for bucket in range(bucket_count):
        bucket_of[starts[bucket] : starts[bucket + 1]] = bucket
    offsets = np.zeros(bucket_count + 1, np.int64)
    for row in listener_ix:
        offsets[bucket_of[row] + 1] += 1
    for bucket in range(bucket_count):
        offsets[bucket + 1] += offsets[bucket]
    next_free = offsets.copy()
    for event in range(len(listener_ix)):
        bucket = bucket_of[listener_ix[event]]
        place = next_free[bucket]
        next_free[bucket] = place + 1
        hour = (started_us[event] // HOUR_US + EPOCH_HOUR) % 168
        pair = ((listener_ix[event] - starts[bucket]) << track_bits) | np.int64(track_ix[event])
        key[place] = (pair << HOUR_BITS) | hour
        signed_us[place] = (started_us[event] << 1) | np.int64(is_just_paid[event])
    return offsets


@inlined
def _sorted_bucket(
    key: Int64[np.ndarray, " event"],
    signed_us: Int64[np.ndarray, " event"],
    other_key: Int64[np.ndarray, " event"],
    other_us: Int64[np.ndarray, " event"],
) -> tuple[Int64[np.ndarray, " event"], Int64[np.ndarray, " event"]]:
    """Keys and instants in the order of the keys, in whichever pair of arrays they came to lie: a radix sort."""
    used_bits = np.int64(0)
    for one in key:
        used_bits |= one
    places = np.empty(1 << DIGIT_BITS, np.int64)
    digit_mask, shift = np.int64((1 << DIGIT_BITS) - 1), 0
    while shift < 63 and used_bits >> shift:
        places[:] = 0
        for one in key:
            places[(one >> shift) & digit_mask] += 1
        total = 0
        for digit in range(1 << DIGIT_BITS):
            count = places[digit]
            places[digit] = total
            total += count
        for event in range(len(key)):
            digit = (key[event] >> shift) & digit_mask
            other_key[places[digit]] = key[event]
            other_us[places[digit]] = signed_us[event]
            places[digit] += 1
        key, other_key = other_key, key
        signed_us, other_us = other_us, signed_us
        shift += DIGIT_BITS
    return key, signed_us


@inlined
def _hour_entropy_nats(key: Int64[np.ndarray, " event"], start: int, end: int) -> float:
    """The entropy of the hours between `start` and `end`, where the events of one pair stand sorted by hour."""
    if key[start] == key[end - 1]:
        return 0.0
    hour_start, spread = start, 0.0
    for event in range(start + 1, end + 1):
        if event == end or key[event] != key[hour_start]:
            plays = event - hour_start
            spread += plays * np.log(plays)
            hour_start = event
    return float(np.log(end - start) - spread / (end - start))


@inlined
def _read_off(
    key: Int64[np.ndarray, " event"],
    signed_us: Int64[np.ndarray, " event"],
    track_bits: int,
    integers: Int64[np.ndarray, "5 pair"],
    floats: Float64[np.ndarray, "2 pair"],
    hour_plays: UInt32[np.ndarray, "pair 24"],
    pair_count: int,
) -> int:
    """Number of pairs once those of one sorted bucket stand behind the `pair_count` that came before."""
    by_hour, start = len(hour_plays) > 0, 0
    while start < len(key):
        pair, end, just_paid = key[start] >> HOUR_BITS, start, 0
        first_us = last_us = signed_us[start] >> 1
        while end < len(key) and key[end] >> HOUR_BITS == pair:
            first_us, last_us = min(first_us, signed_us[end] >> 1), max(last_us, signed_us[end] >> 1)
            just_paid += signed_us[end] & 1
            if by_hour:
                hour_plays[pair_count, (key[end] & HOUR_MASK) % 24] += np.uint32(1)
            end += 1
        integers[0, pair_count] = pair >> track_bits
        integers[1, pair_count] = pair & ((np.int64(1) << track_bits) - 1)
        integers[2, pair_count] = end - start
        integers[3, pair_count] = first_us
        integers[4, pair_count] = last_us
        floats[0, pair_count] = just_paid / (end - start)
        floats[1, pair_count] = _hour_entropy_nats(key, start, end)
        pair_count += 1
        start = end
    return pair_count


@compiled(
    int64,
    *(filled(int64), filled(int64), given(int64), given(int64)),
    *(int64, filled(int64, axes=2), filled(float64, axes=2), filled(uint32, axes=2)),
)
def bucket_totals(
    key: Int64[np.ndarray, " event"],
    signed_us: Int64[np.ndarray, " event"],
    offsets: Int64[np.ndarray, " bucket+1"],
    starts: Int64[np.ndarray, " bucket+1"],
    track_bits: int,
    integers: Int64[np.ndarray, "5 pair"],
    floats: Float64[np.ndarray, "2 pair"],
    hour_plays: UInt32[np.ndarray, "pair 24"],
) -> int:
    """Number of pairs, which it leaves sorted in `integers` and `floats`; sorts the buckets where they lie.

    Rows of `integers`: listener, track, plays, first_us, last_us; of `floats`: just_paid_share, hour_entropy_nats.
    `hour_plays`, zeros when given, gets the plays by hour of the day; it has no row where nobody wants them.
    """
    largest = 0
    for bucket in range(len(starts) - 1):
        largest = max(largest, offsets[bucket + 1] - offsets[bucket])
    other_key, other_us = np.empty(largest, np.int64), np.empty(largest, np.int64)
    pair_count = 0
    for bucket in range(len(starts) - 1):
        begin, end = offsets[bucket], offsets[bucket + 1]
        in_order = _sorted_bucket(
            key[begin:end], signed_us[begin:end], other_key[: end - begin], other_us[: end - begin]
        )
        before = pair_count
        pair_count = _read_off(in_order[0], in_order[1], track_bits, integers, floats, hour_plays, pair_count)
        for pair in range(before, pair_count):
            integers[0, pair] += starts[bucket]
    return pair_count
