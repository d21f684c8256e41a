"""Labels that stand or fall together, and splits of labels that keep them together.

Two accounts behind one payee, or an account and its tracks, are one case: a model that has seen one half
and is asked about the other has only to recognise it.
"""

from typing import Final

import numpy as np
from jaxtyping import Bool, Int64, Integer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphfraud.graph.typed import EdgeSet, Graph
from graphfraud.vocabulary import ACCOUNT_USED, LISTENER_USED, UPLOADED

MAX_TIED_COUNT: Final = 50
"""A means that more subjects use is a carrier's address or a campus: it makes no case of them."""
HOLDOUT_SHARE: Final = 0.25


def label_groups(graph: Graph) -> dict[str, Int64[np.ndarray, " _node"]]:
    """The case that each node belongs to, by kind: nodes joined by uploads or by a means that few use."""
    starts = dict(zip(graph.nodes, np.cumsum([0, *(nodes.count for nodes in graph.nodes.values())]), strict=False))
    node_count = sum(nodes.count for nodes in graph.nodes.values())
    ends = [np.zeros((2, 0), np.int64)]
    for relation in (UPLOADED, ACCOUNT_USED, LISTENER_USED):
        if relation.name in graph.edges:
            here = np.array([[starts[relation.source]], [starts[relation.target]]])
            ends.append(_binding_edges(graph.edges[relation.name]) + here)
    source, target = np.concatenate(ends, axis=1)
    joined = coo_array((np.ones(len(source), np.int8), (source, target)), shape=(node_count, node_count))
    _, group = connected_components(joined, directed=False)
    return {
        kind: group[starts[kind] : starts[kind] + nodes.count].astype(np.int64) for kind, nodes in graph.nodes.items()
    }


def _binding_edges(edges: EdgeSet) -> Int64[np.ndarray, "2 edge"]:
    """Source and target of the edges that make one case of their ends."""
    user_count = np.diff(edges.target_offsets)
    target = np.repeat(np.arange(edges.target_count), user_count)
    is_binding = user_count[target] <= MAX_TIED_COUNT
    return np.stack([edges.source_ix.astype(np.int64), target])[:, is_binding]


def folds(
    groups: Int64[np.ndarray, " label"], strata: Integer[np.ndarray, " label"], *, fold_count: int, seed: int
) -> Int64[np.ndarray, " label"]:
    """The fold of each label: whole groups, each stratum spread as evenly as groups allow.

    Greedy: the largest groups choose first, each the fold that has least of what the group brings;
    groups of one size come in seeded order. With fewer groups than folds some folds stay empty.
    """
    _, group_of = np.unique(groups, return_inverse=True)
    _, stratum_of = np.unique(strata, return_inverse=True)
    brings = np.zeros((group_of.max(initial=-1) + 1, stratum_of.max(initial=-1) + 1))
    np.add.at(brings, (group_of, stratum_of), 1.0)
    order = np.lexsort((np.random.default_rng(seed).permutation(len(brings)), -brings.sum(axis=1)))
    brings /= brings.sum(axis=0)
    filled = np.zeros((fold_count, brings.shape[1]))
    fold_of = np.zeros(len(brings), np.int64)
    for group in order:
        fold = np.lexsort((filled.sum(axis=1), filled @ brings[group]))[0]
        fold_of[group] = fold
        filled[fold] += brings[group]
    return fold_of[group_of]


def time_split(
    groups: Int64[np.ndarray, " label"], decided_at_us: Int64[np.ndarray, " label"], *, seed: int
) -> Bool[np.ndarray, " label"]:
    """Which labels are held out: the groups decided last, whole, as near to a quarter of the labels as they come.

    A group is as late as its latest label; groups of one instant come in seeded order. What was decided
    first and what was decided last may differ, which is what a split by chance would hide.
    """
    _, group_of, label_count = np.unique(groups, return_inverse=True, return_counts=True)
    if len(label_count) < 2:
        return np.zeros(len(groups), np.bool_)
    latest = np.full(len(label_count), np.iinfo(np.int64).min)
    np.maximum.at(latest, group_of, decided_at_us)
    order = np.lexsort((np.random.default_rng(seed).permutation(len(latest)), -latest))
    held_count = np.cumsum(label_count[order])[:-1]
    taken = 1 + np.argmin(np.abs(held_count - HOLDOUT_SHARE * len(groups)))
    return np.isin(group_of, order[:taken])
