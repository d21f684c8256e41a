from dataclasses import replace

import pytest
from neo4j import READ_ACCESS, Query
from neo4j.exceptions import CypherSyntaxError, DatabaseError, Neo4jError

from graphfraud.errors import EnvironmentFault, GraphfraudError, SettingsError
from graphfraud.errors.database import (
    DatabaseAway,
    DatabaseFull,
    DatabaseTooOld,
    LoginRefused,
    WriteRefused,
)
from graphfraud.neo4j.connection import Login, _refuse_old, connected
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.environment import local_server_of, login_from_environment
from graphfraud.neo4j.faults import translated_errors
from graphfraud.neo4j.server.local import LocalServer
from graphfraud.neo4j.server.settings import any_free_port

AWAY = "bolt://127.0.0.1:1"
LOGIN = {"uri": AWAY, "user": "neo4j", "password_source": "a file"}


def test_without_an_address_the_local_server_is_meant(local_server: LocalServer) -> None:
    login = login_from_environment()
    assert login == local_server.login
    assert local_server_of(login) == local_server
    assert local_server_of(replace(login, uri=AWAY)) is None


def test_a_wrong_password_is_refused_and_not_repeated(local_server: LocalServer) -> None:
    wrong = replace(local_server.login, password="a-wrong-one")  # noqa: S106 - it is
    with pytest.raises(LoginRefused, match="password comes from") as refused, connected(wrong):
        pass
    assert "a-wrong-one" not in str(refused.value) + repr(wrong)


def test_a_question_that_writes_is_refused(local_server: LocalServer) -> None:
    with (
        pytest.raises(WriteRefused),
        connected(local_server.login) as driver,
        driver.session(default_access_mode=READ_ACCESS) as session,
    ):
        session.run("CREATE (:Track)").consume()


def test_a_question_past_its_time_is_told_of(local_server: LocalServer) -> None:
    slow = Query("UNWIND range(1, 1000000000) AS n RETURN sum(n % 7)", timeout=0.2)
    with (
        pytest.raises(EnvironmentFault, match="past its time limit"),
        connected(local_server.login) as driver,
        driver.session() as session,
    ):
        session.run(slow).consume()


def test_a_query_that_cannot_be_read_stays_what_it_is(local_server: LocalServer) -> None:
    with pytest.raises(CypherSyntaxError), connected(local_server.login) as driver:
        driver.execute_query("MACH (n) RETURN n")


def test_a_database_that_is_not_there_is_named(local_server: LocalServer) -> None:
    with pytest.raises(SettingsError, match="NEO4J_DATABASE"), connected(replace(local_server.login, database="other")):
        pass


def test_the_database_can_be_emptied(empty_database: Database) -> None:
    assert empty_database.one("MATCH (n) RETURN count(n) AS n") == {"n": 0}


def test_nobody_at_home_is_told_with_what_to_do() -> None:
    nowhere = Login(uri=f"bolt://127.0.0.1:{any_free_port()}", password="x")  # noqa: S106 - nobody asks for it
    with pytest.raises(DatabaseAway, match="make neo4j"), connected(nowhere):
        pass


@pytest.mark.parametrize("uri", ["bolt://neo4j:secret@127.0.0.1", "http://127.0.0.1:7474", "127.0.0.1:7687", "bolt://"])
def test_an_address_that_is_none_is_refused(uri: str) -> None:
    with pytest.raises(SettingsError, match="NEO4J_URI") as refused:
        Login(uri=uri, password="x")  # noqa: S106 - nobody asks for it
    assert "secret" not in str(refused.value)


def test_an_address_without_a_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", AWAY)
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    with pytest.raises(SettingsError, match="NEO4J_PASSWORD"):
        login_from_environment()


@pytest.mark.parametrize("agent", ["Neo4j/5.25.1", "Neo4j/4.4.0", "Memgraph/3.1"])
def test_an_old_database_is_refused(agent: str) -> None:
    with pytest.raises(DatabaseTooOld, match=r"5\.26"):
        _refuse_old(agent, AWAY)


@pytest.mark.parametrize("agent", ["Neo4j/5.26.0", "Neo4j/5.27-aura", "Neo4j/2025.10.1"])
def test_a_new_enough_database_is_taken(agent: str) -> None:
    _refuse_old(agent, AWAY)


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("Neo.DatabaseError.Transaction.TransactionCommitFailed", "Could not apply the transaction", DatabaseFull),
        ("Neo.DatabaseError.Transaction.TransactionStartFailed", "needs to be restarted", DatabaseFull),
        ("Neo.DatabaseError.General.UnknownError", "No space left on device", DatabaseFull),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "limit reached", DatabaseFull),
        ("Neo.TransientError.General.DatabaseUnavailable", "not currently available", DatabaseAway),
        ("Neo.ClientError.Transaction.Terminated", "Explicitly terminated by the user", DatabaseAway),
        ("Neo.DatabaseError.Statement.ExecutionFailed", "who knows", GraphfraudError),
    ],
)
def test_what_its_machine_lacks_is_told_as_that(code: str, message: str, expected: type[GraphfraudError]) -> None:
    failed = Neo4jError._hydrate_neo4j(code=code, message=message)  # noqa: SLF001 - as the driver makes it
    with pytest.raises(expected, match=AWAY), translated_errors(**LOGIN):
        raise failed


def test_a_failure_that_is_not_known_quotes_nothing() -> None:
    failed = DatabaseError("Node(5) with title 'a private one'")
    with (
        pytest.raises(GraphfraudError) as told,
        translated_errors(**LOGIN),
    ):
        raise failed
    assert "private" not in str(told.value)
