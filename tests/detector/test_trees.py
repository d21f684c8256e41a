import numpy as np
import pytest
import small_platform  # noqa: F401  # checks shapes

from graphfraud.config import ModelSettings
from graphfraud.detector.trees import forest_logits

SETTINGS = ModelSettings(tree_count=30)
COLUMNS = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
IS_FRAUD = COLUMNS[:, 0] + COLUMNS[:, 1] > 1.5


def judged(*, seed: int = 0) -> np.ndarray:
    return forest_logits(COLUMNS[:200], IS_FRAUD[:200], COLUMNS[200:], SETTINGS, seed=seed)


def test_rows_that_were_not_labelled_are_ranked_by_what_labels_show() -> None:
    logits = judged()
    assert np.median(logits[IS_FRAUD[200:]]) > 0 > np.median(logits[~IS_FRAUD[200:]])


def test_one_seed_gives_one_forest_and_another_seed_another() -> None:
    np.testing.assert_array_equal(judged(seed=0), judged(seed=0))
    assert (judged(seed=0) != judged(seed=1)).any()


def test_a_unanimous_vote_stays_finite() -> None:
    limit = np.log((30 + 0.5) / 0.5)
    assert np.abs(judged()).max() <= limit + 1e-9


def test_one_class_alone_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="labels of both classes"):
        forest_logits(COLUMNS, np.ones(300, np.bool_), COLUMNS, SETTINGS, seed=0)


def test_a_kind_without_nodes_gets_no_logits() -> None:
    assert forest_logits(COLUMNS, IS_FRAUD, COLUMNS[:0], SETTINGS, seed=0).shape == (0,)
