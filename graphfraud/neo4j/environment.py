"""Which graph database the environment names: one of its own, or the local server's."""

import os
from urllib.parse import urlsplit

from graphfraud.errors import SettingsError
from graphfraud.neo4j.connection import Login
from graphfraud.neo4j.server.home import DATABASE, USER, server_home
from graphfraud.neo4j.server.local import LocalServer

_LOOPBACKS = frozenset({"127.0.0.1", "localhost", "::1"})


def login_from_environment() -> Login:
    """The login that NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE name.

    Without NEO4J_URI it is the local server's, with the password from its home.
    Raises: SettingsError, DatabaseAway where there is no local server either.
    """
    uri = os.environ.get("NEO4J_URI")
    if not uri:
        return LocalServer(server_home()).login
    password = os.environ.get("NEO4J_PASSWORD")
    if not password:
        raise SettingsError("environment", "NEO4J_PASSWORD", "NEO4J_URI is set, and it is not: set both or none")
    return Login(
        uri=uri,
        user=os.environ.get("NEO4J_USERNAME") or USER,
        password=password,
        database=os.environ.get("NEO4J_DATABASE") or DATABASE,
    )


def local_server_of(login: Login) -> LocalServer | None:
    """The local server, when it is what the login leads to; None when another one is, or none runs.

    One that an interrupted import left stopped counts: the next load does the import over, and starts it.
    """
    server = LocalServer(server_home())
    ports = server.home.ports
    parts = urlsplit(login.uri)
    here = parts.hostname in _LOOPBACKS and ports is not None and (parts.port or 7_687) == ports.bolt
    is_ours = here and login.database == DATABASE
    return server if is_ours and (server.is_running or server.import_was_interrupted) else None
