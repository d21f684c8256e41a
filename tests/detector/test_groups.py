import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from small_platform import ACCOUNTS_A_FARM, farmed_platform

from graphfraud.detector.groups import MAX_TIED_COUNT, folds, label_groups, time_split
from graphfraud.graph.typed import Graph, edge_set, node_set
from graphfraud.vocabulary import ACCOUNT, LISTENER, LISTENER_USED, MEAN, TRACK

LABELS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=60)


def sharing(user_count: int) -> Graph:
    """So many listeners on one means, and nothing else."""
    users = np.arange(user_count)
    nodes = {
        LISTENER: node_set(LISTENER, [f"{n:04d}" for n in users], (), np.zeros((user_count, 0))),
        MEAN: node_set(MEAN, ["address"], (), np.zeros((1, 0))),
    }
    used = edge_set(
        LISTENER_USED, users, np.zeros_like(users), np.ones(user_count), source_count=user_count, target_count=1
    )
    return Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={"listener_used": used})


def test_an_account_its_tracks_and_those_on_its_device_are_one_case() -> None:
    platform = farmed_platform()
    groups = label_groups(platform.graph)
    for farm in range(3):
        accounts = groups[ACCOUNT][farm * ACCOUNTS_A_FARM : (farm + 1) * ACCOUNTS_A_FARM]
        together = np.concatenate([accounts, groups[TRACK][platform.farm[TRACK] == farm]])
        together = np.concatenate([together, groups[LISTENER][platform.farm[LISTENER] == farm]])
        assert len(np.unique(together)) == 1


def test_streams_make_no_case_of_a_listener_and_an_artist() -> None:
    platform = farmed_platform()
    groups = label_groups(platform.graph)
    honest = groups[LISTENER][platform.farm[LISTENER] < 0]
    assert len(np.unique(honest)) == len(honest)


def test_a_means_of_very_many_ties_nobody() -> None:
    tied, loose = label_groups(sharing(MAX_TIED_COUNT)), label_groups(sharing(MAX_TIED_COUNT + 1))
    assert len(np.unique(tied[LISTENER])) == 1
    assert len(np.unique(loose[LISTENER])) == MAX_TIED_COUNT + 1


@given(LABELS, st.integers(2, 5), st.integers(0, 3))
def test_no_group_is_ever_split_over_folds(labels: list[tuple[int, int]], fold_count: int, seed: int) -> None:
    groups, strata = np.array(labels).T
    fold = folds(groups, strata, fold_count=fold_count, seed=seed)
    assert set(fold.tolist()) <= set(range(fold_count))
    assert all(len(set(fold[groups == group])) == 1 for group in groups)


def test_single_labels_of_each_stratum_spread_evenly() -> None:
    strata = np.repeat([0, 1, 2], [40, 8, 12])
    fold = folds(np.arange(60), strata, fold_count=4, seed=0)
    for stratum in range(3):
        counts = np.bincount(fold[strata == stratum], minlength=4)
        assert counts.max() - counts.min() <= 1


def test_two_groups_of_fraud_lie_in_two_folds() -> None:
    groups = np.concatenate([np.zeros(5), np.ones(4), np.arange(2, 60)]).astype(np.int64)
    is_fraud = groups < 2
    fold = folds(groups, is_fraud.astype(np.int64), fold_count=4, seed=0)
    assert fold[0] != fold[5]


def test_the_holdout_is_the_quarter_decided_last() -> None:
    decided_at_us = np.random.default_rng(0).permutation(100)
    held = time_split(np.arange(100), decided_at_us, seed=0)
    assert held.sum() == 25
    assert decided_at_us[held].min() > decided_at_us[~held].max()


@given(LABELS, st.integers(0, 3))
def test_the_holdout_takes_whole_groups_and_leaves_some(labels: list[tuple[int, int]], seed: int) -> None:
    groups, decided_at_us = np.array(labels).T
    held = time_split(groups, decided_at_us, seed=seed)
    assert not set(groups[held]) & set(groups[~held])
    assert held.any() == (len(set(groups)) > 1)
    assert not held.all()


def test_groups_of_one_instant_come_in_the_order_of_the_seed() -> None:
    splits = [time_split(np.arange(40), np.zeros(40, np.int64), seed=seed) for seed in (0, 0, 1)]
    assert (splits[0] == splits[1]).all()
    assert (splits[0] != splits[2]).any()
    assert [split.sum() for split in splits] == [10, 10, 10]
