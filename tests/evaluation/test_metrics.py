import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from graphfraud.evaluation.metrics import auprc, auroc, recall_at_false_positive_rate

judged_subjects = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=60)


def arrays(subjects: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    risk, is_fraud = zip(*subjects, strict=True)
    return np.array(risk) / 8.0, np.array(is_fraud)


@given(subjects=judged_subjects)
def test_both_areas_are_those_of_scikit_learn_ties_and_all(subjects: list[tuple[int, bool]]) -> None:
    risk, is_fraud = arrays(subjects)
    assume(is_fraud.any() and not is_fraud.all())
    assert auroc(risk, is_fraud) == pytest.approx(roc_auc_score(is_fraud, risk))
    assert auprc(risk, is_fraud) == pytest.approx(average_precision_score(is_fraud, risk))


@given(subjects=judged_subjects, rate=st.sampled_from([0.0, 0.001, 0.1, 0.25, 1.0]))
def test_recall_is_the_best_that_a_threshold_within_the_rate_reaches(
    subjects: list[tuple[int, bool]], rate: float
) -> None:
    risk, is_fraud = arrays(subjects)
    assume(is_fraud.any() and not is_fraud.all())
    false_share, recall, _ = roc_curve(is_fraud, risk, drop_intermediate=False)
    assert recall_at_false_positive_rate(risk, is_fraud, rate=rate) == pytest.approx(recall[false_share <= rate].max())


def test_one_accused_in_a_thousand_is_tolerated_two_are_not() -> None:
    honest = np.linspace(0.0, 0.5, 2_000)
    risk = np.concatenate([honest, [honest[-2] - 1e-9, honest[-3] - 1e-9, 0.9, 0.9]])
    is_fraud = np.arange(risk.size) >= honest.size
    assert recall_at_false_positive_rate(risk, is_fraud, rate=0.001) == 0.75
    assert recall_at_false_positive_rate(risk, is_fraud, rate=0.0) == 0.5


def test_fraud_tied_with_the_honest_is_not_found() -> None:
    risk = np.array([0.5, 0.5, 0.5, 0.9])
    is_fraud = np.array([False, False, True, True])
    assert recall_at_false_positive_rate(risk, is_fraud) == 0.5
    assert recall_at_false_positive_rate(np.full(4, 0.5), is_fraud) == 0.0


def test_risks_near_one_are_told_apart() -> None:
    risk = 1.0 - np.array([1e-12, 2e-12, 3e-12])
    assert auroc(risk, np.array([True, False, False])) == 1.0


@pytest.mark.parametrize("is_fraud", [[], [True, True], [False, False]])
def test_without_both_classes_there_is_nothing_to_measure(is_fraud: list[bool]) -> None:
    risk, truth = np.zeros(len(is_fraud)), np.array(is_fraud, dtype=bool)
    assert all(math.isnan(metric(risk, truth)) for metric in (auroc, auprc, recall_at_false_positive_rate))
