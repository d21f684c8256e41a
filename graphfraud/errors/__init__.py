"""What can go wrong, drawn as a tree; each branch has one exit code.

GraphfraudError            1  our defect, when nothing below fits
├── UsageError             2  a wrong option, path or setting
│   ├── SettingsError         an unknown key or a value out of range in a TOML file
│   ├── FolderExists          the result is already there
│   ├── RingNotFound          the run has no such ring
│   ├── BatchSizeRefused      a batch of no id, or of too many
│   ├── PageRefused           a page size, token or filter that cannot be asked for
│   ├── QuestionRefused       no such question of the graph database, or a value that it does not take
│   ├── NothingLoaded         the graph database holds no run
│   └── UnknownId             the run in the graph database has no such id
├── InputRefused           3  the feed cannot be judged as it is
│   ├── TableMissing          a required table is absent
│   ├── ColumnMissing         a required column is absent
│   ├── TooManyQuarantined    more broken rows than `max_quarantined_share`
│   └── NothingToScore        no stream or no subject before `as_of`
└── EnvironmentFault       4  disk, memory, network, port or database
    ├── StoreBusy             another build is writing the store
    ├── LoadBusy              another load is writing the graph database
    ├── AnotherGraph          the graph database holds something else
    ├── ToolMissing           a program that is needed is absent, or too old
    ├── ServerFailed          the local graph database does not start, stop or import
    ├── DatabaseAway          no graph database answers
    ├── LoginRefused          the graph database does not take the user and password
    ├── DatabaseTooOld        the graph database is older than what is supported
    ├── DatabaseFull          the graph database has no disk or memory left
    ├── WriteRefused          a question tried to write
    ├── SchemaDiffers         another version of graphfraud wrote the graph database
    └── AnswerNotReached      a question took too long, or the database kept changing under it

Messages are lower case, without a full stop: what was wrong, where, and the nearest fix.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from os.path import commonprefix
from pathlib import Path
from typing import Final

TELLING_PREFIX: Final = len("ring-0000")
"""Characters in common from which a ring's id is told from others."""
LONGEST_SHOWN: Final = 64
"""Of what was asked for, in an error: it goes into headers, which are short."""


class GraphfraudError(Exception):
    """Base of all errors that graphfraud raises on purpose."""

    exit_code = 1


class UsageError(GraphfraudError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class SettingsError(UsageError):
    """A settings file names an unknown key, or a value that its key does not take."""

    def __init__(self, path: str, key: str, problem: str) -> None:
        self.path, self.key = path, key
        super().__init__(f"{path}: {key}: {problem}")


class FolderExists(UsageError):
    """The folder to write is already there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} exists: choose another --out, or pass --replace to put a new run in its place")


class RingNotFound(UsageError):
    """The run has no such ring."""

    def __init__(self, ring_id: str, known: Iterable[str]) -> None:
        self.ring_id, self.nearest = ring_id, _nearest_ring(ring_id, known)
        hint = f"did you mean {self.nearest!r}?" if self.nearest else "list them with `graphfraud rings RUN`"
        shown = ring_id if len(ring_id) <= LONGEST_SHOWN else f"{ring_id[:LONGEST_SHOWN]}..."
        super().__init__(f"ring {shown!r} is not in this run: {hint}")


class BatchSizeRefused(UsageError):
    """A batch of no id, or of more than one call takes."""

    def __init__(self, asked: int, limit: int) -> None:
        self.asked, self.limit = asked, limit
        fix = "ask for one at least" if asked == 0 else "split the batch"
        super().__init__(f"{asked:,} ids asked for, a call takes 1 to {limit:,}: {fix}")


class PageRefused(UsageError):
    """A page size, page token or filter that cannot be asked for."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(f"{field}: {problem}")


class InputRefused(GraphfraudError):
    """The feed breaks the contract in a way that no quarantine can mend."""

    exit_code = 3


class TableMissing(InputRefused):
    """A required table is absent from the feed."""

    def __init__(self, feed: Path, table: str, found: Iterable[str]) -> None:
        self.table = table
        near = nearest(table, found, least_likeness=0.5)
        mend = "export it in one of these formats" if near and near.split(".")[0] == table else "rename it"
        hint = f"; {near!r} is there: {mend}" if near else ""
        super().__init__(
            f"{feed}: required table {table!r} is missing: "
            f"expected {table}.parquet, {table}.csv, {table}.ndjson or a folder {table}/{hint}"
        )


class ColumnMissing(InputRefused):
    """A required column is absent from a file of a table."""

    def __init__(self, file: str, table: str, column: str, found: Iterable[str]) -> None:
        self.table, self.column = table, column
        found = list(found)
        near = nearest(column, found)
        hint = f"; {near!r} is there: rename it" if near else ""
        if len(found) == 1 and any(separator in found[0] for separator in ";\t|"):
            hint = f"; its header is {found[0]!r}: separate the columns by commas"
        super().__init__(f"{file}: required column {column!r} of table {table!r} is missing{hint}")


class TooManyQuarantined(InputRefused):
    """More of one table is broken than the settings allow."""

    def __init__(self, table: str, share: float, limit: float, top_reason: str, where: Path, fix: str) -> None:
        self.table, self.share, self.top_reason = table, share, top_reason
        super().__init__(
            f"table {table!r}: {share:.1%} of its rows are quarantined, over the limit of {limit:.1%}; "
            f"most often {top_reason!r}: {fix}; all of them are in {where}"
        )


class NothingToScore(InputRefused):
    """Nothing in the feed lies before `as_of`."""


class EnvironmentFault(GraphfraudError):
    """Disk, memory, network, port or database stood in the way."""

    exit_code = 4


class StoreBusy(EnvironmentFault):
    """Another build is writing the store."""

    def __init__(self, store: Path, holder: str) -> None:
        self.store, self.holder = store, holder
        super().__init__(f"{store} is being built by {holder}: wait until it is done, and call again")


def _nearest_ring(ring_id: str, known: Iterable[str]) -> str | None:
    """The ring that begins like the id: names of rings are hashes, of which people shorten or mistype the end."""
    asked = ring_id.strip().lower()[:LONGEST_SHOWN]
    shared = [(len(commonprefix([asked, name])), name) for name in known]  # noqa: RUF071 - these are no paths
    length, found = max(shared, key=lambda each: each[0], default=(0, None))
    return found if length >= TELLING_PREFIX else None


def nearest(name: str, valid: Iterable[str], *, least_likeness: float = 0.6) -> str | None:
    """The valid name most like `name`, or None when nothing comes near: 1 is the same, 0 has nothing in common."""
    close = get_close_matches(name, list(valid), n=1, cutoff=least_likeness)
    return close[0] if close else None
