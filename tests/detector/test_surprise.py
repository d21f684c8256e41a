import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from small_platform import COUNTS, DIRECTIONS, FEATURES, farmed_platform, relabelled

from graphfraud.detector.surprise import Surprise, reason_codes, surprises
from graphfraud.graph.typed import Graph, edge_set, node_set
from graphfraud.vocabulary import LISTENER, STREAMED, TRACK


def lonely(listeners: np.ndarray) -> Graph:
    """Listeners with these features, who play nothing."""
    ids = [f"{number:04d}" for number in range(len(listeners))]
    nodes = {
        LISTENER: node_set(LISTENER, ids, FEATURES[LISTENER], listeners),
        TRACK: node_set(TRACK, [], FEATURES[TRACK], np.zeros((0, 4))),
    }
    none = np.zeros(0, np.int64)
    streamed = edge_set(STREAMED, none, none, none, source_count=len(ids), target_count=0)
    return Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={"streamed": streamed})


def listener_surprise(listeners: np.ndarray) -> Surprise:
    return surprises(lonely(listeners), {LISTENER: DIRECTIONS[LISTENER], TRACK: DIRECTIONS[TRACK]})[LISTENER]


@pytest.mark.parametrize("kind", sorted(DIRECTIONS))
def test_farms_stand_out_though_nobody_has_labelled_anything(kind: str) -> None:
    platform = farmed_platform()
    nats = surprises(platform.graph, DIRECTIONS)[kind].nats
    assert roc_auc_score(platform.farm[kind] >= 0, nats) > 0.9


def test_the_company_of_surprising_nodes_adds_to_surprise() -> None:
    platform = farmed_platform()
    apart = Graph(as_of=platform.graph.as_of, nodes=platform.graph.nodes, edges={})
    together, alone = (surprises(graph, DIRECTIONS)[LISTENER].nats for graph in (platform.graph, apart))
    in_farm = platform.farm[LISTENER] >= 0
    assert roc_auc_score(in_farm, together) > roc_auc_score(in_farm, alone)


def test_no_two_nodes_are_equally_surprising() -> None:
    for kind, one in surprises(farmed_platform().graph, DIRECTIONS).items():
        assert len(np.unique(one.nats)) == COUNTS[kind]


def test_only_what_pushes_where_fraud_pushes_surprises() -> None:
    listeners = np.random.default_rng(0).normal(size=(500, 4))
    listeners[:3] = [[0, 6, 0, 0], [0, -6, 0, 0], [0, 0, 0, 0]]
    nats = listener_surprise(listeners).nats
    assert nats[0] > nats[2] > nats[1]


def test_popularity_explains_what_comes_with_it() -> None:
    listeners = np.random.default_rng(0).normal(size=(2_000, 4))
    listeners[:, 1] = listeners[:, 0] + 0.1 * listeners[:, 1]
    z = listener_surprise(listeners).z
    popular = np.argsort(listeners[:, 0])[-50:]
    assert abs(z[popular, 0].mean()) < 0.5


def test_new_ids_permute_surprise_and_change_nothing_else() -> None:
    graph = farmed_platform().graph
    moved, new_ix = relabelled(graph, seed=1)
    before, after = surprises(graph, DIRECTIONS), surprises(moved, DIRECTIONS)
    for kind in DIRECTIONS:
        np.testing.assert_allclose(after[kind].nats[new_ix[kind]], before[kind].nats, atol=1e-5)


def test_features_that_are_alike_everywhere_surprise_nobody() -> None:
    assert not listener_surprise(np.ones((20, 4))).nats.any()


def test_a_kind_without_nodes_is_not_surprising() -> None:
    assert listener_surprise(np.zeros((0, 4))).nats.shape == (0,)


def test_reasons_are_the_features_that_accuse_most() -> None:
    z = np.array([[2.5, 4.0, 1.9, 3.0], [0.0, 1.0, 1.9, -5.0], [2.0, 2.0, 2.0, 2.0]], np.float32)
    one = Surprise(nats=np.zeros(3), z=z, feature_names=("a", "b", "c", "d"))
    assert reason_codes(one, np.arange(3)) == [["b", "d", "a"], [], ["a", "b", "c"]]
    assert reason_codes(one, np.array([2, 0]), top=1, at_least=3.0) == [[], ["b"]]
