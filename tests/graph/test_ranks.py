from statistics import NormalDist

import numpy as np
import pytest
import small_platform  # noqa: F401  # checks shapes
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graphfraud.graph.ranks import EXTREME, normal_scores, quantile_table

VALUES = arrays(
    np.float32,
    st.tuples(st.integers(1, 60), st.just(1)),
    elements=st.floats(-1e6, 1e6, width=32, allow_subnormal=False),
)


@given(VALUES)
def test_scores_keep_the_order_and_the_ties_of_values(values: np.ndarray) -> None:
    scores = normal_scores(values, quantile_table(values))[:, 0]
    order = np.argsort(values[:, 0], kind="stable")
    assert (np.diff(scores[order]) >= 0).all()
    assert len(set(scores[values[:, 0] == values[0, 0]].tolist())) == 1


@given(VALUES, st.sampled_from([2.0, 1024.0]))
def test_the_unit_of_a_feature_does_not_matter(values: np.ndarray, unit: float) -> None:
    there = (values * np.float32(unit)).astype(np.float32)
    np.testing.assert_allclose(
        normal_scores(there, quantile_table(there)), normal_scores(values, quantile_table(values)), atol=1e-5
    )


def test_a_constant_feature_is_in_the_middle() -> None:
    values = np.full((7, 1), 3.5, np.float32)
    assert (normal_scores(values, quantile_table(values)) == 0).all()


def test_ties_get_the_middle_of_their_ranks() -> None:
    values = np.repeat([[0.0], [1.0]], [300, 700], axis=0).astype(np.float32)
    low, high = np.unique(normal_scores(values, quantile_table(values)))
    assert low == pytest.approx(NormalDist().inv_cdf(0.15), abs=0.02)
    assert high == pytest.approx(NormalDist().inv_cdf(0.65), abs=0.02)


@pytest.mark.parametrize("node_count", [20, 2_000, 20_000])
def test_platforms_of_any_size_get_about_standard_normal_scores(node_count: int) -> None:
    values = np.random.default_rng(0).lognormal(size=(node_count, 1)).astype(np.float32)
    scores = normal_scores(values, quantile_table(values))
    assert scores.std() == pytest.approx(1.0, abs=0.1)
    assert np.abs(scores).max() <= EXTREME


def test_values_outside_a_frozen_table_get_its_ends() -> None:
    table = quantile_table(np.arange(1_000, dtype=np.float32)[:, None])
    scores = normal_scores(np.array([[-5.0], [5_000.0]], np.float32), table)
    assert scores[:, 0].tolist() == [-EXTREME, EXTREME]


def test_a_kind_without_nodes_has_a_table_of_zeros() -> None:
    assert not quantile_table(np.zeros((0, 3), np.float32)).any()
