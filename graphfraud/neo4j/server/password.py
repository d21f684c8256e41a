"""The password of a local server: from the environment, or made here and kept in a file for its owner."""

import os
import secrets
import subprocess
from typing import Final

from graphfraud.errors import SettingsError
from graphfraud.errors.database import ServerFailed
from graphfraud.neo4j.server.home import ServerHome, write_whole

PASSWORD_SWITCH: Final = "NEO4J_PASSWORD"  # noqa: S105 - the name of where it stands
SHORTEST: Final = 8
"""Characters that Neo4j asks for."""


def password_source(home: ServerHome) -> str:
    """Where the password is to be found, in words."""
    return PASSWORD_SWITCH if os.environ.get(PASSWORD_SWITCH) else str(home.password_file)


def known_password(home: ServerHome) -> str | None:
    """The password, None where neither the environment nor the home has one."""
    given = os.environ.get(PASSWORD_SWITCH)
    if given:
        return given
    try:
        return home.password_file.read_text(encoding="utf-8").rstrip("\n")
    except FileNotFoundError:
        return None


def set_first_password(home: ServerHome, admin: list[str]) -> None:
    """Gives a server that was never started its password.

    Raises: SettingsError when Neo4j would not take it, ServerFailed.
    """
    password = known_password(home)
    if password is None:
        password = secrets.token_urlsafe(24)
        write_whole(home.password_file, password + "\n")
    if len(password) < SHORTEST or "\n" in password or "\r" in password:
        raise SettingsError("environment", PASSWORD_SWITCH, f"Neo4j takes one line of {SHORTEST} characters or more")
    _hand_over(password, home, admin)


def _hand_over(password: str, home: ServerHome, admin: list[str]) -> None:
    """Through a file: what stands in a command line is read by everybody on the machine."""
    arguments = home.folder / "run" / "first-password"
    quoted = password.replace("\\", "\\\\").replace('"', '\\"')
    write_whole(arguments, f'dbms\nset-initial-password\n--\n"{quoted}"\n')
    try:
        done = subprocess.run([*admin, f"@{arguments}"], capture_output=True, text=True, check=False)  # noqa: S603 - Neo4j
    finally:
        arguments.unlink()
    if done.returncode != 0:
        raise ServerFailed("neo4j does not take its first password: choose another NEO4J_PASSWORD, or unset it")
