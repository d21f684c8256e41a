"""Rings as a graph for any tool."""

from collections.abc import Iterable
from typing import Any

import networkx as nx

from graphfraud.report.casefiles import CaseFile
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK


def ring_graph(cases: Iterable[CaseFile]) -> "nx.MultiDiGraph[str]":
    """All members of some rings and how they hang together, as a directed graph with parallel edges.

    Nodes are named `kind:id`, rings by their id; edges are `has_member`, `uploaded`, `streamed` (with plays) and
    `shares`.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for case in cases:
        ring_id = case.ring["ring_id"]
        graph.add_node(ring_id, kind="ring", ring_kind=case.ring["kind"], risk=case.ring["risk"])
        for kind, members in case.members.items():
            for row in members.iter_rows(named=True):
                name = f"{kind}:{row['subject_id']}"
                graph.add_node(name, kind=kind, **_known(row, "risk", "verdict", "title", "artist_name"))
                graph.add_edge(ring_id, name, kind="has_member", role=row["role"], weight=row["weight"])
                if kind == TRACK and row["account_id"] is not None:
                    graph.add_edge(f"{ACCOUNT}:{row['account_id']}", name, kind="uploaded")
        for row in case.plays.iter_rows(named=True):
            ends = f"{LISTENER}:{row['listener_id']}", f"{TRACK}:{row['track_id']}"
            graph.add_edge(*ends, kind="streamed", plays=row["plays"])
        for row in case.ties.iter_rows(named=True):
            graph.add_node(row["means_id"], kind=row["means_kind"])
            graph.add_edge(f"{row['subject_kind']}:{row['subject_id']}", row["means_id"], kind="shares")
    return graph


def _known(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Attributes that are there: GraphML knows no null, and XML no control characters."""
    return {name: _clean(row[name]) for name in names if row.get(name) is not None}


def _clean(value: Any) -> Any:
    return "".join(c for c in value if c.isprintable()) if isinstance(value, str) else value
