import numpy as np
import pytest
import small_platform  # noqa: F401  # checks shapes
import torch

from graphfraud.graph.averaging import Averaging
from graphfraud.model.aggregate import adjacency, neighbour_mean


def averaging(matrix: np.ndarray) -> Averaging:
    row_ix, column_ix = np.nonzero(matrix)
    return Averaging(
        name="streamed",
        row_kind="listener",
        column_kind="track",
        column_count=matrix.shape[1],
        offsets=np.concatenate([[0], np.cumsum(np.bincount(row_ix, minlength=len(matrix)))]),
        ix=column_ix.astype(np.int32),
        share=matrix[row_ix, column_ix].astype(np.float32),
    )


MATRIX = np.array([[0.25, 0.0, 0.75], [0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])


def test_a_row_takes_the_weighted_mean_of_its_columns_and_0_without_any() -> None:
    values = torch.arange(6, dtype=torch.float32).reshape(3, 2)
    mean = neighbour_mean(adjacency(averaging(MATRIX)), values)
    np.testing.assert_allclose(mean, MATRIX @ values.numpy())


def test_gradients_come_back_through_the_transpose() -> None:
    both = adjacency(averaging(MATRIX)).to("cpu", torch.float64)
    values = torch.rand(3, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda given: neighbour_mean(both, given), values)


@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0)])
def test_sets_without_nodes_have_means_too(shape: tuple[int, int]) -> None:
    values = torch.ones(shape[1], 2, requires_grad=True)
    mean = neighbour_mean(adjacency(averaging(np.zeros(shape))), values)
    mean.sum().backward()
    assert mean.shape == (shape[0], 2)
    assert values.grad is not None
    assert not values.grad.any()
