"""Processes that outlive the command that started them, found again by their command line.

A number in a file proves nothing: the machine may have been started anew, and the number given to
another process. Only one whose command line names our folder is ours.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphfraud.errors.database import ServerFailed
from graphfraud.neo4j.server.home import write_whole

LONGEST_STOP_S: Final = 60
"""After which it is killed: one whose disk is full does not end by itself, and mends itself at the next start."""
LONGEST_KILL_S: Final = 10
_DETACHED: Final = 'cd "$1" || exit 1; log=$2; shift 2; "$@" </dev/null >"$log" 2>&1 & echo $!'
"""The shell ends at once and leaves the process to the system, in a session of its own."""


@dataclass(frozen=True, slots=True)
class KeptProcess:
    """A process that is written down in a file."""

    pid_file: Path
    mark: str
    """A part of its command line that no other process has."""

    @property
    def pid(self) -> int | None:
        """Its number while it runs, else None."""
        try:
            pid = int(self.pid_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        if self.mark in command_line(pid):
            return pid
        time.sleep(0.02)  # a process that is just becoming another program shows no command
        return pid if self.mark in command_line(pid) else None

    def start(self, command: list[str], *, folder: Path, log: Path) -> None:
        """Starts it, detached from this command and its terminal."""
        shell = ["/bin/sh", "-c", _DETACHED, "sh", str(folder), str(log), *command]
        told = subprocess.run(shell, stdout=subprocess.PIPE, text=True, check=True, start_new_session=True)  # noqa: S603 - our own
        write_whole(self.pid_file, told.stdout)

    def stop(self) -> bool:
        """Asks it to end and waits until it has, at last by force; False when it did not run.

        Raises: ServerFailed when it does not end.
        """
        pid = self.pid
        signals = ((signal.SIGTERM, LONGEST_STOP_S), (signal.SIGKILL, LONGEST_KILL_S))
        if pid is not None and not any(self._ended(pid, sign, longest_s) for sign, longest_s in signals):
            raise ServerFailed(f"process {pid} cannot be ended: end it yourself, or start the machine anew")
        self.pid_file.unlink(missing_ok=True)
        return pid is not None

    def _ended(self, pid: int, sign: signal.Signals, longest_s: float) -> bool:
        """Whether it is gone soon after the signal."""
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
        until = time.monotonic() + longest_s
        while self.pid is not None:
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True


def command_line(pid: int) -> str:
    """A process's command, its words parted by blanks; empty where no such process runs, or only its remains."""
    proc = Path("/proc")
    if (proc / "self").exists():
        with suppress(OSError):
            return (proc / str(pid) / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        return ""
    asked = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - ps
