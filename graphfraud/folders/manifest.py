"""The JSON file by which a folder of arrays describes itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from graphfraud.errors import InputRefused, UsageError

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write `facts` under today's format; call it last, so that a folder with a manifest is whole."""
    text = json.dumps({"format": FORMAT, **facts}, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path, what: str) -> dict[str, Any]:
    """What the folder says about itself; `what` names it in errors.

    Raises: UsageError for a format newer than this release, InputRefused for a file that cannot be read.
    """
    path = folder / MANIFEST
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputRefused(f"{path}: no {what} can be read here: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputRefused(f"{path}: {what} is damaged: not JSON in UTF-8; write it again") from error
    written_as = facts.get("format") if isinstance(facts, dict) else None
    if not isinstance(written_as, int) or isinstance(written_as, bool) or written_as < 1:
        raise InputRefused(f"{path}: {what} is damaged: it does not say its format; write it again")
    if written_as > FORMAT:
        raise UsageError(
            f"{path}: {what} has format {written_as}, this release reads up to {FORMAT}: install a newer one"
        )
    return {name: fact for name, fact in facts.items() if name != "format"}
