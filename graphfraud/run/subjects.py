"""Tables by id on one side, arrays by row number on the other: the crossings between them."""

from datetime import datetime

import numpy as np
import polars as pl
from jaxtyping import Int8

from graphfraud.detector.splits import LabelSet
from graphfraud.graph.typed import Graph, edge_set, node_set
from graphfraud.tables import feature_facts
from graphfraud.vocabulary import ID_COLUMN, SUBJECT_KINDS
from graphfraud_features.snapshot import GraphTables


def graph_of(tables: GraphTables, as_of: datetime) -> Graph:
    """The tables as a typed graph."""
    nodes = {
        kind: node_set(
            kind, frame[ID_COLUMN[kind]].to_list(), frame.columns[1:], frame.drop(ID_COLUMN[kind]).to_numpy()
        )
        for kind, frame in tables.nodes.items()
    }
    edges = {
        table.relation.name: edge_set(
            table.relation,
            table.source_ix,
            table.target_ix,
            table.weight,
            source_count=nodes[table.relation.source].count,
            target_count=nodes[table.relation.target].count,
            facts=table.facts,
        )
        for table in tables.edges
    }
    return Graph(as_of=as_of.isoformat(), nodes=nodes, edges=edges)


def label_sets(graph: Graph, labels: pl.DataFrame) -> dict[str, LabelSet]:
    """The labels of each kind by row number; labels other than fraud and legitimate teach nothing."""
    telling = labels.filter(pl.col("label").is_in(["fraud", "legitimate"]))
    return {kind: _label_set(graph, telling.filter(subject_kind=kind), kind) for kind in SUBJECT_KINDS}


def _label_set(graph: Graph, labels: pl.DataFrame, kind: str) -> LabelSet:
    rows = pl.DataFrame({"subject_id": graph.nodes[kind].ids()}, schema={"subject_id": pl.String}).with_row_index("ix")
    placed = labels.join(rows, on="subject_id").sort("ix")
    return LabelSet(
        node_ix=placed["ix"].cast(pl.Int32).to_numpy(),
        is_fraud=(placed["label"] == "fraud").to_numpy(),
        decided_at_us=placed["decided_at"].to_physical().to_numpy(),
    )


def directions() -> dict[str, Int8[np.ndarray, " feature"]]:
    """For each kind: whether fraud pushes a feature up (+1), down (-1), or it only explains (0)."""
    return {
        kind: np.array([facts["suspicious"] for facts in feature_facts(kind).values()], np.int8)
        for kind in SUBJECT_KINDS
    }
