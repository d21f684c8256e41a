"""Seeded draws."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.simulator.platform.chance import choices_by_row, log_uniform, position_in_run, rng_for

seeds = st.integers(0, 2**32)


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


def test_every_actor_and_each_of_its_groups_has_draws_of_its_own() -> None:
    def first_draws(seed: int, name: str, index: int) -> tuple[float, ...]:
        return tuple(rng_for(seed, name, index).random(3))

    assert first_draws(1, "farm", 0) == first_draws(1, "farm", 0)
    different = {first_draws(*key) for key in [(1, "farm", 0), (1, "farm", 1), (1, "shop", 0), (2, "farm", 0)]}
    assert len(different) == 4
