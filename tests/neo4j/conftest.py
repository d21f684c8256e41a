"""A real server to ask."""

import os
from collections.abc import Iterator

import pytest
from neo4j import Driver, GraphDatabase


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    uri = os.environ.get("TEST_NEO4J_URI")
    if uri is None:
        pytest.skip("NO NEO4J: set TEST_NEO4J_URI")
    with GraphDatabase.driver(uri, auth=("neo4j", os.environ.get("TEST_NEO4J_PASSWORD", "secretsecret"))) as connected:
        yield connected


@pytest.fixture
def empty_database(driver: Driver) -> Driver:
    with driver.session() as session:
        session.run("MATCH (node) DETACH DELETE node").consume()
    return driver
