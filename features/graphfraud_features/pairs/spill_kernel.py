"""The kernels between batches of coded events, pieces on disk and the arrays of one range."""

import numpy as np
from jaxtyping import Bool, Int32, Int64
from numba import boolean, int32, int64, void

from graphfraud_features.pairs.compiled import compiled, filled, given


@compiled(void, given(int32), given(int32), filled(int64))
def count_by_range(
    listener_code: Int32[np.ndarray, " event"],
    range_of: Int32[np.ndarray, " listener"],
    counts: Int64[np.ndarray, " range"],
) -> None:
    """Adds to `counts` how many events each range has."""
    for code in listener_code:
        counts[range_of[code]] += 1


@compiled(
    void,
    *(given(int32), given(int32), given(int64), given(int32)),
    *(filled(int64), filled(int64, axes=2)),
)
def deal_by_range(
    listener_code: Int32[np.ndarray, " event"],
    track_code: Int32[np.ndarray, " event"],
    signed_us: Int64[np.ndarray, " event"],
    range_of: Int32[np.ndarray, " listener"],
    next_free: Int64[np.ndarray, " range"],
    dealt: Int64[np.ndarray, "event 2"],
) -> None:
    """Puts each event where its range has its next free place, in two words, and moves that place on."""
    for event in range(len(listener_code)):
        one = range_of[listener_code[event]]
        place = next_free[one]
        next_free[one] = place + 1
        dealt[place, 0] = (np.int64(listener_code[event]) << 32) | np.int64(track_code[event])
        dealt[place, 1] = signed_us[event]


@compiled(
    void,
    *(given(int64, axes=2), given(int32), given(int32)),
    *(filled(int32), filled(int32), filled(int64), filled(boolean)),
)
def take_apart(
    dealt: Int64[np.ndarray, "event 2"],
    listener_rank: Int32[np.ndarray, " listener"],
    track_rank: Int32[np.ndarray, " track"],
    listener_ix: Int32[np.ndarray, " event"],
    track_ix: Int32[np.ndarray, " event"],
    started_us: Int64[np.ndarray, " event"],
    is_just_paid: Bool[np.ndarray, " event"],
) -> None:
    """Fills the four columns of the events, with ranks for codes."""
    for event in range(len(dealt)):
        listener_ix[event] = listener_rank[dealt[event, 0] >> 32]
        track_ix[event] = track_rank[dealt[event, 0] & 0xFFFFFFFF]
        started_us[event] = dealt[event, 1] >> 1
        is_just_paid[event] = (dealt[event, 1] & 1) == 1
