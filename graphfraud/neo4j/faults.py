"""What the driver raises, as errors of ours: each says where, and what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DatabaseError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graphfraud.errors import EnvironmentFault, GraphfraudError, SettingsError
from graphfraud.errors.database import DatabaseAway, DatabaseFull, LoginRefused, WriteRefused

_FAULTS: Final[tuple[tuple[re.Pattern[str], type[DatabaseFull] | type[DatabaseAway], str], ...]] = (
    (
        re.compile(r"no space left|out of disk space|not enough disk", re.IGNORECASE),
        DatabaseFull,
        "no disk is left to the graph database: free some, and call again",
    ),
    (  # what Neo4j says when its disk is full, as was seen
        re.compile(r"Transaction\.Transaction(CommitFailed|StartFailed|LogError)"),
        DatabaseFull,
        "it cannot write, most likely its disk is full: free some, then stop and start it",
    ),
    (
        re.compile(r"MemoryPoolOutOfMemory|OutOfMemoryError|TransactionOutOfMemory"),
        DatabaseFull,
        "no memory is left to the graph database: give it more (GRAPHFRAUD_NEO4J_HEAP)",
    ),
    (re.compile(r"Transaction\.Terminated"), DatabaseAway, "it was stopped while it was asked"),
    (
        re.compile(r"DatabaseUnavailable|DatabaseNotAvailable|Cluster\.NotALeader"),
        DatabaseAway,
        "its database is down, for its disk is full, or it starts or was damaged: see its log",
    ),
)
_NO_SUCH_DATABASE: Final = "Neo.ClientError.Database.DatabaseNotFound"


@contextmanager
def translated_errors(*, uri: str, user: str, password_source: str) -> Iterator[None]:
    """Raises the driver's errors as ours; a query that the database cannot read is our defect, and stays as it is."""
    try:
        yield
    except AuthError as error:
        raise LoginRefused(uri, user, password_source) from error
    except (ServiceUnavailable, SessionExpired) as error:
        raise DatabaseAway(uri) from error
    except Neo4jError as error:
        known = _known(error, uri)
        if known is None:
            raise
        raise known from error
    except ConfigurationError as error:
        raise SettingsError("environment", "NEO4J_URI", f"{uri!r} cannot be used: {error}") from error
    except (DriverError, ValueError) as error:
        if "Cannot resolve address" not in str(error):
            raise
        raise DatabaseAway(uri, "the name of its machine is not known") from error


def _known(error: Neo4jError, uri: str) -> GraphfraudError | None:
    code, text = error.code or "", _whole_text(error)
    if code.endswith("AuthenticationRateLimit"):
        return DatabaseAway(uri, "too many wrong passwords in a row, it waits some seconds: correct it, call again")
    if code.startswith("Neo.ClientError.Security"):
        return EnvironmentFault(f"{uri}: the user may not do this: {code}: log in as one who may")
    if "Transaction.TransactionTimedOut" in code:
        return EnvironmentFault(f"{uri}: a statement ran past its time limit: give it more, or ask for less")
    if code == "Neo.ClientError.Statement.AccessMode":
        return WriteRefused(uri)
    if code == _NO_SUCH_DATABASE:
        return SettingsError("environment", "NEO4J_DATABASE", f"{uri} has no such database: unset it, or correct it")
    return _fault(error, code, text, uri)


def _fault(error: Neo4jError, code: str, text: str, uri: str) -> GraphfraudError | None:
    """What the database's machine is the reason of; the message is not shown, which may quote what is stored."""
    for pattern, fault, problem in _FAULTS:
        if pattern.search(code) or (fault is DatabaseFull and pattern.search(text)):
            return fault(uri, problem)
    if isinstance(error, DatabaseError | TransientError):
        return EnvironmentFault(f"{uri}: the graph database failed: {code}: see its log, and call again")
    return None


def _whole_text(error: BaseException) -> str:
    said = [str(error)]
    while (cause := error.__cause__) is not None:
        said.append(str(cause))
        error = cause
    return "\n".join(said)
