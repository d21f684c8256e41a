import numpy as np
import pytest
from small_platform import farmed_platform

from graphfraud.detector.neighbours import Path, mean_along, paths, with_neighbour_means
from graphfraud.graph.typed import Graph, edge_set, node_set, ranked_features
from graphfraud.vocabulary import ACCOUNT, LISTENER, LISTENER_USED, MEAN, STREAMED, TRACK, UPLOADED

LISTENER_PATHS = {"streamed", "streamed.uploaded_by", "listener_used.listener_used_by"}
NOWHERE = np.zeros(0, np.int64)


def shared_devices(uses: list[tuple[int, int]], *, listener_count: int, device_count: int) -> Path:
    """The path from listeners to those who share a device with them."""
    nodes = {
        LISTENER: node_set(LISTENER, list("abcdef")[:listener_count], ("x",), np.zeros((listener_count, 1))),
        MEAN: node_set(MEAN, list("pqr")[:device_count], (), np.zeros((device_count, 0))),
    }
    source, target = np.array(uses).T
    weight = 1 / np.bincount(target)[target]
    used = edge_set(LISTENER_USED, source, target, weight, source_count=listener_count, target_count=device_count)
    graph = Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={"listener_used": used})
    return next(path for path in paths(graph) if path.comes_back)


def test_each_kind_looks_one_step_and_over_another_kind_two_steps_far() -> None:
    graph = farmed_platform().graph
    names = {kind: {path.name for path in paths(graph) if path.source == kind} for kind in (LISTENER, TRACK, ACCOUNT)}
    assert names[LISTENER] == LISTENER_PATHS | {"listener_used.account_used_by"}
    assert names[TRACK] == {"streamed_by", "uploaded_by"}
    assert names[ACCOUNT] == {
        "uploaded",
        "uploaded.streamed_by",
        "account_used.account_used_by",
        "account_used.listener_used_by",
    }


def test_columns_are_named_by_path_and_start_with_the_nodes_own() -> None:
    graph = farmed_platform().graph
    columns = with_neighbour_means(graph)
    own = graph.nodes[LISTENER].feature_names
    assert columns[LISTENER].names[: len(own)] == own
    assert "streamed.uploaded_by.effort_share" in columns[LISTENER].names
    assert columns[LISTENER].values.shape == (400, len(columns[LISTENER].names))
    np.testing.assert_array_equal(columns[LISTENER].values[:, : len(own)], ranked_features(graph.nodes[LISTENER]))
    assert MEAN not in columns


def test_two_steps_take_the_mean_of_means() -> None:
    graph = farmed_platform().graph
    columns = with_neighbour_means(graph)[LISTENER]
    two_steps = columns.values[:, columns.names.index("streamed.uploaded_by.play_log")]
    streamed = next(path for path in paths(graph) if path.name == "streamed")
    owner_play_log = ranked_features(graph.nodes[ACCOUNT])[:, [0]]
    of_tracks = mean_along(next(path for path in paths(graph) if path.name == "uploaded_by"), owner_play_log)
    np.testing.assert_allclose(two_steps, mean_along(streamed, of_tracks)[:, 0], atol=1e-6)


def test_those_who_share_a_device_are_the_others() -> None:
    path = shared_devices([(0, 0), (1, 0), (2, 0), (3, 1)], listener_count=5, device_count=2)
    values = np.array([[1.0], [2.0], [6.0], [9.0], [5.0]])
    assert mean_along(path, values)[:, 0] == pytest.approx([4.0, 3.5, 1.5, 0.0, 0.0])


def test_a_device_of_few_says_more_than_one_of_many() -> None:
    path = shared_devices([(0, 0), (1, 0), (0, 1), (2, 1), (3, 1), (4, 1)], listener_count=5, device_count=2)
    values = np.array([[0.0], [3.0], [0.0], [0.0], [0.0]])
    few, many = np.log1p(1 / 2), np.log1p(1 / 4)
    assert mean_along(path, values)[0, 0] == pytest.approx(3.0 * few / (few + many))


def test_a_node_without_neighbours_gets_the_middle() -> None:
    nodes = {
        kind: node_set(kind, ["a", "b"], ("play_log",), np.array([[1.0], [2.0]])) for kind in (ACCOUNT, TRACK, LISTENER)
    }
    edges = {
        one.name: edge_set(one, NOWHERE, NOWHERE, NOWHERE, source_count=2, target_count=2)
        for one in (UPLOADED, STREAMED)
    }
    columns = with_neighbour_means(Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges=edges))
    assert not columns[TRACK].values[:, 1:].any()
