import numpy as np
import pytest
import small_platform  # noqa: F401  # checks shapes

from graphfraud.detector.blend import blend, blended, ranking_quality
from graphfraud.detector.learning import Pair

IS_FRAUD = np.arange(40) < 10
GOOD = np.where(IS_FRAUD, 3.0, -3.0) + np.linspace(-1, 1, 40)
NOISE = np.random.default_rng(0).permutation(np.linspace(-1, 1, 40))


def test_the_better_model_weighs_more() -> None:
    assert blend(Pair(GOOD, NOISE), IS_FRAUD).forest_share > 0.7
    assert blend(Pair(NOISE, GOOD), IS_FRAUD).forest_share < 0.3
    assert blend(Pair(GOOD, GOOD), IS_FRAUD).forest_share == pytest.approx(0.5)


def test_the_scale_of_a_models_logits_does_not_matter() -> None:
    small, large = Pair(GOOD, NOISE), Pair(GOOD * 50, NOISE)
    np.testing.assert_allclose(
        blended(blend(small, IS_FRAUD), small), blended(blend(large, IS_FRAUD), large), atol=1e-9
    )


def test_labels_that_nothing_could_be_learned_for_have_no_evidence_and_no_say() -> None:
    unknown = np.arange(40) >= 35
    with_gaps = Pair(np.where(unknown, np.nan, GOOD), np.where(unknown, np.nan, NOISE))
    weights = blend(with_gaps, IS_FRAUD)
    assert weights == blend(Pair(GOOD[:35], NOISE[:35]), IS_FRAUD[:35])
    assert (np.isnan(blended(weights, with_gaps)) == unknown).all()


@pytest.mark.parametrize("nothing", [np.full(40, np.nan), np.zeros(40)])
def test_models_that_say_nothing_weigh_alike(nothing: np.ndarray) -> None:
    assert blend(Pair(nothing, nothing), IS_FRAUD).forest_share == pytest.approx(0.5)


def test_quality_cannot_be_measured_without_both_classes() -> None:
    assert ranking_quality(GOOD, IS_FRAUD) == {"auprc": 1.0, "auroc": 1.0}
    assert ranking_quality(GOOD[:10], IS_FRAUD[:10]) == {"auprc": None, "auroc": None}
    assert ranking_quality(GOOD[:0], IS_FRAUD[:0]) == {"auprc": None, "auroc": None}
