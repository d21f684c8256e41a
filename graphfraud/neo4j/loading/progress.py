"""How far a load is: a bar with rows a second on a terminal, a line a step elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


@dataclass(slots=True)
class LoadProgress:
    """Rows of a run that were looked at or written, step by step."""

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))
    written: dict[str, int] = field(default_factory=dict)
    """Rows that were made, ended or removed, by what they are."""
    seconds: dict[str, float] = field(default_factory=dict)
    """What each step took."""
    _bar: Progress | None = None
    _task: TaskID | None = None
    _done: int = 0

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, TextColumn("{task.fields[rate]} rows/s"), console=self.console)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @contextmanager
    def step(self, name: str, rows: int) -> Iterator[None]:
        """One step over so many rows; tells how long it took."""
        began, before = time.perf_counter(), sum(self.written.values())
        self._done = 0
        if self._bar is not None:
            self._task = self._bar.add_task(name, total=max(rows, 1), rate="0")
        yield
        taken = time.perf_counter() - began
        self.seconds[name] = self.seconds.get(name, 0.0) + taken
        if self._bar is not None and self._task is not None:
            self._bar.remove_task(self._task)
        changed = sum(self.written.values()) - before
        rate = f", {max(rows, changed) / max(taken, 1e-9):,.0f} rows/s" if rows or changed else ""
        said = f"{name}: {rows:,} rows, {changed:,} changed, {taken:.1f} s{rate}"
        self.console.print(said if rows or changed else f"{name}: {taken:.1f} s", markup=False)

    def advance(self, rows: int) -> None:
        """So many more rows are dealt with."""
        self._done += rows
        if self._bar is not None and self._task is not None:
            task = self._bar.tasks[-1]
            rate = f"{self._done / max(task.elapsed or 0, 1e-9):,.0f}"
            self._bar.update(self._task, advance=rows, rate=rate)

    def changed(self, what: str, rows: int) -> None:
        """So many rows were made, ended or removed."""
        self.written[what] = self.written.get(what, 0) + rows

    def say(self, message: str) -> None:
        """Prints a line."""
        self.console.print(message, markup=False)
