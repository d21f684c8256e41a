"""What a job is doing and what it took: stages with their rows, seconds and memory.

On a terminal one line moves; into a pipe each stage prints one plain line when it ends.
"""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.status import Status


@dataclass(frozen=True, slots=True)
class StageTaken:
    """What one stage took."""

    name: str
    seconds: float
    rows: int
    peak_memory_bytes: int
    """Largest resident size of the process during the stage."""

    @property
    def rows_per_s(self) -> float:
        """Rows a second, 0 for a stage that counts none."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    def line(self) -> str:
        """The stage in one line for a person."""
        rate = f", {self.rows:,} rows, {self.rows_per_s:,.0f} rows/s" if self.rows else ""
        return f"{self.name}: {self.seconds:.1f} s{rate}, peak {self.peak_memory_bytes / 2**20:,.0f} MiB"


@dataclass(slots=True)
class Stages:
    """The stages of one job, told to a console as they go."""

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))
    taken: list[StageTaken] = field(default_factory=list)
    rows: int = 0
    _status: Status | None = None
    _name: str = ""
    _began: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures and tells one stage."""
        _reset_peak_memory()
        self._name, self.rows, self._began = name, 0, time.perf_counter()
        if self.console.is_terminal:
            self._status = self.console.status(name)
            self._status.start()
        try:
            yield
        finally:
            if self._status is not None:
                self._status.stop()
                self._status = None
        self.taken.append(StageTaken(name, time.perf_counter() - self._began, self.rows, peak_memory_bytes()))
        self.console.print(self.taken[-1].line(), markup=False)

    def count_rows(self, what: str, count: int) -> None:
        """Adds rows to the running stage."""
        self.rows += count
        rate = self.rows / max(time.perf_counter() - self._began, 1e-9)
        self.say(f"{what}: {self.rows:,} rows, {rate:,.0f} rows/s")

    def say(self, doing: str) -> None:
        """Tells what the running stage is doing, where there is a terminal to see it move."""
        if self._status is not None:
            self._status.update(f"{self._name}: {doing}")

    def warn(self, message: str) -> None:
        """Prints what the reader must know although the job goes on."""
        self.console.print(f"note: {message}", markup=False)


def _reset_peak_memory() -> None:
    """Starts the kernel's peak anew, where it has such a switch."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory_bytes() -> int:
    """The most memory that this process has held."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
