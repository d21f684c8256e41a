"""One server on this machine: its start, its end, and whether it runs."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphfraud.errors.database import DatabaseAway, LoginRefused, ServerFailed
from graphfraud.neo4j.connection import Login, connected
from graphfraud.neo4j.server.artifacts import cache_folder, class_archive, installed_jars, keep_class_archive
from graphfraud.neo4j.server.home import DATABASE, USER, ServerHome
from graphfraud.neo4j.server.password import PASSWORD_SWITCH, known_password, password_source, set_first_password
from graphfraud.neo4j.server.process import KeptProcess
from graphfraud.neo4j.server.settings import chosen_ports, collector, configuration, heap
from graphfraud.neo4j.server.tools import java_program, java_warning

LONGEST_START_S: Final = 120
TAIL_LINES: Final = 5
_OPENED: Final = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
"""Packages of Java that Neo4j reaches into."""
_PORT_TAKEN: Final = "already in use"
_LISTENS: Final = "INFO  Started."
"""What it says once all its ports are its own: before that, another server may answer there, or it may yet fail."""


def silent(_: str) -> None:
    """Says nothing."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """The server of one home."""

    home: ServerHome

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process.pid is not None

    @property
    def import_was_interrupted(self) -> bool:
        """Whether an import began and was not brought to its end: what the database holds is then worth nothing."""
        return self.home.import_mark.exists()

    @property
    def login(self) -> Login:
        """How to connect.

        Raises: DatabaseAway when it was never started, or its password is not known.
        """
        uri, password = self.home.uri, known_password(self.home)
        if uri is None:
            raise DatabaseAway(str(self.home.folder), "no graph database was ever started here")
        if password is None:
            raise DatabaseAway(uri, "its password is not known", f"set {PASSWORD_SWITCH} to the one it was set up with")
        source = password_source(self.home)
        return Login(uri=uri, user=USER, password=password, database=DATABASE, password_source=source)

    def start(self, *, port: int | None = None, say: Callable[[str], None] = silent) -> bool:
        """Starts it and waits until it answers; False when it ran already.

        Raises: ToolMissing, ServerFailed, LoginRefused when it was set up with another password.
        """
        with self.home.held():
            return self.start_held(port=port, say=say)

    def stop(self) -> bool:
        """Stops it and waits until it has; False when it did not run."""
        with self.home.held():
            return self.stop_held()

    def start_held(self, *, port: int | None = None, say: Callable[[str], None] = silent) -> bool:
        """As `start`, by who holds the home already."""
        if self.is_running:
            self._wait(say)
            return False
        self.importer.stop()
        warning = java_warning()
        if warning:
            say(warning)
        self._prepare(say)
        self._launch(port, say)
        self.home.ready_mark.touch()
        return True

    def stop_held(self) -> bool:
        """As `stop`, by who holds the home already."""
        ran = self._process.stop()
        if self._archive.is_file():
            keep_class_archive(self._archive, java_program())
        return ran

    def admin_command(self) -> list[str]:
        """What begins every command of Neo4j's own administration."""
        folder = self.home.folder
        places = ["/usr/bin/env", f"NEO4J_HOME={folder}", f"NEO4J_CONF={folder / 'conf'}"]
        # Its published entry point would only start this one, as a child that outlives it.
        memory = [f"-Xms{heap()}", f"-Xmx{heap()}", "-XX:NewRatio=1", *collector("Serial")]
        return [*places, java_program(), *memory, "-cp", f"{installed_jars()}/*", "org.neo4j.cli.AdminTool"]

    @property
    def import_report(self) -> Path:
        """Where an import tells of bad rows."""
        return self.home.folder / "logs" / "import.report"

    @property
    def importer(self) -> KeptProcess:
        """The process of an import; one whose command was killed runs on, and holds the database."""
        return KeptProcess(self.home.importer_pid_file, f"--report-file={self.import_report}")

    @property
    def _process(self) -> KeptProcess:
        return KeptProcess(self.home.pid_file, f"--home-dir={self.home.folder} --config-dir={self.home.folder}")

    def _prepare(self, say: Callable[[str], None]) -> None:
        """Everything up to the start; a home whose server never answered is set up anew."""
        say("starting Neo4j" if cache_folder().is_dir() else "installing Neo4j, once, about 130 MB")
        installed_jars()
        if self.home.is_set_up:
            _ = self.login  # refuses what could not be connected to
            return
        for name in ("data", "run"):
            shutil.rmtree(self.home.folder / name, ignore_errors=True)
        self.home.make()
        (self.home.folder / "conf" / "neo4j.conf").touch()
        set_first_password(self.home, self.admin_command())

    def _launch(self, port: int | None, say: Callable[[str], None]) -> None:
        """Starts it; between choosing a free port and taking it another may take it: then on other ports."""
        for is_last in (False, False, True):
            ports = chosen_ports(self.home.ports, port)
            self.home.remember(ports)
            (self.home.folder / "conf" / "neo4j.conf").write_text(configuration(ports), encoding="utf-8")
            say(f"waiting for it to answer on port {ports.bolt}")
            self._process.start(self._command(), folder=self.home.folder, log=self.home.log)
            try:
                self._wait(say)
            except LoginRefused as error:
                self.stop_held()
                source = f"{error.password_source}, and the server in {self.home.folder} was set up with another"
                raise LoginRefused(error.uri, error.user, source) from error
            except ServerFailed as error:
                if is_last or _PORT_TAKEN not in str(error):
                    raise
            else:
                return

    @property
    def _archive(self) -> Path:
        """Where a server leaves its classes when it ends."""
        return self.home.folder / "run" / "classes.jsa"

    def _shared_classes(self) -> list[str]:
        """Options by which Java reads its classes from an archive, or writes one when it ends where there is none."""
        kept = class_archive(java_program())
        if kept.is_file():
            return [f"-XX:SharedArchiveFile={kept}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]
        self._archive.unlink(missing_ok=True)
        return [f"-XX:ArchiveClassesAtExit={self._archive}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]

    def _command(self) -> list[str]:
        opened = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENED]
        properties = ["-Dio.netty.tryReflectionSetAccessible=true", "-Dlog4j2.disable.jmx=true"]
        place = [f"--home-dir={self.home.folder}", f"--config-dir={self.home.folder / 'conf'}", "--console-mode"]
        java = [
            java_program(),
            f"-Xmx{heap()}",
            *collector("Parallel"),
            *self._shared_classes(),
            "-XX:+ExitOnOutOfMemoryError",
            *opened,
            *properties,
        ]
        return [*java, "-cp", f"{installed_jars()}/*", "org.neo4j.server.CommunityEntryPoint", *place]

    def _wait(self, say: Callable[[str], None]) -> None:
        """Returns once it answers a question."""
        began = time.monotonic()
        said = began
        while True:
            if not self.is_running:
                raise ServerFailed(f"neo4j ended while it started: {self.log_tail()}", self.home.log)
            if self._answers():
                return
            now = time.monotonic()
            if now - began > LONGEST_START_S:
                problem = f"neo4j does not answer within {LONGEST_START_S} s: {self.log_tail()}"
                raise ServerFailed(problem, self.home.log)
            if now - said > 10:
                said = now
                say(f"still waiting, {now - began:.0f} s")
            time.sleep(0.2)

    def _answers(self) -> bool:
        if _LISTENS not in self.home.log.read_text(encoding="utf-8", errors="replace"):
            return False
        try:
            with connected(self.login):
                return True
        except DatabaseAway:
            return False

    def log_tail(self) -> str:
        """What it said last, in one line."""
        try:
            lines = self.home.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "it said nothing"
        said = [line for line in lines if line.strip() and not line.startswith("\tat ")]
        telling = [line for line in said if " ERROR " in line or "Exception" in line] or said
        return " / ".join(line.strip() for line in telling[-TAIL_LINES:]) or "it said nothing"
