"""The first load: Neo4j's own importer fills the database of a local server while that is down."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.folders.failpoints import failpoint
from graphfraud.folders.whole import locked_partial, remove_leftovers
from graphfraud.neo4j.connection import connected
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.loading.numbers import BECOMES_CURRENT
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.projection.projected import Projection
from graphfraud.neo4j.projection.rows import RelationshipTable
from graphfraud.neo4j.schema import DATABASE_NAME, prepare
from graphfraud.neo4j.server.csv_files import NodeFile, RelationshipFile, write_node_csv, write_relationship_csv
from graphfraud.neo4j.server.home import ServerHome
from graphfraud.neo4j.server.importer import offline_import
from graphfraud.neo4j.server.local import LocalServer
from graphfraud.vocabulary.database import (
    DATABASE_LABEL,
    FOREVER,
    RING_LABEL,
    RUN_LABEL,
    SCHEMA_VERSION,
    Label,
    Property,
    RelationshipType,
)

FIRST: Final = 1
"""The number of a first load."""
DIGEST: Final = Property(name="digest", type="long", unit="tells rows with other values apart")
HELD: Final = (
    DIGEST,
    Property(name="since", type="long", unit="number of the load from which on it holds"),
    Property(name="until", type="long", unit="number of the load from which on it no longer holds"),
)
AT_ONCE: Final = 1_000_000
"""Rows of a file."""


def first_load(server: LocalServer, projected: Projection, progress: LoadProgress) -> None:
    """Replaces all that a local server holds by the run; killed anywhere, the next load does it over.

    Raises: EnvironmentFault when disk or memory do not suffice, or the importer fails.
    """
    with _csv_folder(server.home) as folder:
        judgements = projected.judgements(FIRST)
        tables = (*projected.facts, *judgements)
        rows = sum(nodes.rows.height for nodes in projected.nodes) + sum(table.rows.count for table in tables)
        with progress.step("writing files", rows):
            nodes = [*_node_files(folder, projected, progress)]
            relationships = [file for table in tables for file in _relationship_files(folder, table, progress)]
        with progress.step("importing", rows):
            offline_import(server, nodes, relationships, say=progress.say)
    with progress.step("making indexes", 0), connected(server.login) as driver:
        database = Database(driver, server.login.database)
        prepare(database)
        failpoint("neo4j: indexes made")
        said = {"load": FIRST, "previous": None, "digest": projected.run["graph_digest"]}
        database.write(BECOMES_CURRENT, said)


@contextmanager
def _csv_folder(home: ServerHome) -> Iterator[Path]:
    """A folder for files as large as the database; what a killed load left there is removed."""
    place = home.folder / "csv"
    remove_leftovers(place)
    folder, lock = locked_partial(place)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _node_files(folder: Path, projected: Projection, progress: LoadProgress) -> Iterator[NodeFile]:
    for table in projected.nodes:
        if table.rows.height:
            yield write_node_csv(table.rows, folder / f"{table.label.name}.csv", table.label, (DIGEST,))
        progress.advance(table.rows.height)
    rings = projected.rings(FIRST)
    if rings.height:
        yield write_node_csv(rings, folder / f"{RING_LABEL.name}.csv", RING_LABEL)
    for label, row in _singles(projected):
        yield write_node_csv(row, folder / f"{label.name}.csv", label)


def _singles(projected: Projection) -> Iterator[tuple[Label, pl.DataFrame]]:
    """The run, not current before it has its indexes, and the node that says what the database holds."""
    run = pl.DataFrame({RUN_LABEL.key: [FIRST], **{name: [value] for name, value in projected.run.items()}})
    yield (
        RUN_LABEL,
        run.with_columns(
            as_of=pl.lit(projected.run["as_of"]).str.to_datetime(time_unit="us", time_zone="UTC"),
            loaded_at=pl.lit(None, pl.Datetime("us", "UTC")),
            current=pl.lit(value=False),
            state=pl.lit("loading"),
            scope=pl.lit(projected.scope),
            left_out=pl.lit(json.dumps(projected.left_out, sort_keys=True)),
        ),
    )
    yield DATABASE_LABEL, pl.DataFrame({DATABASE_LABEL.key: [DATABASE_NAME], "schema_version": [SCHEMA_VERSION]})


def _relationship_files(folder: Path, table: RelationshipTable, progress: LoadProgress) -> Iterator[RelationshipFile]:
    named = f"{table.source.label}-{table.type.name}-{table.target.label}"
    more = () if table.type.is_judgement else HELD
    for number, rows in enumerate(table.rows.slices(AT_ONCE)):
        path, held = folder / f"{named}-{number}.csv", _holding(rows, table.type)
        yield write_relationship_csv(held, path, table.type, source=table.source, target=table.target, more=more)
        progress.advance(rows.height)


def _holding(rows: pl.DataFrame, type_: RelationshipType) -> pl.DataFrame:
    """The rows, facts with the loads that they hold for; arrays as lists."""
    lists = [pl.col(name).arr.to_list() for name, dtype in rows.schema.items() if isinstance(dtype, pl.Array)]
    holds = {} if type_.is_judgement else {"since": pl.lit(FIRST), "until": pl.lit(FOREVER)}
    return rows.with_columns(*lists, **holds)
