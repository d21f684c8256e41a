"""A folder that appears whole or not at all.

It is written beside its place under a hidden name and renamed when it is done. A run that was
killed leaves only the hidden one, which the next run to the same place removes; the lock on it,
which the kernel drops with its process, tells one that is still being written.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Final

from graphfraud.errors import EnvironmentFault, FolderExists, UsageError
from graphfraud.folders.manifest import MANIFEST

KINDS: Final = ("run", "refusal")
"""What a manifest of ours says that its folder is."""


@contextmanager
def whole_folder(place: Path, *, replace: bool) -> Iterator[Path]:
    """A hidden folder to write into; on a clean exit it takes its place, on an error it goes.

    Raises: FolderExists when the place is taken and may not be replaced, EnvironmentFault when it
    cannot be written, UsageError when what is to be replaced is no folder of ours.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _restore_interrupted_swap(place)
        refuse_taken_place(place, replace=replace)
        _remove_leftovers(place)
        partial = place.parent / f".{place.name}.partial-{os.getpid()}"
        partial.mkdir()
        lock = os.open(partial, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        raise EnvironmentFault(
            f"{place}: cannot be written: {error.strerror}: choose an --out that you may write"
        ) from error
    try:
        yield partial
        refuse_taken_place(place, replace=replace)
        _swap_in(partial, place)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def refuse_taken_place(place: Path, *, replace: bool) -> None:
    """Raises: FolderExists, or UsageError, when a folder may not be written at `place`."""
    if not os.path.lexists(place):
        return
    if not replace:
        raise FolderExists(place)
    if not place.is_dir() or place.is_symlink():
        raise UsageError(f"{place} is no folder: choose another --out")
    if any(place.iterdir()) and not is_ours(place):
        raise UsageError(f"{place} holds no {MANIFEST} of graphfraud: only a folder that graphfraud wrote is replaced")


def is_ours(place: Path) -> bool:
    """Whether graphfraud wrote the folder: its manifest says a format and a kind of ours."""
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and "format" in manifest and manifest.get("kind") in KINDS


def _swap_in(partial: Path, place: Path) -> None:
    aside = place.parent / f".{place.name}.replaced"
    if place.exists():
        place.rename(aside)
    try:
        partial.rename(place)
    except OSError:
        _restore_interrupted_swap(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _restore_interrupted_swap(place: Path) -> None:
    """Puts back what a killed run had moved aside but not yet replaced."""
    aside = place.parent / f".{place.name}.replaced"
    if aside.exists() and not place.exists():
        aside.rename(place)
    shutil.rmtree(aside, ignore_errors=True)


def _remove_leftovers(place: Path) -> None:
    for leftover in place.parent.glob(f".{escape(place.name)}.partial-*"):
        with suppress(OSError):
            lock = os.open(leftover, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(leftover, ignore_errors=True)
            finally:
                os.close(lock)
