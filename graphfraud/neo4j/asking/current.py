"""Which run the database answers from, and whether that run knows an id."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from neo4j import ManagedTransaction

from graphfraud.errors.database import NothingLoaded, SchemaDiffers, UnknownId
from graphfraud.neo4j.asking.questions import Question
from graphfraud.vocabulary.database import SCHEMA_VERSION

_CURRENT: Final = """
MATCH (database:Database)
OPTIONAL MATCH (run:Run {number: database.current})
OPTIONAL MATCH (before:Run {number: database.previous})
RETURN database.schema_version AS schema_version, run.number AS number, run.run_id AS run_id, run.as_of AS as_of,
  run.scope AS scope,
  before.number AS previous, before.run_id AS previous_run_id
LIMIT 1
"""
_ACCOUNT: Final = "MATCH (:Account {account_id: $id})<-[:JUDGED {run: $run}]-() RETURN 1 LIMIT 1"
_TRACK: Final = "MATCH (:Track {track_id: $id})<-[:JUDGED {run: $run}]-() RETURN 1 LIMIT 1"
_LISTENER: Final = "MATCH (:Listener {listener_id: $id})<-[:JUDGED {run: $run}]-() RETURN 1 LIMIT 1"
_RING: Final = "MATCH (:Ring {ring_id: $id, run: $run}) RETURN 1 LIMIT 1"
_MEANS: Final = """
MATCH (:Means {means_id: $id})<-[use:USED|PAID_OUT_TO WHERE use.since <= $run < use.until]-()
RETURN 1
LIMIT 1
"""
_KNOWN: Final[dict[str, tuple[LiteralString, ...]]] = {
    "account": (_ACCOUNT,),
    "track": (_TRACK,),
    "listener": (_LISTENER,),
    "subject": (_ACCOUNT, _TRACK, _LISTENER),
    "ring": (_RING,),
    "means": (_MEANS,),
}
"""By what a parameter's name ends with before `_id`: asked in turn, one answer is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentRun:
    """The run that questions are answered from."""

    number: int
    run_id: str
    as_of: datetime
    previous: int | None
    """Number of the run before it, whose judgement is kept."""
    previous_run_id: str | None
    is_partial: bool
    """Whether only what surrounds its rings was loaded."""


def current_run(transaction: ManagedTransaction) -> CurrentRun:
    """Raises: NothingLoaded, SchemaDiffers."""
    found = transaction.run(_CURRENT).single()
    if found is None:
        raise NothingLoaded
    if found["schema_version"] != SCHEMA_VERSION:
        raise SchemaDiffers(found["schema_version"], SCHEMA_VERSION)
    if found["number"] is None:
        raise NothingLoaded
    return CurrentRun(
        number=found["number"],
        run_id=found["run_id"],
        as_of=found["as_of"].to_native(),
        previous=found["previous"],
        previous_run_id=found["previous_run_id"],
        is_partial=found["scope"] == "rings",
    )


def unknown_id(
    transaction: ManagedTransaction, question: Question, values: dict[str, Any], run: CurrentRun
) -> UnknownId | None:
    """What to refuse the question with, when it names something that the run does not know."""
    for parameter in question.parameters:
        kind = id_kind(parameter.name)
        if kind is None:
            continue
        asked = {"id": values[parameter.name], "run": run.number}
        if all(transaction.run(known, asked).single() is None for known in _KNOWN[kind]):
            said = "account, track or listener" if kind == "subject" else kind
            return UnknownId(parameter.name, said, asked["id"], run.run_id)
    return None


def id_kind(name: str) -> str | None:
    """Of what a parameter is an id: `other_ring_id` of a ring; None of nothing."""
    kind = name.removesuffix("_id").rpartition("_")[2]
    return kind if name.endswith("_id") and kind in _KNOWN else None
