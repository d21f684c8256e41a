import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud_features.pairs.id_kernel import _mixed
from graphfraud_features.pairs.known_ids import KnownIds

some_ids = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=60)


@given(some_ids, some_ids)
@settings(deadline=None)
def test_codes_count_from_0_in_the_order_of_arrival_and_read_back(first: list[str], then: list[str]) -> None:
    known, everything = KnownIds(), [*first, *then]
    codes = np.concatenate([known.codes(pl.Series("id", part, pl.String)) for part in (first, then)])
    order = list(dict.fromkeys(everything))
    assert codes.tolist() == [order.index(one) for one in everything]
    assert known.strings(np.arange(known.count)).to_list() == order


@given(some_ids, st.sets(st.text(max_size=12), max_size=8))
@settings(deadline=None)
def test_ranges_follow_the_order_of_the_ids(ids: list[str], bounds: set[str]) -> None:
    known, cuts = KnownIds(), KnownIds()
    known.codes(pl.Series("id", ids, pl.String))
    cuts.codes(pl.Series("id", sorted(bounds), pl.String))
    expected = [sum(bound <= one for bound in bounds) for one in dict.fromkeys(ids)]
    assert known.ranges(cuts, 0).tolist() == expected


def test_room_is_made_for_many_ids_and_for_long_ones() -> None:
    known = KnownIds()
    ids = [f"{one}" for one in range(30_000)] + ["x" * 1_000_000]
    assert known.codes(pl.Series("id", ids)).tolist() == list(range(30_001))
    assert known.codes(pl.Series("id", ids[::-1])).tolist() == list(range(30_000, -1, -1))


def test_ids_of_one_hash_are_two() -> None:
    one, other = colliding_ids()
    assert KnownIds().codes(pl.Series("id", [one, other, one])).tolist() == [0, 1, 0]


def colliding_ids() -> tuple[str, str]:
    """Two ids of 16 ASCII characters that differ but have the same hash of 64 bits."""
    after = _hash_after("00000000")
    for number in range(1, 100_000):
        start = f"{number:08}"
        unlike = int(after) ^ int(_hash_after(start))
        end = (int.from_bytes(b"abcdefgh", "little") ^ unlike).to_bytes(8, "little")
        if end.isascii():
            return "00000000abcdefgh", start + end.decode()
    raise AssertionError


def _hash_after(start: str) -> int:
    return int(_mixed(np.uint64(16), np.uint64(int.from_bytes(start.encode(), "little"))))
