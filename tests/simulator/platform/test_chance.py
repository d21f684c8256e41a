"""Seeded draws."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.simulator.platform.chance import choices_by_row, log_uniform, luck_of, mixed, position_in_run, rng_for

seeds = st.integers(0, 2**32)
salts, places = st.integers(0, 2**62), st.integers(-1, 2**50)


@given(seeds, st.integers(1, 20), st.integers(1, 10))
def test_a_choice_without_weight_is_never_made(seed: int, row_count: int, choice_count: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.random((row_count, choice_count)) * (rng.random((row_count, choice_count)) < 0.5)
    weights[:, rng.integers(0, choice_count)] += 0.1
    row_ix = rng.integers(0, row_count, 200)
    assert (weights[row_ix, choices_by_row(weights, row_ix, rng)] > 0).all()


def test_choices_follow_their_weights() -> None:
    drawn = choices_by_row(np.array([[1.0, 3.0], [9.0, 1.0]]), np.repeat([0, 1], 20_000), np.random.default_rng(0))
    assert abs(drawn[:20_000].mean() - 0.75) < 0.02
    assert abs(drawn[20_000:].mean() - 0.1) < 0.02


@given(st.lists(st.integers(0, 5), max_size=20))
def test_positions_count_from_zero_in_each_run(sizes: list[int]) -> None:
    expected = [place for size in sizes for place in range(size)]
    assert position_in_run(np.array(sizes, np.int64)).tolist() == expected


@given(seeds, st.floats(0.01, 1), st.floats(1, 1_000))
def test_log_uniform_stays_in_its_range(seed: int, low: float, factor: float) -> None:
    assert low * 0.999 <= log_uniform(np.random.default_rng(seed), low, low * factor) <= low * factor * 1.001


def test_every_actor_and_each_of_its_groups_and_days_has_draws_of_its_own() -> None:
    def first_draws(seed: int, name: str, *place: int) -> tuple[float, ...]:
        return tuple(rng_for(seed, name, *place).random(3))

    assert first_draws(1, "farm", 0) == first_draws(1, "farm", 0)
    keys = [(1, "farm", 0), (1, "farm", 1), (1, "farm", 0, 1), (1, "shop", 0), (2, "farm", 0), (1, "farm")]
    assert len({first_draws(*key) for key in keys}) == len(keys)


@given(salts, st.lists(places, min_size=1, max_size=30), places)
def test_luck_is_in_its_range_and_always_the_same(salt: int, people: list[int], slot: int) -> None:
    luck = luck_of(salt, np.array(people), slot)
    assert ((luck >= 0) & (luck < 1)).all()
    one_by_one = [luck_of(salt, np.array([person]), slot)[0] for person in people]
    assert luck.tolist() == one_by_one


def test_luck_is_spread_evenly_over_neighbours_and_unlike_in_every_place() -> None:
    person, slot = (grid.ravel() for grid in np.meshgrid(np.arange(400), np.arange(50)))
    luck = luck_of(7, person, slot)
    assert np.unique(luck).size == luck.size
    tenths = np.bincount((10 * luck).astype(int), minlength=10) / luck.size
    assert abs(tenths - 0.1).max() < 0.01
    for other in (luck_of(8, person, slot), luck_of(7, person + 1, slot), luck_of(7, slot, person)):
        assert abs(np.corrcoef(luck, other)[0, 1]) < 0.03


@given(st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=200))
def test_mixing_keeps_different_numbers_different(numbers: list[int]) -> None:
    assert np.unique(mixed(np.array(numbers, np.uint64))).size == len(numbers)
