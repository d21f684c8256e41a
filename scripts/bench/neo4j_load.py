"""Measure loading 300 k nodes and 3 M relationships into a real Neo4j, and asking it afterwards.

Four measurements in one run, on one server of its own with a home of its own:

- first load: the rows as CSV, the server stopped, Neo4j's importer, the server started, indexes made; until it answers;
- update: the same database brought to the next day over Bolt (one pair in ten new or played again, every subject
  judged anew), until the new run is current; then what is removed, which nobody waits for;
- the naive loader, on a part of the same rows: each row a map, one writer, MERGE, batches of 1,000;
- each question of the investigators' pack, warm, the slowest of three.

Rows are nodes and relationships that were made; of an update also those that were ended. The last line is one JSON
object: `first_load_ratio` and `update_ratio` are rows a second over the naive loader's, `rows` and `seconds` those of
the first load.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import polars as pl
from neo4j_world import Size, made_up

from graphfraud.neo4j.ask import ask
from graphfraud.neo4j.asking.parameters import parsed_values
from graphfraud.neo4j.asking.questions import questions
from graphfraud.neo4j.connection import connected
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.loading.first import first_load
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.loading.update import update
from graphfraud.neo4j.projection.projected import Projection
from graphfraud.neo4j.projection.rows import NodeTable
from graphfraud.neo4j.schema import empty, prepare
from graphfraud.neo4j.server.home import server_home
from graphfraud.neo4j.server.local import LocalServer

NAIVE_BATCH: Final = 1_000
NAIVE_RELATIONSHIPS: Final = 40_000
"""The part that the naive loader is measured on, with the nodes at its ends: drawn from all, in no order."""


IDS: Final = {
    "ring_id": "ring-0000000000000000",
    "other_ring_id": "ring-0000000000000001",
    "account_id": "acc-0000000",
    "other_account_id": "acc-0000001",
    "track_id": "trk-0000000",
    "listener_id": "lis-0164999",
    "subject_id": "acc-0000000",
    "means_id": "device:device-0000000",
}
"""What questions are asked about: the first ring, and what belongs to it."""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", type=float, default=1.0, help="share of 300 k nodes and 3 M relationships")
    asked = parser.parse_args()
    size = _size(asked.part)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRAPHFRAUD_NEO4J_HOME"] = str(Path(folder) / "home")
        for name in ("NEO4J_URI", "NEO4J_PASSWORD"):
            os.environ.pop(name, None)
        server = LocalServer(server_home())
        server.start(say=_say)
        try:
            figures = _measured(server, size)
        finally:
            server.stop()
    print(json.dumps(figures))


def _size(part: float) -> Size:
    whole = Size()
    return Size(**{name: max(int(getattr(whole, name) * part), 5_000) for name in Size.__dataclass_fields__})


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _measured(server: LocalServer, size: Size) -> dict[str, Any]:
    first = made_up(size, day=0)
    with connected(server.login) as driver:
        naive = _naive(Database(driver), first)
        empty(Database(driver))
    server.stop()  # a first load meets a server that has nothing to write down yet
    server.start()
    rows = _row_count(first)
    began = time.perf_counter()
    with LoadProgress() as progress:
        first_load(server, first, progress)
    seconds = time.perf_counter() - began
    _say(f"first load: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows/s")
    with connected(server.login) as driver:
        update_figures = _updated(Database(driver), made_up(size, day=1))
        questions_s = _asked(Database(driver))
    first_ratio = rows / seconds / naive["rows_per_s"]
    return {
        "first_load_ratio": round(first_ratio, 2),
        "update_ratio": round(update_figures["rows_per_s"] / naive["rows_per_s"], 2),
        "rows": rows,
        "seconds": round(seconds, 1),
        "first_load_rows_per_s": round(rows / seconds),
        "update": update_figures,
        "naive": naive,
        "slowest_question_s": max(questions_s.values()),
        "questions_s": questions_s,
    }


def _row_count(projected: Projection) -> int:
    tables = (*projected.facts, *projected.judgements(1))
    return sum(nodes.rows.height for nodes in projected.nodes) + sum(table.rows.count for table in tables)


def _updated(database: Database, second: Projection) -> dict[str, Any]:
    prepare(database)
    began = time.perf_counter()
    with LoadProgress() as progress:
        update(database, second, progress)
    whole = time.perf_counter() - began
    written = {what: count for what, count in progress.written.items() if not what.endswith("removed")}
    rows = sum(written.values())
    seconds = whole - progress.seconds["removing what is past"]
    _say(f"update: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows/s; with removal {whole:.1f} s")
    return {
        "rows": rows,
        "seconds": round(seconds, 1),
        "rows_per_s": round(rows / seconds),
        "removal_s": round(whole - seconds, 1),
    }


def _asked(database: Database) -> dict[str, float]:
    """Seconds of each question, warm, the slowest of three."""
    taken = {}
    for name, question in questions().items():
        given = {each.name: IDS[each.name] for each in question.parameters if each.default is None}
        values = parsed_values(question, [f"{key}={value}" for key, value in given.items()])
        ask(database, question, values, timeout_s=120.0)
        tries = []
        for _ in range(3):
            began = time.perf_counter()
            ask(database, question, values, timeout_s=120.0)
            tries.append(time.perf_counter() - began)
        taken[name] = round(max(tries), 3)
        _say(f"{name}: {taken[name]:.3f} s")
    return taken


def _naive(database: Database, projected: Projection) -> dict[str, Any]:
    """Rows a second of maps merged one batch after another, in the proportion of nodes to relationships of all rows."""
    prepare(database)
    tables = {table.label.name: table for table in projected.nodes}
    every = pl.concat(projected.facts[-1].rows.slices())
    edges = every.sample(NAIVE_RELATIONSHIPS, shuffle=True, seed=5)  # as events come: in no order
    taken = {
        "Listener": tables["Listener"].rows.filter(pl.col("listener_id").is_in(edges["source"].implode())),
        "Track": tables["Track"].rows.filter(pl.col("track_id").is_in(edges["target"].implode())),
    }
    node_s = sum(_merged_nodes(database, tables[name], rows) for name, rows in taken.items())
    node_s /= sum(rows.height for rows in taken.values())
    edge_s = _merged_edges(database, edges) / edges.height
    share = sum(table.rows.height for table in projected.nodes) / _row_count(projected)
    rate = 1 / (share * node_s + (1 - share) * edge_s)
    _say(f"naive: nodes {1 / node_s:,.0f} rows/s, relationships {1 / edge_s:,.0f} rows/s, together {rate:,.0f}")
    return {
        "rows_per_s": round(rate),
        "nodes_per_s": round(1 / node_s),
        "relationships_per_s": round(1 / edge_s),
    }


def _merged_nodes(database: Database, table: NodeTable, rows: pl.DataFrame) -> float:
    key, label = table.label.key, table.label.name
    statement = f"UNWIND $rows AS row MERGE (n:{label} {{{key}: row.{key}}}) SET n += row"
    return _seconds(database, statement, rows)


def _merged_edges(database: Database, rows: pl.DataFrame) -> float:
    statement = (
        "UNWIND $rows AS row MATCH (a:Listener {listener_id: row.source}) MATCH (b:Track {track_id: row.target}) "
        "MERGE (a)-[s:STREAMED]->(b) SET s.plays = row.plays, s.first_on = row.first_on, s.last_on = row.last_on, "
        "s.just_paid_share = row.just_paid_share, s.hour_plays = row.hour_plays, s.digest = row.digest, "
        "s.since = 1, s.until = 2147483647"
    )
    return _seconds(database, statement, rows)


def _seconds(database: Database, statement: str, rows: pl.DataFrame) -> float:
    began = time.perf_counter()
    for start in range(0, rows.height, NAIVE_BATCH):
        database.write(statement, {"rows": rows[start : start + NAIVE_BATCH].to_dicts()})
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
