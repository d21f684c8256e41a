"""A graph on disk: one .npy file an array and a manifest with the digest of each, read memory-mapped."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tokenize import TokenError
from typing import Any, Final

import numpy as np

from graphfraud.errors import InputRefused
from graphfraud.folders.manifest import MANIFEST, read_manifest, write_manifest
from graphfraud.graph.typed import EdgeSet, Graph, NodeSet
from graphfraud.vocabulary import Fact, Relation

NODE_ARRAYS: Final = ("features", "quantiles", "ids_offsets", "ids_bytes")
EDGE_ARRAYS: Final = (
    "source_offsets",
    "target_ix",
    "weight",
    "target_offsets",
    "source_ix",
    "reverse_weight",
)
WHAT: Final = "graph snapshot"


def write_graph(folder: Path, graph: Graph, *, origin: Mapping[str, Any] | None = None) -> None:
    """Write the graph into `folder`, the manifest last.

    `origin` says what it was made from; it is not in the digest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in _arrays(graph).items():
        np.save(folder / name, array, allow_pickle=False)
    facts = _facts(graph)
    write_manifest(folder, {"kind": "graph", "digest": _facts_digest(facts), "origin": dict(origin or {}), **facts})


def read_graph(folder: Path) -> Graph:
    """The graph that `write_graph` left, memory-mapped and read-only; every value is checked against its digest.

    Raises: UsageError for a newer format, InputRefused for a file that is missing or not what was written.
    """
    facts = read_manifest(folder, WHAT)
    digest = facts.pop("digest", None)
    facts = {name: fact for name, fact in facts.items() if name not in {"kind", "origin"}}
    try:
        arrays = {name: _verified_array(folder / name, expected) for name, expected in facts["arrays"].items()}
        graph = _assembled(facts, arrays)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputRefused(f"{folder / MANIFEST}: {WHAT} is damaged: {error}; write it again") from error
    if digest != _facts_digest(facts):
        raise InputRefused(f"{folder / MANIFEST}: {WHAT} is damaged: it has another digest; write it again")
    return graph


def graph_digest(graph: Graph) -> str:
    """SHA-256 over the graph's names and values, in hex; the same however the graph is held."""
    return _facts_digest(_facts(graph))


def _facts_digest(facts: Mapping[str, Any]) -> str:
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _facts(graph: Graph) -> dict[str, Any]:
    return {
        "as_of": graph.as_of,
        "nodes": {
            kind: {"count": nodes.count, "feature_names": list(nodes.feature_names)}
            for kind, nodes in graph.nodes.items()
        },
        "edges": {
            name: {
                "source": edges.relation.source,
                "target": edges.relation.target,
                "weight": edges.relation.weight,
                "count": edges.count,
                **_declared_facts(edges),
            }
            for name, edges in graph.edges.items()
        },
        "arrays": {name: _array_digest(array) for name, array in _arrays(graph).items()},
    }


def _arrays(graph: Graph) -> dict[str, np.ndarray]:
    of_nodes = {
        f"{kind}.{name}.npy": getattr(nodes, name) for kind, nodes in graph.nodes.items() for name in NODE_ARRAYS
    }
    of_edges = {
        f"{relation}.{name}.npy": getattr(edges, name)
        for relation, edges in graph.edges.items()
        for name in EDGE_ARRAYS
    }
    of_facts = {
        f"{relation}.fact-{name}.npy": values
        for relation, edges in graph.edges.items()
        for name, values in edges.facts.items()
    }
    return of_nodes | of_edges | of_facts


def _declared_facts(edges: EdgeSet) -> dict[str, dict[str, str]]:
    """The unit of each fact by name, under a key that a graph without facts does not have, now as ever."""
    declared = {fact.name: fact.unit for fact in edges.relation.facts if fact.name in edges.facts}
    return {"facts": declared} if declared else {}


def _array_digest(array: np.ndarray) -> str:
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    digest = sha256(f"{little.dtype.str} {array.shape} ".encode())
    digest.update(little.data if little.size else b"")
    return digest.hexdigest()


def _verified_array(path: Path, expected_digest: str) -> np.ndarray:
    try:
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise InputRefused(f"{path}: missing from the {WHAT}; write it again") from error
    except (OSError, ValueError, EOFError, OverflowError, TokenError) as error:
        raise InputRefused(f"{path}: {WHAT} is damaged: no whole array is in this file; write it again") from error
    if _array_digest(array) != expected_digest:
        raise InputRefused(f"{path}: {WHAT} is damaged: the values are not those written; write it again")
    return array


def _assembled(facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Graph:
    nodes = {
        kind: NodeSet(
            kind=kind,
            feature_names=tuple(said["feature_names"]),
            **{name: arrays[f"{kind}.{name}.npy"] for name in NODE_ARRAYS},
        )
        for kind, said in facts["nodes"].items()
    }
    edges = {
        name: EdgeSet(
            relation=Relation(
                name=name,
                source=said["source"],
                target=said["target"],
                weight=said["weight"],
                facts=tuple(Fact(name=fact, unit=unit) for fact, unit in said.get("facts", {}).items()),
            ),
            **{array: arrays[f"{name}.{array}.npy"] for array in EDGE_ARRAYS},
            facts={fact: arrays[f"{name}.fact-{fact}.npy"] for fact in said.get("facts", {})},
        )
        for name, said in facts["edges"].items()
    }
    return Graph(as_of=facts["as_of"], nodes=nodes, edges=edges)
