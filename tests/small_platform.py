"""A platform small enough to learn in a second, with farms planted in it, for tests of graph, model and detector."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import install_import_hook

with install_import_hook(["graphfraud.graph", "graphfraud.model", "graphfraud.detector"], "beartype.beartype"):
    # Shapes and types of every call are checked in these packages while tests run.
    import graphfraud.detector.detect
    import graphfraud.graph.snapshot
    import graphfraud.model.checkpoint  # noqa: F401  # imported to be checked

from graphfraud.detector.splits import LabelSet
from graphfraud.graph.typed import EdgeSet, Graph, NodeSet, edge_set, node_set
from graphfraud.vocabulary import (
    ACCOUNT,
    ACCOUNT_USED,
    LISTENER,
    LISTENER_USED,
    MEAN,
    STREAMED,
    TRACK,
    UPLOADED,
    Relation,
)

COUNTS = {ACCOUNT: 60, TRACK: 240, LISTENER: 400, MEAN: 30}
FEATURES = {
    ACCOUNT: ("play_log", "effort_share", "age_log"),
    TRACK: ("play_log", "loyalty_log", "chosen_share", "duration_log"),
    LISTENER: ("play_log", "just_paid_share", "flat_day_nats", "skip_share"),
    MEAN: (),
}
DIRECTIONS = {
    ACCOUNT: np.array([0, 1, 0], np.int8),
    TRACK: np.array([0, 1, -1, 0], np.int8),
    LISTENER: np.array([0, 1, 1, 0], np.int8),
}
FARM_COUNT = 6
ACCOUNTS_A_FARM, LISTENERS_A_FARM = 2, 15


@dataclass(frozen=True, slots=True)
class Platform:
    """A graph and, for each subject, the number of its farm; -1 for everybody else."""

    graph: Graph
    farm: dict[str, np.ndarray]

    def labels(self, farms: range, honest_count: int = 60) -> dict[str, LabelSet]:
        """All members of some farms and some honest subjects, decided farm by farm with a share of the honest."""
        return {kind: self._labels(kind, farms, honest_count) for kind in DIRECTIONS}

    def _labels(self, kind: str, farms: range, honest_count: int) -> LabelSet:
        honest = np.flatnonzero(self.farm[kind] < 0)[:: max(1, (self.farm[kind] < 0).sum() // honest_count)]
        frauds = np.flatnonzero(np.isin(self.farm[kind], farms))
        node_ix = np.sort(np.concatenate([honest, frauds])).astype(np.int32)
        farm = self.farm[kind][node_ix]
        decided_at_us = np.where(farm < 0, np.arange(len(farm)) % len(farms), farm)
        return LabelSet(node_ix=node_ix, is_fraud=farm >= 0, decided_at_us=decided_at_us)


def farmed_platform(*, strength: float = 1.5, seed: int = 0) -> Platform:
    """Crowds that play hits, and farms whose listeners play their accounts' tracks from a few shared devices.

    `strength` is how far, in standard deviations, a farm's accusing features lie from others'.
    """
    random = np.random.default_rng(seed)
    owner = np.sort(random.integers(0, COUNTS[ACCOUNT], COUNTS[TRACK]))
    farm = {kind: np.full(count, -1) for kind, count in COUNTS.items()}
    for number in range(FARM_COUNT):
        accounts = number * ACCOUNTS_A_FARM + np.arange(ACCOUNTS_A_FARM)
        farm[ACCOUNT][accounts] = number
        farm[TRACK][np.isin(owner, accounts)] = number
        farm[LISTENER][number * LISTENERS_A_FARM + np.arange(LISTENERS_A_FARM)] = number
    plays = _plays(random, farm)
    nodes = {kind: _nodes(random, kind, farm[kind], strength) for kind in COUNTS}
    edges = [
        _edges(UPLOADED, owner, np.arange(COUNTS[TRACK]), np.ones(COUNTS[TRACK])),
        _edges(STREAMED, *plays),
        _edges(ACCOUNT_USED, *_devices(np.arange(FARM_COUNT * ACCOUNTS_A_FARM), ACCOUNTS_A_FARM)),
        _edges(LISTENER_USED, *_devices(np.arange(FARM_COUNT * LISTENERS_A_FARM), LISTENERS_A_FARM)),
    ]
    graph = Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={one.relation.name: one for one in edges})
    return Platform(graph, farm)


def _plays(random: np.random.Generator, farm: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Listener, track and plays of every pair that meets."""
    popularity = random.pareto(1.5, COUNTS[TRACK]) + 0.1
    heard = random.random((COUNTS[LISTENER], COUNTS[TRACK])) < np.clip(0.03 * popularity, 0.0, 0.5)
    for number in range(FARM_COUNT):
        here = np.ix_(farm[LISTENER] == number, farm[TRACK] == number)
        heard[here] = random.random(heard[here].shape) < 0.6
    listener, track = np.nonzero(heard)
    return listener, track, random.geometric(0.4, len(listener)).astype(np.float64)


def _devices(subjects: np.ndarray, a_farm: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each farm's subjects on a device of the farm's own."""
    return subjects, subjects // a_farm, np.ones(len(subjects))


def _nodes(random: np.random.Generator, kind: str, farm: np.ndarray, strength: float) -> NodeSet:
    features = random.normal(size=(len(farm), len(FEATURES[kind])))
    if kind in DIRECTIONS:
        features[farm >= 0] += strength * DIRECTIONS[kind]
    return node_set(kind, [f"{kind}-{number:04d}" for number in range(len(farm))], FEATURES[kind], features)


def _edges(relation: Relation, source: np.ndarray, target: np.ndarray, weight: np.ndarray) -> EdgeSet:
    return edge_set(
        relation, source, target, weight, source_count=COUNTS[relation.source], target_count=COUNTS[relation.target]
    )


def relabelled(graph: Graph, seed: int) -> tuple[Graph, dict[str, np.ndarray]]:
    """The same graph under other ids, and for each kind the new row of each old one."""
    random = np.random.default_rng(seed)
    new_ix = {kind: random.permutation(nodes.count) for kind, nodes in graph.nodes.items()}
    nodes = {kind: _moved(one, new_ix[kind]) for kind, one in graph.nodes.items()}
    edges = {
        name: edge_set(
            one.relation,
            new_ix[one.relation.source][np.repeat(np.arange(one.source_count), np.diff(one.source_offsets))],
            new_ix[one.relation.target][one.target_ix],
            one.weight,
            source_count=one.source_count,
            target_count=one.target_count,
        )
        for name, one in graph.edges.items()
    }
    return Graph(as_of=graph.as_of, nodes=nodes, edges=edges), new_ix


def _moved(nodes: NodeSet, new_ix: np.ndarray) -> NodeSet:
    features = np.empty_like(nodes.features)
    features[new_ix] = nodes.features
    return node_set(nodes.kind, nodes.ids(), nodes.feature_names, features)
