"""Loads are numbered; one loader writes at a time."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from neo4j import Query
from neo4j.exceptions import Neo4jError

from graphfraud.errors.database import LoadBusy
from graphfraud.neo4j.database import Database, OpenTransaction
from graphfraud.neo4j.projection.projected import Projection
from graphfraud.vocabulary.database import DATABASE_LABEL, RUN_LABEL

LOCK: Final = f"MATCH (d:{DATABASE_LABEL.name}) SET d.schema_version = d.schema_version"
"""Takes the lock of the node that says what the database holds; readers do not wait for it."""
BECOMES_CURRENT: Final = (
    f"MATCH (r:{RUN_LABEL.name} {{number: $load}}) SET r.current = true, r.state = 'loaded', "
    f"r.loaded_at = datetime() WITH r MATCH (d:{DATABASE_LABEL.name}) "
    "SET d.current = $load, d.previous = $previous, d.graph_digest = $digest"
)
"""Makes a run the one that questions are answered from."""
LOCK_WAIT_S: Final = 3.0
WAITED_TOO_LONG: Final = ("TransactionTimedOut", "LockClientStopped", "LockAcquisitionTimeout")
"""What the server calls it when a transaction waited past its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadNumbers:
    """Which load this is."""

    load: int
    current: int | None
    """The run that questions are answered from until the switch."""
    previous: int | None
    """The run whose judgement is kept beside it from then on."""


@contextmanager
def only_loader(database: Database) -> Iterator[OpenTransaction]:
    """Holds the database for one loader, by a transaction that the server undoes as soon as this process is gone.

    Raises: LoadBusy while another holds it.
    """
    with database.session() as session:
        try:
            session.run(Query(LOCK, timeout=LOCK_WAIT_S)).consume()
        except Neo4jError as error:
            if any(ended in str(error.code) for ended in WAITED_TOO_LONG):
                raise LoadBusy(database.name or "neo4j") from error
            raise
    with database.transaction() as held:
        held.run(LOCK)
        yield held


def load_numbers(database: Database, projected: Projection) -> LoadNumbers:
    """The number of this load: the last one where that was begun for the same run or made it current, else the next.

    Loading the current run again puts back what was lost since.
    """
    state = database.one(f"MATCH (d:{DATABASE_LABEL.name}) RETURN d.current AS current, d.previous AS previous")
    current, previous = state["current"], state["previous"]
    last = database.one(
        f"MATCH (r:{RUN_LABEL.name}) RETURN r.number AS number, r.run_id AS run_id, r.scope AS scope, r.state AS state "
        "ORDER BY number DESC LIMIT 1"
    )
    asked = (projected.run["run_id"], projected.scope)
    is_same = bool(last) and (last["run_id"], last["scope"]) == asked and last["state"] != "retired"
    load = last["number"] if is_same else last.get("number", 0) + 1
    _begin(database, projected, load, is_new=not is_same)
    now = database.one(
        f"MATCH (r:{RUN_LABEL.name} {{number: $current}}) RETURN r.run_id AS run_id, r.scope AS scope",
        {"current": current},
    )
    is_current = bool(now) and (now["run_id"], now["scope"]) == asked
    return LoadNumbers(load=load, current=current, previous=previous if is_current else current)


def make_current(held: OpenTransaction, load: int, previous: int | None, projected: Projection) -> None:
    """Has questions answered from a load; all of it is seen once the transaction is done."""
    held.run(f"MATCH (r:{RUN_LABEL.name}) WHERE r.current SET r.current = false")
    held.run(BECOMES_CURRENT, {"load": load, "previous": previous, "digest": projected.run["graph_digest"]})


def _begin(database: Database, projected: Projection, load: int, *, is_new: bool) -> None:
    said = projected.run | {"scope": projected.scope, "left_out": json.dumps(projected.left_out, sort_keys=True)}
    state = ", r.state = 'loading', r.current = false" if is_new else ""
    database.write(
        f"MERGE (r:{RUN_LABEL.name} {{number: $load}}) SET r += $said, r.as_of = datetime($said.as_of){state}",
        {"load": load, "said": said},
    )
