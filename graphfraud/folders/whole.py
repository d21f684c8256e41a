"""A folder that appears whole or not at all.

It is written beside its place under a hidden name and renamed when it is done. A job that was
killed leaves only the hidden one, which the next job at the same place removes; the lock on it,
which the kernel drops with its process, tells one that is still being written.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Final

from graphfraud.errors import EnvironmentFault, FolderExists, UsageError
from graphfraud.folders.exchange import exchange
from graphfraud.folders.failpoints import failpoint
from graphfraud.folders.manifest import MANIFEST

WORK: Final = "work"
"""What is only needed while a folder is made lies there, and goes before it takes its place."""


@contextmanager
def whole_folder(place: Path, *, replace: bool, kind: str = "run") -> Iterator[Path]:
    """A hidden folder to write into; on a clean exit it takes its place, on an error it goes.

    What it may replace is a folder of the same kind, as its manifest says it.
    Raises: FolderExists when the place is taken and may not be replaced, EnvironmentFault when it
    cannot be written, UsageError when what is to be replaced is no folder of ours.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        restore_interrupted_swap(place)
        refuse_taken_place(place, replace=replace, kind=kind)
        remove_leftovers(place)
        partial, lock = locked_partial(place)
    except OSError as error:
        raise EnvironmentFault(
            f"{place}: cannot be written: {error.strerror}: choose another {_option(kind)}, that you may write"
        ) from error
    try:
        yield partial
        refuse_taken_place(place, replace=replace, kind=kind)
        _make_durable(partial)
        failpoint(f"{kind}: before it takes its place")
        _swap_in(partial, place)
        failpoint(f"{kind}: after it took its place")
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def refuse_taken_place(place: Path, *, replace: bool, kind: str = "run") -> None:
    """Raises: FolderExists, or UsageError, when a folder of this kind may not be written at `place`."""
    if not os.path.lexists(place):
        return
    if not replace:
        raise FolderExists(place)
    if not place.is_dir() or place.is_symlink():
        raise UsageError(f"{place} is no folder: choose another {_option(kind)}")
    found = kind_of(place)
    if found is None and any(place.iterdir()):
        raise UsageError(f"{place} holds no {MANIFEST} of graphfraud: only a folder that graphfraud wrote is replaced")
    if found not in {None, kind}:
        raise UsageError(f"{place} is a {found}, and no {kind} takes its place: choose another {_option(kind)}")


def _option(kind: str) -> str:
    """The option that names a folder of this kind."""
    return "--store" if kind == "store" else "--out"


def locked_partial(place: Path) -> tuple[Path, int]:
    """A new hidden folder beside a place, and the descriptor whose lock keeps others from removing it."""
    while True:
        partial = place.parent / f".{place.name}.partial-{os.getpid()}-{secrets.token_hex(4)}"
        partial.mkdir()
        with suppress(FileNotFoundError):  # somebody took it for a leftover before it had its lock
            lock = os.open(partial, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if partial.is_dir():
                return partial, lock
            os.close(lock)


def kind_of(place: Path) -> str | None:
    """What graphfraud wrote into the folder (`run`, `store`, ...), None where it did not write it."""
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or "format" not in manifest or not isinstance(manifest.get("kind"), str):
        return None
    return str(manifest["kind"])


def _swap_in(partial: Path, place: Path) -> None:
    """Puts the new folder in its place, in one step wherever the system has one."""
    if not place.exists():
        partial.rename(place)
    elif exchange(partial, place):
        shutil.rmtree(partial, ignore_errors=True)
    else:
        _swap_in_two_steps(partial, place)
    _sync(place.parent)


def _swap_in_two_steps(partial: Path, place: Path) -> None:
    aside = aside_of(place)
    place.rename(aside)
    try:
        partial.rename(place)
    except OSError:
        restore_interrupted_swap(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def restore_interrupted_swap(place: Path) -> None:
    """Puts back what a killed job had moved aside but not yet replaced."""
    aside = aside_of(place)
    if aside.exists() and not place.exists():
        aside.rename(place)
    shutil.rmtree(aside, ignore_errors=True)


def aside_of(place: Path) -> Path:
    """Where a folder lies for an instant while another takes its place, on systems that cannot exchange them."""
    return place.parent / f".{place.name}.replaced"


def _make_durable(partial: Path) -> None:
    """Hands what was written to the disk, so that not even a power cut leaves a folder that is only half there."""
    for folder, _, files in os.walk(partial):
        for name in files:
            _sync(Path(folder) / name)
        _sync(Path(folder))


def _sync(path: Path) -> None:
    with suppress(OSError):  # some file systems have nothing to sync a folder with
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_leftovers(place: Path) -> None:
    """Removes what killed jobs left beside the place; what is still written or read has a lock on it, and stays."""
    for leftover in place.parent.glob(f".{escape(place.name)}.partial-*"):
        with suppress(OSError):
            lock = os.open(leftover, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(leftover, ignore_errors=True)
            finally:
                os.close(lock)
