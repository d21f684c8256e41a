"""Names for numbers."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.simulator.platform.naming import KIND_OF_COLUMN, PREFIX, Names, names_drawn
from graphfraud.simulator.platform.rows import ACCOUNT, LISTENER, TRACK, Numbers

COUNT = 40


def names(seed: int = 1) -> Names:
    numbers = Numbers()
    for kind in numbers.counts:
        numbers.taken(kind, COUNT)
    return names_drawn(numbers, seed)


@pytest.mark.parametrize("column", sorted(KIND_OF_COLUMN))
def test_every_column_of_a_kind_gives_a_number_the_same_name(column: str) -> None:
    kind = KIND_OF_COLUMN[column]
    rows = pl.DataFrame({column: [3, None, 7, 3]})
    first, absent, other, again = names().put_on(rows)[column]
    assert absent is None
    assert first == again != other
    assert [first, other] == names().by_kind[kind].gather([3, 7]).to_list()


def test_a_subject_is_named_by_its_kind() -> None:
    rows = pl.DataFrame({"subject_kind": [LISTENER, ACCOUNT, TRACK, ACCOUNT], "subject_id": [7, 7, 7, 8]})
    of_kind = names().by_kind
    expected = [of_kind[kind][number] for kind, number in rows.iter_rows()]
    assert names().put_on(rows)["subject_id"].to_list() == expected
    assert len(set(expected)) == 4


@pytest.mark.parametrize("kind", sorted(PREFIX))
def test_each_number_has_a_name_of_its_own_that_says_what_it_names(kind: str) -> None:
    of_kind = names().by_kind[kind]
    assert len(of_kind) == COUNT
    assert of_kind.is_unique().all()
    assert of_kind.str.contains(rf"^{PREFIX[kind]}-\d{{6}}$").all()


def test_another_seed_shuffles_otherwise_and_none_keeps_the_order() -> None:
    drawn = [names(seed).by_kind[LISTENER].to_list() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert sorted(drawn[0]) == sorted(drawn[2])
    assert drawn[0] != sorted(drawn[0])


def test_columns_that_name_nothing_stay_as_they_are() -> None:
    rows = pl.DataFrame({"track_id": [1], "played_ms": [30_000]})
    assert names().put_on(rows)["played_ms"].to_list() == [30_000]


@given(st.integers(0, 2**62), st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_ids_of_streams_are_all_different_over_consecutive_blocks(seed: int, sizes: list[int]) -> None:
    of_seed, firsts = Names({}, seed), np.cumsum([0, *sizes])
    blocks = [of_seed.of_streams(int(first), size) for first, size in zip(firsts, sizes, strict=False)]
    ids = pl.concat(blocks)
    assert ids.is_unique().all()
    assert ids.str.contains("^[0-9a-f]{16}$").all()
    assert ids.equals(of_seed.of_streams(0, sum(sizes)))


def test_ids_of_streams_do_not_tell_their_number() -> None:
    ids = Names({}, 5).of_streams(0, 4_000)
    rank = np.argsort(np.argsort(ids.to_numpy()))
    assert abs(np.corrcoef(rank, np.arange(rank.size))[0, 1]) < 0.06
    assert not set(ids) & set(Names({}, 6).of_streams(0, 4_000))
