"""Two folders that take each other's place in one step, so that no reader ever finds neither."""

import ctypes
import os
import sys
from pathlib import Path
from typing import Final

AT_FDCWD: Final = -100
RENAME_EXCHANGE: Final = 2
"""From linux/fs.h: the flag of renameat2."""


def exchange(one: Path, other: Path) -> bool:
    """Whether both paths were exchanged; False where this system or file system has no such step."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    return bool(renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)
