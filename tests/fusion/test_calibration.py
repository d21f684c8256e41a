import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.config import Policy, Weights
from graphfraud.fusion.calibration import (
    BEHAVIOUR_LIMIT,
    CONTENT_LIMIT,
    POLICY_LIMIT,
    Calibration,
    fitted_calibration,
    fused_log_odds,
    mixture_log_odds,
    risk_from,
)
from graphfraud.log_odds import bounded_log_odds, logit, sigmoid

REACHABLE = CONTENT_LIMIT + BEHAVIOUR_LIMIT + POLICY_LIMIT
KINDS = ("account", "track", "listener")
reachable_log_odds = st.floats(-REACHABLE, REACHABLE)
prevalences = st.floats(1e-6, 0.5)


def two_bells(fraud_count: int, honest_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Evidence whose true log likelihood ratio is 2x: unit normals around +1 and -1."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(1.0, 1.0, fraud_count), rng.normal(-1.0, 1.0, honest_count)])
    return x, np.arange(x.size) < fraud_count


@pytest.mark.parametrize(("fraud_count", "honest_count"), [(4_000, 4_000), (400, 20_000), (20_000, 400)])
def test_the_fit_finds_the_likelihood_ratio_however_the_labels_were_sampled(
    fraud_count: int, honest_count: int
) -> None:
    fit = fitted_calibration(*two_bells(fraud_count, honest_count))
    assert fit.slope == pytest.approx(2.0, rel=0.15)
    assert fit.intercept == pytest.approx(0.0, abs=0.2)
    assert fit.source == "feed"


def test_the_fit_does_not_depend_on_row_order() -> None:
    x, is_fraud = two_bells(60, 90)
    order = np.random.default_rng(1).permutation(x.size)
    assert fitted_calibration(x[order], is_fraud[order]) == fitted_calibration(x, is_fraud)


def test_the_fit_follows_a_change_of_unit() -> None:
    x, is_fraud = two_bells(60, 90)
    fit, scaled = fitted_calibration(x, is_fraud), fitted_calibration(1_000.0 * x + 5.0, is_fraud)
    np.testing.assert_allclose(
        scaled.log_likelihood_ratio(1_000.0 * x + 5.0), fit.log_likelihood_ratio(x), rtol=1e-6, atol=1e-6
    )


def test_labels_that_a_line_parts_cleanly_leave_it_finite() -> None:
    x = np.array([-2.0, -1.5, -1.0, 1.0, 1.5, 2.0])
    fit = fitted_calibration(x, x > 0)
    assert 0.5 < fit.slope < 10.0
    assert fit.intercept == pytest.approx(0.0, abs=1e-9)


def test_evidence_that_contradicts_the_labels_still_rises_and_is_worth_almost_nothing() -> None:
    x, is_fraud = two_bells(200, 200)
    fit = fitted_calibration(-x, is_fraud)
    assert fit.slope > 0
    assert np.abs(fit.log_likelihood_ratio(x)).max() < 0.01


@pytest.mark.parametrize("is_fraud", [[True, False, False, False], [True] * 4, [False] * 4])
def test_evidence_that_is_the_same_for_all_is_worth_nothing(is_fraud: list[bool]) -> None:
    x = np.full(4, 0.1)
    fit = fitted_calibration(x, np.array(is_fraud))
    np.testing.assert_allclose(fit.log_likelihood_ratio(x), 0.0, atol=1e-9)


@given(
    x=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40),
    labels=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_every_fit_rises_and_is_finite(x: list[float], labels: list[bool]) -> None:
    fit = fitted_calibration(np.array(x), np.array(labels[: len(x)]))
    assert fit.slope > 0
    assert np.isfinite(fit.log_likelihood_ratio(np.array(x))).all()


@pytest.mark.parametrize(("slope", "intercept"), [(0.0, 0.0), (-1.0, 0.0), (float("nan"), 0.0), (1.0, float("inf"))])
def test_a_line_that_falls_or_is_not_finite_is_refused(slope: float, intercept: float) -> None:
    with pytest.raises(ValueError, match="must rise and be finite"):
        Calibration(slope=slope, intercept=intercept, source="shipped")


@given(x=st.floats(-700.0, 700.0))
def test_sigmoid_keeps_its_symmetry_and_never_overflows(x: float) -> None:
    assert 0.0 < sigmoid(x) <= 1.0
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1.0, abs=1e-15)


@given(log_odds=st.floats(-CONTENT_LIMIT - BEHAVIOUR_LIMIT, BEHAVIOUR_LIMIT), prevalence=prevalences)
def test_a_part_gives_its_log_odds_back(log_odds: float, prevalence: float) -> None:
    risk = risk_from(np.array([log_odds]), prevalence)
    assert logit(risk)[0] - logit(prevalence) == pytest.approx(log_odds, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@given(low=reachable_log_odds, gap=st.floats(1e-6, 1.0))
def test_risk_rises_with_evidence_wherever_default_policy_reaches(kind: str, low: float, gap: float) -> None:
    risk = risk_from(np.array([low, low + gap]), getattr(Policy().prevalence, kind))
    assert risk[0] < risk[1] < 1.0


def test_an_absent_part_says_nothing() -> None:
    absent = np.array([np.nan])
    weights = Weights(content=0.5, behaviour=1.0, policy=1.5)
    fused = fused_log_odds(np.array([2.0]), absent, np.array([-1.0]), weights)
    assert fused.tolist() == [0.5 * 2.0 - 1.5]
    assert risk_from(fused_log_odds(absent, absent, absent, weights), 0.02)[0] == pytest.approx(0.02)


@given(known=st.floats(-50, 50), novel=st.floats(-50, 50), novel_share=st.floats(0.001, 0.999))
def test_a_mixture_lies_between_its_kinds_and_near_the_better_one(
    known: float, novel: float, novel_share: float
) -> None:
    mixed = mixture_log_odds(np.array([known]), np.array([novel]), novel_share=novel_share)[0]
    assert min(known, novel) - 1e-9 <= mixed <= max(known, novel) + 1e-9
    assert mixed >= known + np.log1p(-novel_share) - 1e-9
    assert mixed >= novel + np.log(novel_share) - 1e-9


def test_a_mixture_of_one_kind_is_that_kind() -> None:
    known, novel = np.array([1.0]), np.array([-3.0])
    assert mixture_log_odds(known, novel, novel_share=0.0) == known
    assert mixture_log_odds(known, novel, novel_share=1.0) == novel


@given(low=st.floats(-60.0, 60.0), gap=st.floats(1e-6, 10.0), limit=st.sampled_from([CONTENT_LIMIT, BEHAVIOUR_LIMIT]))
def test_bounding_keeps_order_without_ties_and_stays_within_the_limit(low: float, gap: float, limit: float) -> None:
    bounded = bounded_log_odds(np.array([low, low + gap]), limit=limit)
    assert -limit <= bounded[0] < bounded[1] <= limit


@given(x=st.floats(-1.0, 1.0))
def test_bounding_barely_touches_the_middle_and_is_odd(x: float) -> None:
    bounded = bounded_log_odds(np.array([x, -x]), limit=POLICY_LIMIT)
    assert bounded[0] == pytest.approx(x, rel=2e-4)
    assert bounded[0] == -bounded[1]


def test_bounding_takes_any_evidence_and_keeps_absence() -> None:
    bounded = bounded_log_odds(np.array([-np.inf, -1e300, 0.0, 1e300, np.inf, np.nan]), limit=6.0)
    np.testing.assert_array_equal(bounded, [-6.0, -6.0, 0.0, 6.0, 6.0, np.nan])
