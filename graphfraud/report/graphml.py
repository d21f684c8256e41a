"""Rings as a graph for any tool."""

from collections.abc import Iterable
from typing import Any

import networkx as nx

from graphfraud.printable import printable
from graphfraud.report.casefiles import CaseFile
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK


def ring_graph(cases: Iterable[CaseFile]) -> "nx.MultiDiGraph[str]":
    r"""All members of some rings and how they hang together, as a directed graph with parallel edges.

    Nodes are named `kind:id`, rings by their id; edges are `has_member`, `uploaded`, `streamed` (with plays) and
    `shares`. XML knows no control characters: they stand as Python writes them, such as `\x1b`.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for case in cases:
        ring_id = case.ring["ring_id"]
        graph.add_node(ring_id, kind="ring", ring_kind=case.ring["kind"], risk=case.ring["risk"])
        for kind, members in case.members.items():
            for row in members.iter_rows(named=True):
                name = _node(kind, row["subject_id"])
                graph.add_node(name, kind=kind, **_known(row, "risk", "verdict", "title", "artist_name"))
                graph.add_edge(ring_id, name, kind="has_member", role=row["role"], weight=row["weight"])
                if kind == TRACK and row["account_id"] is not None:
                    graph.add_node(_node(ACCOUNT, row["account_id"]), kind=ACCOUNT)
                    graph.add_edge(_node(ACCOUNT, row["account_id"]), name, kind="uploaded")
        for row in case.plays.iter_rows(named=True):
            ends = _node(LISTENER, row["listener_id"]), _node(TRACK, row["track_id"])
            graph.add_edge(*ends, kind="streamed", plays=row["plays"])
        for row in case.ties.iter_rows(named=True):
            means = printable(row["means_id"])
            graph.add_node(means, kind=row["means_kind"])
            graph.add_edge(_node(row["subject_kind"], row["subject_id"]), means, kind="shares")
    return graph


def _node(kind: str, subject_id: str) -> str:
    return f"{kind}:{printable(subject_id)}"


def _known(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Attributes that are there: GraphML knows no null."""
    known = {name: row[name] for name in names if row.get(name) is not None}
    return {name: printable(value) if isinstance(value, str) else value for name, value in known.items()}
