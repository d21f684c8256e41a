"""Batches into the database: each a transaction of its own, sorted by where its rows begin."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

import polars as pl

from graphfraud.errors import EnvironmentFault
from graphfraud.folders.failpoints import failpoint
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.projection.rows import RelationshipTable
from graphfraud.neo4j.statements import columns, nodes_created, relationships_created, relationships_ended
from graphfraud.vocabulary.database import Label

BATCH_ROWS: Final = 20_000
"""Rows of a transaction: fewer cost more commits, more cost the server memory and gain nothing."""
Batch = TypeVar("Batch", pl.DataFrame, list[Any])


def batches(rows: Batch, most: int = BATCH_ROWS) -> Iterator[Batch]:
    """The rows, so many at once."""
    for start in range(0, len(rows), most):
        yield rows[start : start + most]


def create_nodes(database: Database, label: Label, rows: pl.DataFrame, progress: LoadProgress) -> None:
    """Makes nodes."""
    statement = nodes_created(label)
    for batch in batches(rows):
        database.write(statement, columns(batch))
        progress.changed(f"{label.name} created", batch.height)
        failpoint("neo4j: batch written")


def create_relationships(
    database: Database, table: RelationshipTable, rows: pl.DataFrame, load: int, progress: LoadProgress
) -> None:
    """Makes relationships of a load.

    Raises: EnvironmentFault when an end is not there: something else removes nodes.
    """
    statement = relationships_created(table)
    for batch in batches(rows):
        made = database.write(statement, columns(batch) | {"load": load}).relationships_created
        if made != batch.height:
            raise EnvironmentFault(
                f"{table.type.name}: {batch.height - made:,} of {batch.height:,} relationships lack an end: "
                "something else removes nodes from the database: let it rest, and load again"
            )
        progress.changed(f"{table.type.name} created", made)
        failpoint("neo4j: batch written")


def end_facts(
    database: Database, table: RelationshipTable, ids: Sequence[int], load: int, progress: LoadProgress
) -> None:
    """Ends facts at a load."""
    for batch in batches(list(ids)):
        database.write(relationships_ended(table), {"ids": batch, "load": load})
        progress.changed(f"{table.type.name} ended", len(batch))
        failpoint("neo4j: batch written")
