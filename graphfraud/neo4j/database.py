"""A graph database that is talked to: reads, writes in transactions of their own, and what runs by itself."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from neo4j import READ_ACCESS, WRITE_ACCESS, Driver, ManagedTransaction, Record, Session, SummaryCounters, Transaction

FETCH_ROWS: Final = 10_000
"""Rows of an answer on their way at once: by default the driver asks for 1,000, which costs more than the rows."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database behind a driver.

    Statements are made of constants and of names that the vocabulary declares; values go in as parameters only.
    """

    driver: Driver
    name: str | None = None
    """The server's own choice when None."""

    def session(self, *, access: str = WRITE_ACCESS) -> Session:
        """A session; the driver tries again what a deadlock or a change of leaders undid."""
        return self.driver.session(database=self.name, fetch_size=FETCH_ROWS, default_access_mode=access)

    def read(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[Record]:
        """All rows of an answer."""
        return list(self.rows(statement, parameters))

    def one(self, statement: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The first row of an answer; nothing where there is none."""
        rows = self.read(statement, parameters)
        return rows[0].data() if rows else {}

    def rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Record]:
        """The rows of an answer, one after another."""
        with self.session(access=READ_ACCESS) as session:
            yield from session.run(_constant(statement), dict(parameters or {}))

    def write(self, statement: str, parameters: Mapping[str, Any] | None = None) -> SummaryCounters:
        """What one transaction changed; done again where another one stood in its way."""
        with self.session() as session:
            return session.execute_write(_written, statement, dict(parameters or {}))

    def command(self, statement: str, parameters: Mapping[str, Any] | None = None) -> SummaryCounters:
        """What a statement changed that makes its own transactions, or changes the schema."""
        with self.session() as session:
            return session.run(_constant(statement), dict(parameters or {})).consume().counters

    @contextmanager
    def transaction(self) -> Iterator["OpenTransaction"]:
        """One transaction that stays open; undone unless it is committed within."""
        with self.session() as session, session.begin_transaction() as transaction:
            yield OpenTransaction(transaction)


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """A transaction under way."""

    inner: Transaction

    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Runs a statement within it."""
        self.inner.run(_constant(statement), dict(parameters or {})).consume()

    def refuse_loss(self) -> None:
        """Raises what the driver does when the server has given it up: with its machine, or with the connection."""
        self.run("RETURN 1")

    def commit(self) -> None:
        """Makes it done."""
        self.inner.commit()


def _written(transaction: ManagedTransaction, statement: str, parameters: dict[str, Any]) -> SummaryCounters:
    return transaction.run(_constant(statement), parameters).consume().counters


def _constant(statement: str) -> LiteralString:
    return statement
