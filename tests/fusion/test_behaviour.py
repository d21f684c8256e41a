import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.fusion.behaviour import LearnedEvidence, ShippedCalibrations, behaviour_part
from graphfraud.fusion.calibration import BEHAVIOUR_LIMIT, Calibration

SHIPPED = ShippedCalibrations(
    learned=Calibration(slope=1.0, intercept=-1.0, source="shipped"),
    surprise=Calibration(slope=0.5, intercept=-2.0, source="shipped"),
)


def learned(fraud_count: int, honest_count: int) -> LearnedEvidence:
    is_fraud = np.arange(fraud_count + honest_count) < fraud_count
    logits = np.where(is_fraud, 2.0, -2.0) + np.linspace(-1, 1, is_fraud.size)
    return LearnedEvidence(every=logits, out_of_fold=logits, is_fraud=is_fraud)


def test_without_labels_surprise_speaks_alone() -> None:
    part = behaviour_part(None, np.array([-1.0, 2.0, 8.0]), SHIPPED, novel_share=0.2)
    assert part.known_log_odds is None
    assert part.calibrated == "shipped"
    assert (np.diff(part.log_odds) > 0).all()


def test_fifty_labels_of_either_class_calibrate_on_the_feed_and_fewer_do_not() -> None:
    for fraud_count, honest_count, source in ((50, 50, "feed"), (49, 500, "shipped"), (500, 49, "shipped")):
        evidence = learned(fraud_count, honest_count)
        part = behaviour_part(evidence, np.zeros(fraud_count + honest_count), SHIPPED, novel_share=0.2)
        assert part.calibrated == source


def test_fraud_of_a_kind_that_no_label_shows_still_stands_out() -> None:
    nobody_like_it = LearnedEvidence(
        every=np.full(2, -5.0), out_of_fold=np.zeros(0), is_fraud=np.zeros(0, dtype=np.bool_)
    )
    part = behaviour_part(nobody_like_it, np.array([0.0, 20.0]), SHIPPED, novel_share=0.2)
    assert part.log_odds[0] < 0 < part.log_odds[1]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_evidence_stays_within_its_limit(surprise: list[float]) -> None:
    part = behaviour_part(None, np.array(surprise), SHIPPED, novel_share=0.2)
    assert (np.abs(part.log_odds) <= BEHAVIOUR_LIMIT).all()


def test_few_labels_that_teach_nothing_accuse_nobody_who_resembles_them() -> None:
    evidence = learned(20, 400)
    mixed = np.random.default_rng(0).permutation(evidence.out_of_fold)
    chance = LearnedEvidence(every=evidence.every, out_of_fold=mixed, is_fraud=evidence.is_fraud)
    spreads = []
    for one in (evidence, chance):
        known = behaviour_part(one, np.zeros(420), SHIPPED, novel_share=0.2).known_log_odds
        assert known is not None
        spreads.append(np.ptp(known))
    assert spreads[0] > 3.0
    assert spreads[1] < spreads[0] / 3
