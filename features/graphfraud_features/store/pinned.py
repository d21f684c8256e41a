"""A store held as it stands while builds go on: links beside it to all that it is made of."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from graphfraud.errors import EnvironmentFault
from graphfraud.folders.digest import file_digest
from graphfraud.folders.manifest import MANIFEST
from graphfraud.folders.whole import locked_partial, remove_leftovers
from graphfraud_features.store.stored import ATTEMPTS, Store, damaged, stored


@contextmanager
def pinned(folder: Path) -> Iterator[Store]:
    """The store as it is now, whole to the last bit, whatever later builds commit.

    Where nothing can be linked beside it, it is read in place, and a build meanwhile is found at the end.
    Raises: UsageError, InputRefused as `stored` does; EnvironmentFault when it changed while it was read in place.
    """
    folder = folder.resolve()
    try:
        remove_leftovers(folder)
        pin, lock = locked_partial(folder)
    except OSError:
        yield from _in_place(folder)
        return
    try:
        linked = _linked(folder, pin)
        if linked is None:
            yield from _in_place(folder)
        else:
            yield linked
    finally:
        shutil.rmtree(pin, ignore_errors=True)
        os.close(lock)


def _in_place(folder: Path) -> Iterator[Store]:
    before = stored(folder)
    _refuse_damage(before, shown=before)
    yield before
    if stored(folder).digest() != before.digest():
        raise EnvironmentFault(f"{folder}: a build changed the store while it was read: call again")


def _linked(folder: Path, pin: Path) -> Store | None:
    """The store, of links in `pin` to all of one state; None where files cannot be linked.

    A build that commits meanwhile makes it begin again.
    """
    for _ in range(ATTEMPTS):
        try:
            before = (folder / MANIFEST).read_bytes()
            store = stored(folder)
            _link(store, pin)
            if (folder / MANIFEST).read_bytes() == before:
                held = replace(store, folder=pin)
                _refuse_damage(held, shown=store)
                return held
        except FileNotFoundError:
            pass
        except OSError:
            return None
        for left in pin.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return None


def _link(store: Store, pin: Path) -> None:
    names = [Path(table) / f"{name}.parquet" for table, parts in store.parts.items() for name in parts]
    for name in [*names, *map(Path, store.files)]:
        (pin / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(store.folder / name, pin / name)


def _refuse_damage(store: Store, *, shown: Store) -> None:
    """Raises: InputRefused for a damaged partition, under the name that it has in the store shown."""
    for table, parts in store.parts.items():
        for name, part in parts.items():
            if file_digest(store.path(table, name)) != part.file_digest:
                raise damaged(shown.path(table, name))
