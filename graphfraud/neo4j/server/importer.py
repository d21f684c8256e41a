"""Fills a local server from CSV files while it is down: ten times as fast as asking it to, and all that was in it goes.

What was killed at any step is told by a mark in the server's home and done over by the next import.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from graphfraud.errors.database import DatabaseFull, ServerFailed
from graphfraud.folders.failpoints import failpoint
from graphfraud.neo4j.connection import connected
from graphfraud.neo4j.server.csv_files import ARRAY_DELIMITER, ImportFile, NodeFile, RelationshipFile
from graphfraud.neo4j.server.home import DATABASE, ServerHome
from graphfraud.neo4j.server.local import LocalServer, silent
from graphfraud.neo4j.server.settle import settle_lists

BYTES_BESIDE: Final = 256 * 2**20
STORE_PER_CSV: Final = 2.0
"""Bytes of a database for each byte of CSV, at most: 1.3 measured on plays by the hour."""
READ_BUFFER_BYTES: Final = 4 * 2**20
"""What the importer reads at once; it must hold the longest value."""
_DONE: Final = "IMPORT DONE"
_SOURCE: Final = re.compile(r"source:[^\n]*?(\d+)\.csv,")


def offline_import(
    server: LocalServer,
    nodes: Sequence[NodeFile],
    relationships: Sequence[RelationshipFile],
    *,
    say: Callable[[str], None] = silent,
) -> None:
    """Replaces all that the server holds, and has it answer again; it has neither constraints nor indexes then.

    Raises: DatabaseFull, ServerFailed when a row cannot be imported, which leaves the database empty.
    """
    files = _files(nodes, relationships)
    with server.home.held():
        _refuse_small_disk(server.home, files)
        server.home.import_mark.touch()
        server.stop_held()
        failpoint("neo4j: before import")
        _run_importer(server, nodes, relationships, say)
        failpoint("neo4j: imported")
        server.start_held(say=say)
        with connected(server.login) as driver:
            settle_lists(driver, nodes, relationships)
        server.home.import_mark.unlink()


def _files(nodes: Sequence[NodeFile], relationships: Sequence[RelationshipFile]) -> list[ImportFile]:
    return [*(each.file for each in nodes), *(each.file for each in relationships)]


def _refuse_small_disk(home: ServerHome, files: Sequence[ImportFile]) -> None:
    needed = int(sum(file.path.stat().st_size for file in files) * STORE_PER_CSV) + BYTES_BESIDE
    free = shutil.disk_usage(home.folder).free
    if free < needed:
        raise DatabaseFull(
            str(home.folder),
            f"{free / 2**20:,.0f} MiB are free, an import needs about {needed / 2**20:,.0f}: free some",
        )


def _run_importer(
    server: LocalServer,
    nodes: Sequence[NodeFile],
    relationships: Sequence[RelationshipFile],
    say: Callable[[str], None],
) -> None:
    home = server.home
    for left in (home.folder / "import").glob("files-*"):  # by an import that was killed
        shutil.rmtree(left, ignore_errors=True)
    # Names of our own: what the command is given are patterns, parted by commas.
    with tempfile.TemporaryDirectory(prefix="files-", dir=home.folder / "import") as named:
        staging = Path(named)
        importer = server.importer
        importer.stop()
        command = [*server.admin_command(), *_arguments(server, nodes, relationships, staging)]
        rows = sum(file.row_count for file in _files(nodes, relationships))
        say(f"importing {rows:,} rows")
        importer.start(command, folder=staging, log=home.import_log)
        try:
            while importer.pid is not None:
                time.sleep(0.1)
        except BaseException:
            importer.stop()
            raise
        home.importer_pid_file.unlink(missing_ok=True)
    _refuse_failure(server, _files(nodes, relationships))


def _arguments(
    server: LocalServer, nodes: Sequence[NodeFile], relationships: Sequence[RelationshipFile], staging: Path
) -> list[str]:
    files = _files(nodes, relationships)
    names = [f"{number}.csv" for number in range(len(files))]
    for name, file in zip(names, files, strict=True):
        (staging / name).symlink_to(file.path.absolute())
    kinds = [f"--nodes={':'.join((each.label.name, *each.label.also))}=" for each in nodes]
    kinds += [f"--relationships={each.type.name}=" for each in relationships]
    has_line_ends = any(file.has_line_ends for file in files)
    buffer = max([READ_BUFFER_BYTES, *(4 * file.longest_row_bytes for file in files)])
    return [
        *("database", "import", "full", DATABASE, "--verbose", "--overwrite-destination", "--id-type=string"),
        *(f"--array-delimiter=U+{ord(ARRAY_DELIMITER):04X}", f"--read-buffer-size={buffer}"),
        f"--multiline-fields={str(has_line_ends).lower()}",  # slower where there are many processors
        f"--threads={(os.cpu_count() or 1) + 1}",  # one waits for the disk
        *("--bad-tolerance=0", "--skip-bad-relationships=false", "--skip-duplicate-nodes=false", "--strict=true"),
        f"--report-file={server.import_report}",
        *(kind + name for kind, name in zip(kinds, names, strict=True)),
    ]


def _refuse_failure(server: LocalServer, files: Sequence[ImportFile]) -> None:
    """Raises what the importer said, once the server answers again, with nothing in it."""
    said = server.home.import_log.read_text(encoding="utf-8", errors="replace")
    if _DONE in said:
        return
    for folder in ("databases", "transactions"):
        shutil.rmtree(server.home.folder / "data" / folder / DATABASE, ignore_errors=True)
    if "No space left" in said:
        raise DatabaseFull(str(server.home.folder), "no disk is left for the import: free some, and load again")
    server.start_held()
    raise ServerFailed(f"the import failed: {_reason(said, files)}", server.home.import_log)


def _reason(said: str, files: Sequence[ImportFile]) -> str:
    """What was wrong in which file, in the importer's words: the innermost cause."""
    causes = [line for line in said.splitlines() if line.startswith("Caused by: ")]
    words = causes[-1].removeprefix("Caused by: ").partition(": ")[2] if causes else "the importer ended without a word"
    named = _SOURCE.search(said)
    return f"{files[int(named.group(1))].path}: {words}" if named else words
