"""`graphfraud neo4j load`: a finished run into the graph database, whole at once or what changed."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from neo4j.exceptions import ServiceUnavailable, SessionExpired, TransientError

from graphfraud.errors.database import DatabaseAway
from graphfraud.neo4j.connection import Login, connected
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.environment import local_server_of, login_from_environment
from graphfraud.neo4j.loading.first import first_load
from graphfraud.neo4j.loading.numbers import only_loader
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.loading.update import update
from graphfraud.neo4j.projection.projected import Projection, Scope, projection
from graphfraud.neo4j.schema import empty, is_empty, prepare, refuse_foreign, refuse_other_platform
from graphfraud.neo4j.server.local import LocalServer

AWAY: Final = (ServiceUnavailable, SessionExpired, TransientError)
"""What the driver says when the server went away, or starts."""
LONGEST_WAIT_S: Final = 120.0
ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRequest:
    """Which run to load, and how."""

    run: Path
    scope: Scope | None
    """All of it up to 20 M edges, else what surrounds its rings, when None."""
    online: bool
    """Never stop the server, although it is here and empty."""
    replace: bool
    """Remove whatever the database holds first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOutcome:
    """What a load did."""

    projection: Projection
    uri: str
    how: Literal["first load", "update"]
    written: dict[str, int]
    """Rows made, ended or removed, by what they are; of a first load nothing is counted."""
    seconds: float


def load_run(request: LoadRequest, progress: LoadProgress) -> LoadOutcome:
    """Brings the graph database to a run; call it again whatever stopped it.

    Raises: UsageError, InputRefused, EnvironmentFault.
    """
    began = time.perf_counter()
    with progress.step("reading the run", 0):
        projected = projection(request.run, request.scope)
    login = login_from_environment()
    server = local_server_of(login)
    if server is not None and (server.import_was_interrupted or _takes_all(request, server, login)):
        progress.say("the database is here, to be filled anew: Neo4j's importer does it while the server is down")
        with progress:
            first_load(server, projected, progress)
        login = server.login  # it may have had to take another port
        how: Literal["first load", "update"] = "first load"
    else:
        with progress:
            _updated(request, login, projected, progress)
        how = "update"
    seconds = time.perf_counter() - began
    return LoadOutcome(projection=projected, uri=login.uri, how=how, written=progress.written, seconds=seconds)


def _takes_all(request: LoadRequest, server: LocalServer, login: Login) -> bool:
    """Whether the importer may fill the local server's database, since nothing is there or may stay."""
    if request.online:
        return False
    with connected(server.login) as driver:
        database = Database(driver, login.database)
        if not request.replace:
            return is_empty(database)
        with only_loader(database):
            return True


def _updated(request: LoadRequest, login: Login, projected: Projection, progress: LoadProgress) -> None:
    """Updates over Bolt, and goes on when a server that was there once comes back."""
    replaces, was_there = request.replace, False
    for attempt in range(ATTEMPTS):
        try:
            with connected(login) as driver:
                was_there = True
                database = Database(driver, login.database)
                if replaces:
                    with progress.step("removing all", 0):
                        with only_loader(database):
                            pass  # refuses while another loader writes
                        empty(database)
                    replaces = False
                refuse_foreign(database, login.uri)
                refuse_other_platform(database, projected, login.uri)
                prepare(database)
                update(database, projected, progress)
                return
        except DatabaseAway as away:
            if not was_there or attempt == ATTEMPTS - 1 or not isinstance(away.__cause__, AWAY):
                raise
            progress.say(f"{away}; waiting for it, {LONGEST_WAIT_S:.0f} s at most")
            login = _back_again()


def _back_again() -> Login:
    """How to connect to the server once it is back; a local one may have had to take another port.

    Raises: DatabaseAway when it does not come back.
    """
    began = time.monotonic()
    while True:
        login = login_from_environment()
        try:
            with connected(login):
                return login
        except DatabaseAway:
            if time.monotonic() - began > LONGEST_WAIT_S:
                raise
            time.sleep(1.0)
