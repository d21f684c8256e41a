"""One writer at a time: a lock that the kernel drops with its process, and that says who holds it."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from graphfraud.errors import EnvironmentFault, StoreBusy


@contextmanager
def only_writer(place: Path) -> Iterator[None]:
    """Holds the place for this process; the lock lies beside it, hidden, and stays there.

    Raises: StoreBusy, which names who holds it, EnvironmentFault where no lock can be written.
    """
    path = place.parent / f".{place.name}.lock"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise EnvironmentFault(
            f"{place}: cannot be written: {error.strerror}: choose a --store that you may write"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreBusy(place, _holder(descriptor)) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(_ourselves()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _ourselves() -> dict[str, str | int]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4_096, 0))
        return f"process {holder['pid']} on {holder['host']}, since {holder['since']}"
    except (ValueError, KeyError, TypeError):  # it has only just taken the lock
        return "another process"
