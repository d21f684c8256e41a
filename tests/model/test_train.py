from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from small_platform import DIRECTIONS, Platform, farmed_platform

from graphfraud.config import ModelSettings
from graphfraud.model.infer import sage_logits
from graphfraud.model.inputs import SageInputs, sage_inputs
from graphfraud.model.train import Targets, TrainedSage, trained_sage
from graphfraud.vocabulary import ACCOUNT, LISTENER

SETTINGS = ModelSettings(hidden_count=8, epoch_count=30)
PLATFORM = farmed_platform()


@pytest.fixture(scope="module")
def inputs() -> SageInputs:
    return sage_inputs(PLATFORM.graph)


def targets(platform: Platform, farms: range) -> dict[str, Targets]:
    return {kind: Targets(node_ix=one.node_ix, is_fraud=one.is_fraud) for kind, one in platform.labels(farms).items()}


def fitted(inputs: SageInputs, *, seed: int = 0, settings: ModelSettings = SETTINGS) -> TrainedSage:
    return trained_sage(inputs, targets(PLATFORM, range(3)), settings, seed=seed, device="cpu")


def test_farms_that_no_label_shows_are_ranked_far_above_honest_subjects(inputs: SageInputs) -> None:
    logits = sage_logits(fitted(inputs), PLATFORM.graph)
    for kind in DIRECTIONS:
        unseen = (PLATFORM.farm[kind] < 0) | (PLATFORM.farm[kind] >= 3)
        assert roc_auc_score(PLATFORM.farm[kind][unseen] >= 0, logits[kind][unseen]) > 0.9


def test_one_seed_gives_one_model_and_another_seed_another(inputs: SageInputs) -> None:
    first, again, other = (fitted(inputs, seed=seed).module.state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_models_fitted_side_by_side_are_those_fitted_one_by_one(inputs: SageInputs) -> None:
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda seed: fitted(inputs, seed=seed).module.state_dict(), range(3)))
    for seed, state in enumerate(together):
        alone = fitted(inputs, seed=seed).module.state_dict()
        assert all(torch.equal(alone[name], state[name]) for name in alone)


def test_torchs_own_random_state_stays_as_it_was(inputs: SageInputs) -> None:
    before = torch.get_rng_state()
    fitted(inputs)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.are_deterministic_algorithms_enabled()


def test_more_passes_separate_what_labels_show_further(inputs: SageInputs) -> None:
    is_fraud = targets(PLATFORM, range(3))[LISTENER].is_fraud
    node_ix = targets(PLATFORM, range(3))[LISTENER].node_ix
    gaps = []
    for epoch_count in (2, 30):
        settings = ModelSettings(hidden_count=8, epoch_count=epoch_count)
        logits = sage_logits(fitted(inputs, settings=settings), PLATFORM.graph)[LISTENER][node_ix]
        gaps.append(logits[is_fraud].mean() - logits[~is_fraud].mean())
    assert gaps[1] > gaps[0] + 1


def test_a_class_counts_the_same_however_many_labels_it_has(inputs: SageInputs) -> None:
    one = targets(PLATFORM, range(3))[LISTENER]
    honest = np.flatnonzero(~one.is_fraud)
    repeated = Targets(
        node_ix=np.concatenate([one.node_ix, one.node_ix[honest]]),
        is_fraud=np.concatenate([one.is_fraud, one.is_fraud[honest]]),
    )
    both = [
        sage_logits(trained_sage(inputs, {LISTENER: given}, SETTINGS, seed=0, device="cpu"), PLATFORM.graph)
        for given in (one, repeated)
    ]
    np.testing.assert_allclose(both[0][LISTENER], both[1][LISTENER], atol=1e-6)


def test_a_kind_with_one_class_only_still_trains(inputs: SageInputs) -> None:
    honest_only = Targets(node_ix=np.arange(20, 40, dtype=np.int32), is_fraud=np.zeros(20, np.bool_))
    given = targets(PLATFORM, range(3)) | {ACCOUNT: honest_only}
    logits = sage_logits(trained_sage(inputs, given, SETTINGS, seed=0, device="cpu"), PLATFORM.graph)
    assert np.isfinite(logits[ACCOUNT]).all()
