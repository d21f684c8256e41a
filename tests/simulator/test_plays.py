"""Playing one track after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.simulator.audience.plays import listened_ms, sessions_in_order, stream_rows

Session = tuple[int, int, list[int]]
FIRST_MS = 1_790_000_000_000

session_lists = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 10_000), st.lists(st.integers(1, 3_000), min_size=1, max_size=4)),
    min_size=1,
    max_size=12,
)


@given(session_lists)
def test_a_listener_never_plays_two_tracks_at_once_nor_before_asking(drawn: list[Session]) -> None:
    listener, start, played = (list(column) for column in zip(*sorted(drawn, key=lambda each: each[:2]), strict=True))
    zeros = np.zeros(len(drawn), np.int64)
    sessions = sessions_in_order(
        listener_id=np.array(listener),
        start_ms=FIRST_MS + np.array(start),
        play_count=np.array([len(plays) for plays in played]),
        source_ix=zeros,
        device_id=zeros,
        ip_hash=zeros,
        country_ix=zeros,
    )
    played_ms = np.array([ms for plays in played for ms in plays])
    rows = stream_rows(
        sessions,
        track_id=np.zeros(played_ms.size, np.int64),
        played_ms=played_ms,
        gap_ms=np.full(played_ms.size, 5),
        context_id=np.full(played_ms.size, -1),
        fake=False,
    )
    started_ms = rows["started_at"].dt.timestamp("ms").to_numpy()
    asked_ms = sessions.start_ms[sessions.session_ix]
    assert (started_ms >= asked_ms).all()
    same_listener = np.diff(rows["listener_id"].to_numpy()) == 0
    assert (np.diff(started_ms)[same_listener] >= (played_ms[:-1] + 5)[same_listener]).all()
    first_of_all = np.flatnonzero(np.r_[True, ~same_listener])
    assert (started_ms[first_of_all] == asked_ms[first_of_all]).all()
    assert rows["context_id"].is_null().all()


@given(st.integers(0, 2**31), st.integers(1_000, 900_000), st.floats(0, 1))
def test_nobody_hears_more_than_there_is(seed: int, duration_ms: int, skip_share: float) -> None:
    heard_ms = listened_ms(np.full(50, duration_ms), skip_share, 14.0, np.random.default_rng(seed))
    assert (heard_ms >= 0).all()
    assert (heard_ms <= duration_ms).all()
