import dataclasses
import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from small_platform import COUNTS, DIRECTIONS, Platform, farmed_platform

from graphfraud.config import ModelSettings
from graphfraud.detector.detect import Behaviour, behaviour
from graphfraud.detector.splits import LabelSet
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK

SETTINGS = ModelSettings(hidden_count=8, epoch_count=20, tree_count=30, fold_count=3)
PLATFORM = farmed_platform()


def known(platform: Platform, labels: dict[str, LabelSet], *, threads: int = 1) -> Behaviour:
    return behaviour(
        platform.graph,
        platform.graph,
        labels,
        DIRECTIONS,
        SETTINGS,
        seed=0,
        threads=threads,
        device="cpu",
        progress=lambda _: None,
    )


@pytest.fixture(scope="module")
def learned() -> Behaviour:
    return known(PLATFORM, PLATFORM.labels(range(4)))


@pytest.mark.parametrize("kind", sorted(DIRECTIONS))
def test_farms_without_labels_are_ranked_above_honest_subjects(learned: Behaviour, kind: str) -> None:
    taught = learned.kinds[kind].learned
    assert taught is not None
    unseen = (PLATFORM.farm[kind] < 0) | (PLATFORM.farm[kind] >= 4)
    is_fraud = PLATFORM.farm[kind][unseen] >= 0
    assert roc_auc_score(is_fraud, taught.supervised[unseen]) > 0.95


@pytest.mark.parametrize("kind", sorted(DIRECTIONS))
def test_what_is_said_out_of_fold_ranks_labels_it_has_not_seen(learned: Behaviour, kind: str) -> None:
    taught = learned.kinds[kind].learned
    assert taught is not None
    is_fraud = PLATFORM.labels(range(4))[kind].is_fraud
    assert taught.supervised_out_of_fold.shape == is_fraud.shape
    assert roc_auc_score(is_fraud, taught.supervised_out_of_fold) > 0.9
    assert (taught.supervised_out_of_fold != taught.supervised[PLATFORM.labels(range(4))[kind].node_ix]).any()


def test_both_models_are_reported_side_by_side_on_the_labels_decided_last(learned: Behaviour) -> None:
    taught = learned.kinds[LISTENER].learned
    assert taught is not None
    holdout = taught.validation["holdout"]
    assert 0 < holdout["fraud_count"] < holdout["label_count"]
    assert holdout["forest"]["auprc"] > 0.9
    assert holdout["sage"]["auprc"] > 0.8
    assert json.loads(json.dumps(taught.validation)) == taught.validation


def test_the_same_seed_gives_the_same_to_the_last_bit_on_any_threads(learned: Behaviour) -> None:
    again = known(PLATFORM, PLATFORM.labels(range(4)), threads=2)
    for kind in DIRECTIONS:
        first, second = learned.kinds[kind].learned, again.kinds[kind].learned
        assert first is not None
        assert second is not None
        np.testing.assert_array_equal(first.forest_logit, second.forest_logit)
        np.testing.assert_array_equal(first.supervised, second.supervised)


def test_a_kind_with_few_labels_of_a_class_is_surprising_at_most() -> None:
    labels = PLATFORM.labels(range(4))
    rare = labels[ACCOUNT]
    keep = ~rare.is_fraud | (np.cumsum(rare.is_fraud) <= SETTINGS.min_labels_count - 1)
    result = known(PLATFORM, labels | {ACCOUNT: rare.where(keep)})
    assert result.kinds[ACCOUNT].learned is None
    assert result.kinds[TRACK].learned is not None


def test_without_labels_no_model_is_trained() -> None:
    result = known(PLATFORM, {})
    assert result.sage is None
    assert all(one.learned is None for one in result.kinds.values())
    assert {kind: len(one.surprise.nats) for kind, one in result.kinds.items()} == {
        kind: COUNTS[kind] for kind in DIRECTIONS
    }


def test_frauds_of_one_case_alone_leave_nothing_to_learn_out_of_fold() -> None:
    labels = {LISTENER: PLATFORM.labels(range(1))[LISTENER]}
    taught = known(PLATFORM, labels).kinds[LISTENER].learned
    assert taught is not None
    assert np.isnan(taught.supervised_out_of_fold[labels[LISTENER].is_fraud]).all()
    assert taught.validation["out_of_fold"]["forest"]["auprc"] is None
    assert np.isfinite(taught.supervised).all()


def test_graphs_of_other_nodes_are_refused() -> None:
    fewer = dataclasses.replace(PLATFORM.graph, nodes={}, edges={})
    with pytest.raises(ValueError, match="training graph has other nodes"):
        behaviour(
            PLATFORM.graph,
            fewer,
            {},
            DIRECTIONS,
            SETTINGS,
            seed=0,
            threads=1,
            device="cpu",
            progress=lambda _: None,
        )
