"""One real server for all tests that need one, in a home of its own; they run in one worker, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j import Driver

from graphfraud.errors.database import ToolMissing
from graphfraud.neo4j.connection import connected
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.schema import empty
from graphfraud.neo4j.server.home import HOME_SWITCH, Ports, ServerHome
from graphfraud.neo4j.server.local import LocalServer
from graphfraud.neo4j.server.settings import HEAP_SWITCH, PAGE_CACHE_SWITCH, any_free_port
from graphfraud.neo4j.server.tools import java_program, maven_program

LOGIN_SWITCHES = ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "local_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("neo4j"))


@pytest.fixture(scope="session")
def local_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server that runs, and that the environment names."""
    try:
        java_program(), maven_program()
    except ToolMissing as missing:
        pytest.skip(f"NO REAL NEO4J IS TESTED: {missing}")
    home: Path = tmp_path_factory.mktemp("neo4j") / "home, of a server"
    with pytest.MonkeyPatch.context() as patch:
        for name in LOGIN_SWITCHES:
            patch.delenv(name, raising=False)
        patch.setenv(HOME_SWITCH, str(home))
        patch.setenv(HEAP_SWITCH, "512m")
        patch.setenv(PAGE_CACHE_SWITCH, "128m")
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")  # starts sooner, runs slower
        server = LocalServer(ServerHome(home))
        try:
            server.home.make()
            server.home.remember(Ports(bolt=any_free_port(), http=any_free_port()))
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def driver(local_server: LocalServer) -> Iterator[Driver]:
    """A connection to the server, as it stands."""
    with connected(local_server.login) as connection:
        yield connection


@pytest.fixture
def empty_database(local_server: LocalServer, driver: Driver) -> Database:
    """The database with nothing in it but its constraints and indexes."""
    local_server.start()
    database = Database(driver)
    empty(database)
    return database
