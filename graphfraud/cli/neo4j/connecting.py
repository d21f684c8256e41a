"""The one place where questions get their database from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphfraud.neo4j.database import Database


@contextmanager
def connected_database() -> "Iterator[Database]":
    """The database that the environment names.

    Raises: DatabaseAway, LoginRefused, DatabaseTooOld.
    """
    from graphfraud.neo4j.connection import connected
    from graphfraud.neo4j.database import Database
    from graphfraud.neo4j.environment import login_from_environment

    login = login_from_environment()
    with connected(login) as driver:
        yield Database(driver, login.database)
