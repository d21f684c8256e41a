"""`graphfraud snapshot`: what a store knew at an instant, as a graph."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from graphfraud.cli.options import limit_threads, parsed_instant, settings_with_threads, usable_cores
from graphfraud.printable import counted


def snapshot(
    store: Annotated[Path, typer.Argument(help="Folder that `graphfraud build` keeps.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder to write; it appears whole or not at all.", show_default=False)],
    as_of: Annotated[
        str | None, typer.Option(help="Instant, such as 2026-10-29T00:00:00Z; default: after the last event.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="graphfraud.toml: how to compute.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads; default: one a core.")] = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Put the new graph in the place of an old one.")] = False,
) -> None:
    """Write the graph of all that STORE holds from before an instant: nodes with features, and edges."""
    settings = settings_with_threads(config, threads)
    limit_threads(settings.run.threads or usable_cores())
    from graphfraud.building.graph import SnapshotRequest, snapshot_store
    from graphfraud.run.stages import Stages

    request = SnapshotRequest(
        store=store,
        out=out,
        as_of=parsed_instant(as_of, naive_is_utc=settings.feed.naive_instants_are_utc) if as_of else None,
        clock=datetime.now(UTC),
        settings=settings,
        replace=replace,
    )
    made = snapshot_store(request, Stages())
    typer.echo(f"graph as of {made.as_of.isoformat().replace('+00:00', 'Z')}")
    for kind, count in made.nodes.items():
        typer.echo(f"{counted(count, kind)}")
    for relation, count in made.edges.items():
        typer.echo(f"{relation}: {counted(count, 'edge')}")
    typer.echo(f"digest {made.digest}\nwritten to {out}")
