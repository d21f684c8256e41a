"""Questions put to the graph database and answered from one run, whatever is loaded meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from neo4j import READ_ACCESS, ManagedTransaction, unit_of_work
from neo4j.exceptions import Neo4jError
from neo4j.graph import Node, Path, Relationship

from graphfraud.errors.database import AnswerNotReached
from graphfraud.neo4j.asking.current import CurrentRun, current_run, unknown_id
from graphfraud.neo4j.asking.plain import plain
from graphfraud.neo4j.asking.questions import Question
from graphfraud.neo4j.database import Database

TIMEOUT_S: Final = 30.0
ATTEMPTS: Final = 3
"""A question is asked anew when a load becomes current meanwhile: the rows that it read may have been removed."""
_TIMED_OUT: Final = "Neo.ClientError.Transaction.TransactionTimedOut"
_REMOVED: Final = "Neo.ClientError.Statement.EntityNotFound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a question was answered with, and from which run."""

    question: Question
    values: Mapping[str, Any]
    run: CurrentRun
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    """Values as the driver gives them: nodes, relationships and paths among them."""

    @property
    def plain_rows(self) -> list[dict[str, Any]]:
        """Rows as JSON knows them."""
        return [{name: plain(value) for name, value in zip(self.columns, row, strict=True)} for row in self.rows]

    @property
    def is_graph(self) -> bool:
        """Whether it holds something to draw."""
        return any(_holds_graph(value) for row in self.rows for value in row)


def ask(database: Database, question: Question, values: Mapping[str, Any], *, timeout_s: float = TIMEOUT_S) -> Answer:
    """The answer of the current run to a question; `values` hold one for each of its parameters.

    Raises: UnknownId, NothingLoaded, SchemaDiffers; AnswerNotReached when it takes too long; what the driver raises.
    """

    @unit_of_work(timeout=timeout_s, metadata={"app": f"graphfraud ask {question.name}"})
    def attempt(transaction: ManagedTransaction) -> Answer | None:
        return _attempt(transaction, question, values)

    for _ in range(ATTEMPTS):
        with database.session(access=READ_ACCESS) as session:
            try:
                answer = session.execute_read(attempt)
            except Neo4jError as error:
                if (error.code or "").startswith(_TIMED_OUT):
                    problem = f"no answer within {timeout_s:g} s: raise --timeout, or bound it more narrowly"
                    raise AnswerNotReached(question.name, problem) from error
                if error.code != _REMOVED:
                    raise
                continue
        if answer is not None:
            return answer
    raise AnswerNotReached(question.name, "another run became current each time it was asked: ask again later")


def answering_run(database: Database) -> CurrentRun:
    """The run that questions are answered from now.

    Raises: NothingLoaded, SchemaDiffers; what the driver raises.
    """
    with database.session(access=READ_ACCESS) as session:
        return session.execute_read(current_run)


def _attempt(transaction: ManagedTransaction, question: Question, values: Mapping[str, Any]) -> Answer | None:
    """None when another run became current meanwhile."""
    run = current_run(transaction)
    unknown = unknown_id(transaction, question, dict(values), run)
    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = []
    if unknown is None:
        result = transaction.run(question.text, {**values, "run": run.number, "previous": run.previous})
        columns = tuple(result.keys())
        rows = [tuple(record.values()) for record in result]
    if current_run(transaction).number != run.number:
        return None
    if unknown is not None:
        raise unknown
    return Answer(question=question, values=values, run=run, columns=columns, rows=tuple(rows))


def _holds_graph(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_graph, value))
    return isinstance(value, Node | Relationship | Path)
