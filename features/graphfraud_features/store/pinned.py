"""A store held as it stands while builds go on: links beside it to all that it is made of."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from graphfraud.folders.manifest import MANIFEST
from graphfraud_features.store.contested import HASHES
from graphfraud_features.store.stored import Store, stored

ATTEMPTS: Final = 5


@contextmanager
def pinned(folder: Path) -> Iterator[Store]:
    """The store as it is now, whatever later builds commit; read in place where nothing can be written beside it.

    Raises: UsageError, InputRefused as `stored` does.
    """
    stored(folder)
    pin = folder.parent / f".{folder.name}.partial-reader-{os.getpid()}"
    try:
        pin.mkdir()
    except OSError:
        yield stored(folder)
        return
    lock = os.open(pin, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # so that no build takes it for what a killed one left
        yield stored(pin) if _linked(folder, pin) else stored(folder)
    finally:
        shutil.rmtree(pin, ignore_errors=True)
        os.close(lock)


def _linked(folder: Path, pin: Path) -> bool:
    """Whether all of one state was linked into `pin`; a build that commits meanwhile makes it begin again."""
    for _ in range(ATTEMPTS):
        try:
            before = (folder / MANIFEST).read_bytes()
            _link_tree(folder, pin)
            if (folder / MANIFEST).read_bytes() == before:
                return True
        except FileNotFoundError:
            pass
        except OSError:
            return False
        for left in pin.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return False


def _link_tree(folder: Path, pin: Path) -> None:
    for path in sorted(folder.rglob("*")):
        target = pin / path.relative_to(folder)
        if HASHES in {path.name, path.parent.name}:
            continue
        if path.is_dir():
            target.mkdir()
        else:
            os.link(path, target)
