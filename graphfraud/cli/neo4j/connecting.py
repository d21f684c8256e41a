"""The one place where questions get their database from."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neo4j import Driver


@contextmanager
def connected_database() -> "Iterator[Driver]":
    """A driver for the database that the environment names."""
    from neo4j import GraphDatabase

    environment = os.environ
    uri = environment.get("NEO4J_URI", "neo4j://127.0.0.1:7687")
    auth = (environment.get("NEO4J_USERNAME", "neo4j"), environment.get("NEO4J_PASSWORD", ""))
    with GraphDatabase.driver(uri, auth=auth) as driver:
        yield driver
