"""Events on disk by range of listeners, so that memory holds one range at a time."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Int32, Int64

from graphfraud_features.pairs.spill_kernel import count_by_range, deal_by_range

HELD_EVENTS: Final = 1 << 20
"""So many events are dealt to the ranges at once, that each range gets a piece of some size."""

EVENT_BYTES: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Events whose ids are codes."""

    listener_code: Int32[np.ndarray, " event"]
    track_code: Int32[np.ndarray, " event"]
    signed_us: Int64[np.ndarray, " event"]
    """Twice the instant, and one where the play is just paid."""


@dataclass(slots=True, eq=False)
class Spill:
    """One file of pieces, each with events of one range of listeners, wherever it lies in the file."""

    path: Path
    range_count: int
    pieces: list[list[tuple[int, int]]] = field(init=False)
    """For each range: where each of its pieces begins, and how many events it has."""
    _held: list[Coded] = field(default_factory=list)
    _held_count: int = 0
    _written_count: int = 0

    def __post_init__(self) -> None:
        """Starts an empty file."""
        self.pieces = [[] for _ in range(self.range_count)]
        self.path.touch()

    def add(self, events: Coded, range_of: Int32[np.ndarray, " listener"]) -> None:
        """Takes events in, and writes when many are held; `range_of` knows every listener so far."""
        self._held.append(events)
        self._held_count += len(events.signed_us)
        if self._held_count >= HELD_EVENTS:
            self.flush(range_of)

    def flush(self, range_of: Int32[np.ndarray, " listener"]) -> None:
        """Writes what is held."""
        if not self._held:
            return
        dealt, offsets = np.empty((self._held_count, 2), np.int64), np.zeros(self.range_count + 1, np.int64)
        for events in self._held:
            count_by_range(events.listener_code, range_of, offsets[1:])
        np.cumsum(offsets, out=offsets)
        next_free = offsets[:-1].copy()
        for events in self._held:
            deal_by_range(events.listener_code, events.track_code, events.signed_us, range_of, next_free, dealt)
        with self.path.open("ab") as file:
            file.write(dealt.data)
        for one in np.flatnonzero(np.diff(offsets)).tolist():
            self.pieces[one].append((self._written_count + int(offsets[one]), int(offsets[one + 1] - offsets[one])))
        self._written_count += self._held_count
        self._held, self._held_count = [], 0

    def events(self, one: int) -> Int64[np.ndarray, "event 2"]:
        """The events of a range as they were dealt; any number of threads may ask."""
        events = np.empty((sum(count for _, count in self.pieces[one]), 2), np.int64)
        place = 0
        with self.path.open("rb") as file:
            for begin, count in self.pieces[one]:
                file.seek(begin * EVENT_BYTES)
                file.readinto(events[place : place + count].data.cast("B"))
                place += count
        return events
