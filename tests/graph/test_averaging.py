import numpy as np
import pytest
from small_platform import farmed_platform

from graphfraud.graph.averaging import Averaging, averagings
from graphfraud.graph.typed import Graph, edge_set, node_set
from graphfraud.vocabulary import LISTENER, LISTENER_USED, MEAN, STREAMED, TRACK, Relation


def dense(one: Averaging) -> np.ndarray:
    matrix = np.zeros((one.row_count, one.column_count))
    matrix[np.repeat(np.arange(one.row_count), np.diff(one.offsets)), one.ix] = one.share
    return matrix


def both_ways(relation: Relation, edges: list[tuple[int, int, float]]) -> tuple[np.ndarray, np.ndarray]:
    """The mean of each of four sources and of each of three targets."""
    source, target, weight = np.array(edges).T
    ix = source.astype(np.int64), target.astype(np.int64)
    nodes = {
        relation.source: node_set(relation.source, list("abcd"), (), np.zeros((4, 0))),
        relation.target: node_set(relation.target, list("xyz"), (), np.zeros((3, 0))),
    }
    one = edge_set(relation, *ix, weight, source_count=4, target_count=3)
    means = averagings(Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={relation.name: one}))
    return dense(means[relation.name]), dense(means[f"{relation.name}_by"])


def test_shares_add_up_to_one_for_every_node_with_neighbours() -> None:
    for one in averagings(farmed_platform().graph).values():
        totals = dense(one).sum(axis=1)
        np.testing.assert_allclose(totals, np.diff(one.offsets) > 0, atol=1e-5)


def test_plays_count_by_their_logarithm() -> None:
    _, of_listeners = both_ways(STREAMED, [(0, 0, 1), (1, 0, 7)])
    assert of_listeners[0, :2] == pytest.approx([1 / 4, 3 / 4])


def test_a_hit_weighs_less_in_a_listeners_mean_than_a_track_that_few_hear() -> None:
    of_tracks, _ = both_ways(STREAMED, [(0, 0, 1), (1, 0, 1), (2, 0, 1), (3, 0, 1), (0, 1, 1)])
    assert of_tracks[0, :2] == pytest.approx([1 / 3, 2 / 3])


def test_a_shared_means_weighs_by_its_strangers_and_is_damped_no_further() -> None:
    of_means, of_users = both_ways(LISTENER_USED, [(0, 0, 1 / 3), (1, 0, 1 / 3), (2, 0, 1 / 3), (0, 1, 1)])
    crowd, few = np.log1p(1 / 3), np.log1p(1)
    assert of_means[0, :2] == pytest.approx([crowd / (crowd + few), few / (crowd + few)])
    assert of_users[0, :3] == pytest.approx([1 / 3] * 3)


def test_a_relation_of_one_kind_with_itself_takes_plain_means() -> None:
    follows = Relation(name="followed", source="node", target="node", weight="1")
    nodes = {"node": node_set("node", list("abc"), (), np.zeros((3, 0)))}
    one = edge_set(follows, np.array([0, 0]), np.array([1, 2]), np.ones(2), source_count=3, target_count=3)
    means = averagings(Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={"followed": one}))
    assert dense(means["followed"])[0].tolist() == [0.0, 0.5, 0.5]
    assert dense(means["followed_by"])[1].tolist() == [1.0, 0.0, 0.0]


def test_kinds_stand_on_the_side_that_their_relation_gives_them() -> None:
    means = averagings(farmed_platform().graph)
    assert (means["streamed"].row_kind, means["streamed"].column_kind) == (LISTENER, TRACK)
    assert (means["listener_used_by"].row_kind, means["listener_used_by"].column_kind) == (MEAN, LISTENER)
