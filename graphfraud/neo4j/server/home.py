"""The folder of a local server: its settings, password, ports, data and logs."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphfraud.errors import EnvironmentFault

HOME_SWITCH: Final = "GRAPHFRAUD_NEO4J_HOME"
LOOPBACK: Final = "127.0.0.1"
USER: Final = "neo4j"
DATABASE: Final = "neo4j"
"""The one user database that Neo4j Community has."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a server listens on the loopback."""

    bolt: int
    http: int


@dataclass(frozen=True, slots=True)
class ServerHome:
    """What lies where in a server's home."""

    folder: Path

    @property
    def password_file(self) -> Path:
        """The password that was made for it; absent where the environment gave one."""
        return self.folder / "password"

    @property
    def pid_file(self) -> Path:
        """The process id of the server, while it runs and after it was killed."""
        return self.folder / "run" / "server.pid"

    @property
    def importer_pid_file(self) -> Path:
        """The process id of the import that runs, or was left running by a killed command."""
        return self.folder / "run" / "importer.pid"

    @property
    def log(self) -> Path:
        """What the server says since its last start."""
        return self.folder / "logs" / "console.log"

    @property
    def import_log(self) -> Path:
        """What the last import said."""
        return self.folder / "logs" / "import.log"

    @property
    def ready_mark(self) -> Path:
        """There once the server has answered with its password; what lies in a home without it is worth nothing."""
        return self.folder / "ready"

    @property
    def import_mark(self) -> Path:
        """There from before an import until the server answers again."""
        return self.folder / "importing"

    @property
    def is_set_up(self) -> bool:
        """Whether a server has ever answered from here."""
        return self.ready_mark.exists()

    @property
    def ports(self) -> Ports | None:
        """Where it listens, or last did; None before its first start."""
        try:
            read = json.loads((self.folder / "ports.json").read_text(encoding="utf-8"))
            return Ports(bolt=int(read["bolt"]), http=int(read["http"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, ports: Ports) -> None:
        """Keeps the ports for the next start, and for whoever connects."""
        write_whole(self.folder / "ports.json", json.dumps({"bolt": ports.bolt, "http": ports.http}) + "\n")

    @property
    def uri(self) -> str | None:
        """Where it answers, or last did; None before its first start."""
        ports = self.ports
        return f"bolt://{LOOPBACK}:{ports.bolt}" if ports else None

    def make(self) -> None:
        """Makes the folders, for their owner only.

        Raises: EnvironmentFault when they cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
            for name in ("conf", "data", "import", "logs", "plugins", "run"):
                (self.folder / name).mkdir(exist_ok=True)
        except OSError as error:
            raise EnvironmentFault(
                f"{self.folder}: cannot be written: {error.strerror}: set {HOME_SWITCH} to a folder that you may write"
            ) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps other commands from starting, stopping or filling this server; they wait."""
        self.make()
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def server_home() -> ServerHome:
    """The home that the environment names."""
    named = os.environ.get(HOME_SWITCH)
    if named:
        return ServerHome(Path(named).absolute())
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return ServerHome(Path(data).absolute() / "graphfraud" / "neo4j")


def write_whole(path: Path, text: str) -> None:
    """Writes a file that only its owner reads, in one step."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)
