import subprocess
import sys

import numpy as np
import pytest
import small_platform  # noqa: F401  # checks shapes
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.graph.typed import EdgeSet, Graph, edge_set, node_set, ranked_features
from graphfraud.vocabulary import LISTENER, STREAMED, TRACK

PAIRS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(1, 99)), unique_by=lambda edge: edge[:2], max_size=30
)
ARRAYS = ("source_offsets", "target_ix", "weight", "target_offsets", "source_ix", "reverse_weight")


def streamed(edges: list[tuple[int, int, int]]) -> EdgeSet:
    source, target, weight = np.array(edges, np.int64).reshape(-1, 3).T
    return edge_set(STREAMED, source, target, weight, source_count=7, target_count=5)


@given(st.lists(st.text(max_size=5), unique=True, max_size=20))
def test_ids_come_back_as_they_went_in(ids: list[str]) -> None:
    assert node_set(TRACK, sorted(ids), (), np.zeros((len(ids), 0))).ids() == sorted(ids)


@pytest.mark.parametrize("ids", [["b", "a"], ["a", "a"]])
def test_ids_out_of_order_or_repeated_are_refused(ids: list[str]) -> None:
    with pytest.raises(ValueError, match="track ids must be sorted and unique"):
        node_set(TRACK, ids, (), np.zeros((2, 0)))


def test_features_that_are_not_finite_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="track feature 'skip_share' has a value that is not finite"):
        node_set(TRACK, ["a"], ("play_log", "skip_share"), np.array([[1.0, np.nan]]))


def test_features_of_another_shape_than_ids_and_names_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 2\), not \(1, 1\)"):
        node_set(TRACK, ["a"], ("play_log",), np.ones((1, 2)))


def test_features_rank_in_a_table_that_is_given() -> None:
    here = node_set(TRACK, ["a"], ("play_log",), np.array([[5.0]]))
    there = node_set(TRACK, [f"{n:02d}" for n in range(40)], ("play_log",), np.arange(40.0)[:, None])
    assert ranked_features(here)[0, 0] == 0
    assert ranked_features(here, there.quantiles)[0, 0] < -1


@given(PAIRS, st.randoms())
def test_the_order_of_edges_leaves_no_trace(edges: list[tuple[int, int, int]], random: st.randoms) -> None:
    shuffled = random.sample(edges, len(edges))
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(streamed(edges), name), getattr(streamed(shuffled), name))


@given(PAIRS)
def test_both_directions_hold_the_same_edges(edges: list[tuple[int, int, int]]) -> None:
    one = streamed(edges)
    sources = np.repeat(np.arange(one.source_count), np.diff(one.source_offsets))
    targets = np.repeat(np.arange(one.target_count), np.diff(one.target_offsets))
    forth = set(zip(sources.tolist(), one.target_ix.tolist(), one.weight.tolist(), strict=True))
    back = set(zip(one.source_ix.tolist(), targets.tolist(), one.reverse_weight.tolist(), strict=True))
    assert forth == back == set(edges)


@pytest.mark.parametrize(("edge", "end"), [((7, 0, 1), "source row 7"), ((0, -1, 1), "target row -1")])
def test_an_edge_past_its_node_set_is_refused_with_its_relation(edge: tuple[int, int, int], end: str) -> None:
    with pytest.raises(ValueError, match=f"relation 'streamed': {end} is outside"):
        streamed([edge])


def test_an_edge_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"relation 'streamed': edge \(1, 2\) is given twice"):
        streamed([(1, 2, 3), (1, 2, 4)])


def test_a_weight_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="relation 'streamed': every weight"):
        streamed([(1, 2, 0)])


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"mood": np.zeros(1)}, "fact 'mood' is none of its own"),
        ({"just_paid_share": np.array([np.nan])}, "fact 'just_paid_share' has a value that is not finite"),
    ],
)
def test_facts_that_are_not_declared_and_finite_are_refused(facts: dict[str, np.ndarray], why: str) -> None:
    one = np.zeros(1, np.int64)
    with pytest.raises(ValueError, match=why):
        edge_set(STREAMED, one, one, np.ones(1), source_count=1, target_count=1, facts=facts)


def test_edges_must_fit_the_nodes_of_their_graph() -> None:
    nodes = {kind: node_set(kind, list("abcde"), (), np.zeros((5, 0))) for kind in (LISTENER, TRACK)}
    with pytest.raises(ValueError, match="'streamed' expects 7 nodes of kind 'listener', the graph has 5"):
        Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={"streamed": streamed([])})


def test_a_graph_is_read_without_loading_torch() -> None:
    code = "import sys, graphfraud.graph.snapshot; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
