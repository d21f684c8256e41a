"""How kernels are compiled: ahead, for one signature, kept for the next process wherever that can be done."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba
from numba.core import types

Taken = ParamSpec("Taken")
Given = TypeVar("Given")


def given(number: types.Number, *, axes: int = 1) -> types.Array:
    """The type of an array that a kernel only reads, as what Arrow and Polars lend cannot be written to."""
    return types.Array(number, axes, "C", readonly=True)


def filled(number: types.Number, *, axes: int = 1) -> types.Array:
    """The type of an array that a kernel writes to."""
    return types.Array(number, axes, "C")


def compiled(returned: types.Type, *taken: types.Type) -> Callable[[Callable[Taken, Given]], Callable[Taken, Given]]:
    """A decorator: the function as machine code that holds no lock, so that threads run it side by side."""

    def to_machine_code(function: Callable[Taken, Given]) -> Callable[Taken, Given]:
        return _kept(function, signature=returned(*taken))

    return to_machine_code


def inlined(function: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """The function as a part of kernels of its own file; numba looks for changes in no other."""
    part: Callable[Taken, Given] = numba.njit(inline="never")(function)
    return part


def _kept(function: Callable[Taken, Given], *, signature: types.Type) -> Callable[Taken, Given]:
    """The compiled function, from numba's cache where one can be written.

    The cache lies beside the source or, where that is read-only, in the user's cache folder; its files are replaced
    whole, so that processes may start at once. Where neither can be written numba refuses to cache at all.
    """
    try:
        kept: Callable[Taken, Given] = numba.njit(signature, nogil=True, cache=True)(function)
    except (RuntimeError, OSError):
        kept = numba.njit(signature, nogil=True)(function)
    return kept
