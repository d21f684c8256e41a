"""A verified connection to the graph database; what goes wrong with it comes as one of our errors."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from neo4j import Driver, GraphDatabase, NotificationMinimumSeverity

from graphfraud import __version__
from graphfraud.errors import SettingsError, nearest
from graphfraud.errors.database import DatabaseTooOld
from graphfraud.neo4j.faults import translated_errors

OLDEST_SUPPORTED: Final = (5, 26)
SYSTEM: Final = "system"
SCHEMES: Final = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
_AGENT: Final = re.compile(r"Neo4j/v?(\d+)\.(\d+)")

# The driver warns of every try that it makes again; whoever waits for it hears of it once it has failed.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where the graph database is, and who we are there.

    Raises: SettingsError when the address is none, or carries a password.
    """

    uri: str
    user: str = "neo4j"
    password: str = field(repr=False)
    database: str = "neo4j"
    password_source: str = "NEO4J_PASSWORD"  # noqa: S105 - the name of where it stands
    """What to correct when the password is refused, in words."""

    def __post_init__(self) -> None:
        refuse_bad_uri(self.uri)
        if self.database == SYSTEM:
            raise SettingsError(
                "environment", "NEO4J_DATABASE", f"{SYSTEM!r} keeps Neo4j's own books: name another one"
            )


def refuse_bad_uri(uri: str) -> None:
    """Raises: SettingsError; the address is not repeated, which could carry a password."""
    if "@" in uri:
        raise SettingsError("environment", "NEO4J_URI", "leave user and password out: NEO4J_USERNAME, NEO4J_PASSWORD")
    try:
        parts = urlsplit(uri)
        known = parts.scheme in SCHEMES and parts.hostname is not None and parts.port != 0
        known = known and not (parts.query or parts.fragment or parts.path.strip("/"))
    except ValueError:
        known = False
    if not known:
        near = nearest(uri.partition("://")[0], SCHEMES) or "bolt"
        raise SettingsError("environment", "NEO4J_URI", f"this is no address: write it like {near}://127.0.0.1:7687")


@contextmanager
def connected(login: Login) -> Iterator[Driver]:
    """A driver whose database answers and is new enough; the driver's errors come as ours.

    Raises: DatabaseAway, LoginRefused, DatabaseTooOld, and what `translated_errors` tells of.
    """
    with (
        translated_errors(uri=login.uri, user=login.user, password_source=login.password_source),
        GraphDatabase.driver(
            login.uri,
            auth=(login.user, login.password),
            user_agent=f"graphfraud/{__version__}",
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            connection_timeout=10.0,
        ) as driver,
    ):
        _refuse_old(_agent(driver, login.database), login.uri)
        yield driver


def _agent(driver: Driver, database: str) -> str:
    """What answers a first question, as it calls itself."""
    with driver.session(database=database) as session:
        return str(session.run("RETURN 1").consume().server.agent)


def _refuse_old(agent: str, uri: str) -> None:
    found = _AGENT.match(agent)
    if found is None or (int(found.group(1)), int(found.group(2))) < OLDEST_SUPPORTED:
        raise DatabaseTooOld(uri, agent, ".".join(str(part) for part in OLDEST_SUPPORTED))
