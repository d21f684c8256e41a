"""`graphfraud build`: what is new of a feed, into its store."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphfraud.cli.options import limit_threads, settings_with_threads, usable_cores
from graphfraud.printable import counted

if TYPE_CHECKING:
    from graphfraud_features.store.build import Built


def build(
    feed: Annotated[Path, typer.Argument(help="Folder of the feed's tables.", show_default=False)],
    store: Annotated[
        Path, typer.Option(help="Folder that keeps what was read; made when missing.", show_default=False)
    ],
    config: Annotated[Path | None, typer.Option(help="graphfraud.toml: how to compute.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads; default: one a core.")] = None,
) -> None:
    """Read the files of FEED that STORE has not read yet, and keep what they say by day."""
    settings = settings_with_threads(config, threads)
    thread_count = settings.run.threads or usable_cores()
    limit_threads(thread_count)
    from graphfraud.building.store import build_feed
    from graphfraud.run.stages import Stages

    built = build_feed(
        feed, store, clock=datetime.now(UTC), settings=settings.feed, threads=thread_count, stages=Stages()
    )
    for line in _summary(built):
        typer.echo(line)


def _summary(built: "Built") -> list[str]:
    """What the build did and what the store holds."""
    store, entries = built.store, built.new_entries
    unreadable = [entry.file for entry in entries if entry.is_unreadable]
    lines = [
        f"{counted(len(entries), 'new file')}, {counted(sum(entry.row_count for entry in entries), 'row')}, "
        f"{counted(sum(built.rebuilt.values()), 'partition')} rebuilt"
        if entries
        else "nothing new: every file of the feed was read before"
    ]
    if unreadable:
        lines.append(
            f"{counted(len(unreadable), 'file')} could not be read: see {store.folder}/quarantine/files.parquet"
        )
    lines.extend(
        f"{table}: {counted(store.row_count(table), 'row')}{_fates(built, table)}"
        for table in store.parts
        if store.row_count(table) or store.waiting(table).height
    )
    return [*lines, f"store {store.digest()[:16]} in {store.folder}"]


def _fates(built: "Built", table: str) -> str:
    store = built.store
    told = [f"{count:,} {fate}" for fate, count in store.left_out.get(table, {}).items()]
    if waiting := store.waiting(table).height:
        told.append(f"{waiting:,} waiting for a subject")
    return f" ({', '.join(told)})" if told else ""
