"""Constraints and indexes of the graph database, and what it must look like before anything is written."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import polars as pl

from graphfraud.errors.database import AnotherGraph
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.projection.projected import Projection
from graphfraud.vocabulary import ACCOUNT, LISTENER
from graphfraud.vocabulary.database import DATABASE_LABEL, LABELS, SCHEMA_VERSION, SUBJECT_LABELS

AT_ONCE: Final = 2
"""Constraints that are made at the same time, each of which reads all nodes of its label."""
DATABASE_NAME: Final = "graphfraud"
SAMPLE_COUNT: Final = 1_000
"""Subjects of each kind by which a platform is told from another."""
CONSTRAINTS: Final = tuple(
    dict.fromkeys(
        f"CREATE CONSTRAINT {label.keyed.lower()}_{label.key} IF NOT EXISTS "
        f"FOR (n:{label.keyed}) REQUIRE n.{label.key} IS UNIQUE"
        for label in LABELS
    )
)
INDEXES: Final = (
    "CREATE INDEX ring_id IF NOT EXISTS FOR (n:Ring) ON (n.ring_id)",
    "CREATE INDEX ring_run IF NOT EXISTS FOR (n:Ring) ON (n.run)",
    "CREATE INDEX restriction IF NOT EXISTS FOR ()-[r:JUDGED]-() ON (r.run, r.restriction)",
    "CREATE INDEX pays IF NOT EXISTS FOR ()-[r:PAYS]-() ON (r.run, r.artificial_amount)",
    "CREATE INDEX likeness IF NOT EXISTS FOR ()-[r:SOUNDS_LIKE]-() ON (r.cosine)",
)
"""Beside the keys', what questions are anchored on."""


def prepare(database: Database) -> None:
    """Makes constraints and indexes where they are missing, and the node that says what the database holds."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(database.command, (*CONSTRAINTS, *INDEXES)))
    database.command("CALL db.awaitIndexes(600)")
    database.write(
        f"MERGE (d:{DATABASE_LABEL.name} {{name: $name}}) ON CREATE SET d.schema_version = $version",
        {"name": DATABASE_NAME, "version": SCHEMA_VERSION},
    )


def refuse_foreign(database: Database, uri: str) -> None:
    """Raises: AnotherGraph when the database holds what graphfraud did not write, or under another schema."""
    total = database.one("MATCH (n) RETURN count(n) AS nodes").get("nodes", 0)
    base = dict.fromkeys(label.keyed for label in LABELS)
    ours = sum(database.one(f"MATCH (n:{label}) RETURN count(n) AS nodes")["nodes"] for label in base)
    if total > ours:
        raise AnotherGraph(uri, f"{total - ours:,} of its {total:,} nodes are not graphfraud's")
    version = schema_version(database)
    if total and version != SCHEMA_VERSION:
        known = "no schema version" if version is None else f"schema version {version}"
        raise AnotherGraph(uri, f"it has {known}, this release writes {SCHEMA_VERSION}")


def is_empty(database: Database) -> bool:
    """Whether nothing is there at all."""
    return not database.read("MATCH (n) RETURN n LIMIT 1")


def refuse_other_platform(database: Database, projected: Projection, uri: str) -> None:
    """Raises: AnotherGraph when most of the subjects that are there are not the run's: they are another platform's.

    From one day to the next a platform never loses half of its accounts or listeners, and the day on which one joined
    never changes; ids alone do not tell platforms apart that number them.
    """
    for kind in (ACCOUNT, LISTENER):
        label = SUBJECT_LABELS[kind]
        said = f"n.{label.key} AS id, n.created_at.epochMillis AS created_ms"
        rows = database.read(f"MATCH (n:{label.name}) RETURN {said} LIMIT {SAMPLE_COUNT}")
        there = pl.DataFrame([row.data() for row in rows], schema={"id": pl.String, "created_ms": pl.Int64})
        known = there.join(projected.known_since[kind], on=["id", "created_ms"], how="semi", nulls_equal=True).height
        if known < len(there) / 2:
            raise AnotherGraph(
                uri, f"it holds another platform: of {len(there):,} of its {kind}s {known:,} are the run's"
            )


def empty(database: Database) -> None:
    """Removes everything, in batches: relationships first, of which one node may have millions."""
    database.command("MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 20000 ROWS")
    database.command("MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 20000 ROWS")


def schema_version(database: Database) -> int | None:
    """The version under which the database was written; None where it was not."""
    found = database.one(f"MATCH (d:{DATABASE_LABEL.name}) RETURN d.schema_version AS version")
    return found.get("version")
