"""Node sets, edge sets and the graph that they make: arrays, each with its shape.

A node's row number (`_ix`) is the rank of its id in sorted order within one graph; nothing
outside a graph stores row numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from jaxtyping import Float32, Int32, Int64, Integer, Real, UInt8

from graphfraud.graph.ranks import QUANTILE_COUNT, normal_scores, quantile_table
from graphfraud.vocabulary import Relation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodeSet:
    """All nodes of one kind, in the order of their ids."""

    kind: str
    feature_names: tuple[str, ...]
    features: Float32[np.ndarray, "node feature"]
    """Raw and finite, in the units that their table declares."""
    quantiles: Float32[np.ndarray, f"feature {QUANTILE_COUNT}"]
    """This platform's own distribution of each feature."""
    ids_offsets: Int64[np.ndarray, "node+1"]
    ids_bytes: UInt8[np.ndarray, " byte"]
    """The ids one after another in UTF-8; id i ends where id i + 1 begins."""

    @property
    def count(self) -> int:
        """Number of nodes."""
        return len(self.ids_offsets) - 1

    def ids(self) -> list[str]:
        """The ids, in row order."""
        text = self.ids_bytes.tobytes()
        return [text[start:end].decode() for start, end in pairwise(self.ids_offsets.tolist())]


def node_set(
    kind: str, ids: Sequence[str], feature_names: Sequence[str], features: Real[np.ndarray, "node feature"]
) -> NodeSet:
    """The nodes of one kind, with their quantiles.

    Raises: ValueError for ids out of order or repeated, and for features that are not finite or not as many.
    """
    for earlier, later in pairwise(ids):
        if earlier >= later:
            raise ValueError(f"{kind} ids must be sorted and unique: {later!r} stands after {earlier!r}")
    if features.shape != (len(ids), len(feature_names)):
        raise ValueError(
            f"{kind} features have shape {features.shape}, not {(len(ids), len(feature_names))} as ids and names do"
        )
    values = np.ascontiguousarray(features, np.float32)
    for name, column in zip(feature_names, values.T, strict=True):
        if not np.isfinite(column).all():
            raise ValueError(f"{kind} feature {name!r} has a value that is not finite")
    encoded = [one.encode() for one in ids]
    return NodeSet(
        kind=kind,
        feature_names=tuple(feature_names),
        features=values,
        quantiles=quantile_table(values),
        ids_offsets=np.cumsum([0, *map(len, encoded)], dtype=np.int64),
        ids_bytes=np.frombuffer(b"".join(encoded), np.uint8),
    )


def ranked_features(
    nodes: NodeSet, quantiles: Float32[np.ndarray, f"feature {QUANTILE_COUNT}"] | None = None
) -> Float32[np.ndarray, "node feature"]:
    """The features as normal scores, in the platform's own quantiles or in those given."""
    return normal_scores(nodes.features, nodes.quantiles if quantiles is None else quantiles)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EdgeSet:
    """All edges of one relation, by source and by target (CSR both ways)."""

    relation: Relation
    source_offsets: Int64[np.ndarray, " source_offset"]
    target_ix: Int32[np.ndarray, " edge"]
    weight: Float32[np.ndarray, " edge"]
    target_offsets: Int64[np.ndarray, " target_offset"]
    source_ix: Int32[np.ndarray, " edge"]
    reverse_weight: Float32[np.ndarray, " edge"]
    """`weight` in the order of `source_ix`."""
    facts: Mapping[str, Real[np.ndarray, " edge"]] = field(default_factory=dict)
    """What else the relation says of each edge, by name, in the order of `target_ix`."""

    @property
    def count(self) -> int:
        """Number of edges."""
        return len(self.target_ix)

    @property
    def source_count(self) -> int:
        """Number of nodes of the source kind."""
        return len(self.source_offsets) - 1

    @property
    def target_count(self) -> int:
        """Number of nodes of the target kind."""
        return len(self.target_offsets) - 1


def edge_set(
    relation: Relation,
    source_ix: Integer[np.ndarray, " edge"],
    target_ix: Integer[np.ndarray, " edge"],
    weight: Real[np.ndarray, " edge"],
    *,
    source_count: int,
    target_count: int,
    facts: Mapping[str, Real[np.ndarray, " edge"]] | None = None,
) -> EdgeSet:
    """The edges of one relation, sorted; the order in which they are given leaves no trace.

    Raises: ValueError for an end outside its node set, an edge given twice, a weight that is not positive,
    facts that the relation does not declare, that are not as many as edges or not finite.
    """
    known_facts = dict(facts or {})
    _refuse_odd_facts(relation, known_facts, len(weight))
    _refuse_outside(relation, "source", source_ix, source_count)
    _refuse_outside(relation, "target", target_ix, target_count)
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError(f"relation {relation.name!r}: every weight must be finite and above 0")
    forth = np.lexsort((target_ix, source_ix))
    sources, targets = source_ix[forth].astype(np.int32), target_ix[forth].astype(np.int32)
    repeats = np.flatnonzero((np.diff(sources) == 0) & (np.diff(targets) == 0))
    if len(repeats):
        pair = int(sources[repeats[0]]), int(targets[repeats[0]])
        raise ValueError(f"relation {relation.name!r}: edge {pair} is given twice: add up its weights first")
    back = np.argsort(targets, kind="stable")
    weights = weight[forth].astype(np.float32)
    return EdgeSet(
        relation=relation,
        source_offsets=_offsets(sources, source_count),
        target_ix=targets,
        weight=weights,
        target_offsets=_offsets(targets, target_count),
        source_ix=sources[back],
        reverse_weight=weights[back],
        facts={name: values[forth] for name, values in known_facts.items()},
    )


def _refuse_odd_facts(relation: Relation, facts: Mapping[str, Real[np.ndarray, " _edge"]], edge_count: int) -> None:
    declared = [fact.name for fact in relation.facts]
    for name, values in facts.items():
        if name not in declared:
            raise ValueError(f"relation {relation.name!r}: fact {name!r} is none of its own, which are {declared}")
        if len(values) != edge_count:
            raise ValueError(
                f"relation {relation.name!r}: fact {name!r} has {len(values)} values for {edge_count} edges"
            )
        if not np.isfinite(values).all():
            raise ValueError(f"relation {relation.name!r}: fact {name!r} has a value that is not finite")


def _refuse_outside(relation: Relation, end: str, ix: Integer[np.ndarray, " edge"], count: int) -> None:
    if len(ix) and (ix.min() < 0 or ix.max() >= count):
        wrong = int(ix.min() if ix.min() < 0 else ix.max())
        raise ValueError(f"relation {relation.name!r}: {end} row {wrong} is outside its {count} nodes")


def _offsets(ix: Int32[np.ndarray, " edge"], count: int) -> Int64[np.ndarray, " offset"]:
    return np.concatenate([[0], np.cumsum(np.bincount(ix, minlength=count))]).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """Everything known before one instant: node sets by kind, edge sets by relation name."""

    as_of: str
    """ISO 8601, UTC."""
    nodes: Mapping[str, NodeSet]
    edges: Mapping[str, EdgeSet]

    def __post_init__(self) -> None:
        """Raises: ValueError when an edge set does not fit the node sets that it connects."""
        for name, edges in self.edges.items():
            for kind, count in (
                (edges.relation.source, edges.source_count),
                (edges.relation.target, edges.target_count),
            ):
                known = self.nodes[kind].count if kind in self.nodes else None
                if known != count:
                    raise ValueError(f"relation {name!r} expects {count} nodes of kind {kind!r}, the graph has {known}")
