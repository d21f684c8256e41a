"""A finished run as all that goes into the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from graphfraud.errors import InputRefused
from graphfraud.folders.finished import finished_run
from graphfraud.graph.snapshot import graph_digest, read_graph
from graphfraud.graph.typed import Graph
from graphfraud.neo4j.projection.facts import fact_tables, node_tables
from graphfraud.neo4j.projection.judgements import JUDGED_TABLES, judgement_tables, ring_rows, run_properties
from graphfraud.neo4j.projection.kept import Kept, kept_of
from graphfraud.neo4j.projection.rows import NodeTable, RelationshipTable
from graphfraud.neo4j.projection.scope import around_rings
from graphfraud.tables import PLAYS_BY_HOUR, TWINS
from graphfraud.vocabulary import ACCOUNT, LISTENER, SUBJECT_KINDS

Scope = Literal["all", "rings"]
ALL_UP_TO: Final = 20_000_000
"""Streamed edges up to which everything goes in, if nothing else is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Rows of the database that a run makes, and what is left out of them."""

    nodes: Sequence[NodeTable]
    facts: Sequence[RelationshipTable]
    run: dict[str, Any]
    """Properties of the run's node."""
    scope: Scope
    left_out: dict[str, int]
    """Nodes and relationships of the run that do not go in, by label or type."""
    known_since: Mapping[str, pl.DataFrame]
    """Every account and listener of the run by kind, in the scope or not: id, created_ms."""
    rings: Callable[[int], pl.DataFrame]
    """Its rings as nodes, under the number of a load."""
    judgements: Callable[[int], list[RelationshipTable]]
    """What the run thinks, under the number of a load."""


def projection(folder: Path, asked: Scope | None = None) -> Projection:
    """The rows that a finished run makes.

    Raises: UsageError when no run is there, InputRefused when it is damaged or from a release that kept too little.
    """
    finished = finished_run(folder)
    graph = read_graph(folder / "graph")
    if graph_digest(graph) != finished.identity["tables"].get("graph"):
        raise InputRefused(f"{folder / 'graph'}: the run is damaged: it was made with another graph: make it again")
    subjects = {kind: finished.table(f"subjects/{kind}s") for kind in SUBJECT_KINDS}
    hours = finished.scan(PLAYS_BY_HOUR).select("hour_plays")
    twins = finished.table(TWINS)
    judged = {name: finished.table(name) for name in JUDGED_TABLES}  # all is verified before anything is written
    amount = float(finished.identity["policy"]["payout"]["amount_per_stream"])
    if hours.select(pl.len()).collect().item() != graph.edges["streamed"].count:
        raise InputRefused(f"{folder}: the run is damaged: {PLAYS_BY_HOUR} is of another graph: make it again")
    scope: Scope = asked or ("all" if graph.edges["streamed"].count <= ALL_UP_TO else "rings")
    whole = Kept()
    kept = whole
    if scope == "rings":
        masks = around_rings(graph, judged["ring_members"], seed=finished.identity["seed"])
        kept = kept_of(graph, masks)
    nodes, facts = _tables(subjects, graph, hours, twins, kept)
    left_out = {} if scope == "all" else _left_out(_tables(subjects, graph, hours, twins, whole), (nodes, facts))
    return Projection(
        nodes=nodes,
        facts=facts,
        run=run_properties(finished, graph),
        scope=scope,
        left_out=left_out,
        known_since={
            kind: subjects[kind].select(id=f"{kind}_id", created_ms=pl.col("created_at").dt.epoch("ms"))
            for kind in (ACCOUNT, LISTENER)
        },
        rings=lambda number: ring_rows(judged["rings"], number),
        judgements=lambda number: list(judgement_tables(judged, amount, subjects, graph, kept, number)),
    )


Tables = tuple[list[NodeTable], list[RelationshipTable]]


def _tables(
    subjects: dict[str, pl.DataFrame], graph: Graph, hours: pl.LazyFrame, twins: pl.DataFrame, kept: Kept
) -> Tables:
    return list(node_tables(subjects, graph, kept)), list(fact_tables(subjects, graph, hours, twins, kept))


def _left_out(whole: Tables, taken: Tables) -> dict[str, int]:
    """How many of each label and type do not go in."""
    counts: dict[str, int] = {}
    for (nodes, facts), sign in ((whole, 1), (taken, -1)):
        for node in nodes:
            counts[node.label.name] = counts.get(node.label.name, 0) + sign * node.rows.height
        for fact in facts:
            counts[fact.type.name] = counts.get(fact.type.name, 0) + sign * fact.rows.count
    return {name: count for name, count in counts.items() if count}
