"""Batches into the database: each a transaction of its own, sorted by where its rows begin."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import polars as pl

from graphfraud.errors import EnvironmentFault
from graphfraud.folders.failpoints import failpoint
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.projection.rows import RelationshipTable
from graphfraud.neo4j.statements import (
    columns,
    nodes_created,
    relationships_created,
    relationships_ended,
    relationships_removed,
)
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


Work = Callable[[], None]


@contextmanager
def one_ahead() -> Iterator[Callable[[Work], None]]:
    """Runs what it is given in order in a thread of its own, one piece ahead of who gives it; all is done at the end.

    The server writes a batch while the next one is read and made ready. What a piece raises is raised to who gives
    the next.
    """
    pending: list[Future[None]] = []

    def give(work: Work) -> None:
        while len(pending) > 1:
            pending.pop(0).result()
        pending.append(pool.submit(work))

    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            yield give
            for each in pending:
                each.result()
        finally:
            for each in pending:
                each.cancel()


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes relationships, batch by batch."""

    database: Database
    progress: LoadProgress
    give: Callable[[Work], None]
    """What runs the batches, in order."""

    def create(self, table: RelationshipTable, rows: pl.DataFrame, load: int) -> None:
        """Makes relationships of a load.

        Raises: EnvironmentFault when an end is not there: something else removes nodes.
        """
        statement = relationships_created(table)
        for batch in batches(rows):
            self.give(partial(self._create, table, statement, columns(batch) | {"load": load}, batch.height))

    def _create(self, table: RelationshipTable, statement: str, parameters: dict[str, Any], count: int) -> None:
        made = self.database.write(statement, parameters).relationships_created
        if made != count:
            raise EnvironmentFault(
                f"{table.name}: {count - made:,} of {count:,} relationships lack an end: "
                "something else removes nodes from the database: let it rest, and load again"
            )
        self.progress.changed(f"{table.type.name} created", made)
        failpoint("neo4j: batch written")

    def remove(self, table: RelationshipTable, ids: Sequence[int]) -> None:
        """Removes relationships that nobody sees yet."""
        for batch in batches(list(ids)):
            self.give(partial(self._remove, table, {"ids": batch}))

    def _remove(self, table: RelationshipTable, parameters: dict[str, Any]) -> None:
        self.database.write(relationships_removed(table), parameters)
        self.progress.changed(f"{table.type.name} removed", len(parameters["ids"]))

    def end(self, table: RelationshipTable, ids: Sequence[int], load: int) -> None:
        """Ends facts at a load."""
        for batch in batches(list(ids)):
            self.give(partial(self._end, table, {"ids": batch, "load": load}))

    def _end(self, table: RelationshipTable, parameters: dict[str, Any]) -> None:
        self.database.write(relationships_ended(table), parameters)
        self.progress.changed(f"{table.type.name} ended", len(parameters["ids"]))
        failpoint("neo4j: batch written")
