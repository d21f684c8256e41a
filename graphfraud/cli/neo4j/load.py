"""`graphfraud neo4j load`: a finished run into the graph database."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphfraud.printable import counted

if TYPE_CHECKING:
    from graphfraud.neo4j.load import LoadOutcome


class ScopeChoice(StrEnum):
    """How much of a run is loaded."""

    ALL = "all"
    RINGS = "rings"


def load(
    run: Annotated[Path, typer.Argument(help="Folder of a run.", show_default=False)],
    scope: Annotated[
        ScopeChoice | None,
        typer.Option(
            help="all; or rings: their members, what lies two hops around them through rare things, and a sample. "
            "Default: all up to 20 M pairs of listener and track.",
            show_default=False,
        ),
    ] = None,
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Never stop the server: an empty one on this machine is filled over Bolt.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Remove all that the database holds first.")] = False,
) -> None:
    """Bring the graph database to RUN: an empty one by Neo4j's importer, else what changed, seen all at once.

    The database is the one that NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE name, or the one that
    `make neo4j` started. Whatever stops a load, the same command goes on.
    """
    from graphfraud.neo4j.load import LoadRequest, load_run
    from graphfraud.neo4j.loading.progress import LoadProgress

    asked = LoadRequest(run=run, scope=scope.value if scope else None, online=online, replace=replace)
    for line in _summary(load_run(asked, LoadProgress())):
        typer.echo(line)


def _summary(outcome: "LoadOutcome") -> list[str]:
    projected = outcome.projection
    run = f"run {projected.run['run_id']}, as of {projected.run['as_of']}"
    lines = [f"{outcome.uri} holds {run}: {outcome.how}, {outcome.seconds:.1f} s"]
    if outcome.how == "update":
        changed = ", ".join(f"{count:,} {what}" for what, count in outcome.written.items()) or "nothing"
        lines.append(f"changed: {changed}")
    if projected.left_out:
        left = ", ".join(f"{count:,} {name}" for name, count in sorted(projected.left_out.items()))
        lines.append(f"left out of the scope {projected.scope}: {left}")
    rings = projected.rings(1).height
    return [*lines, f"{counted(rings, 'ring')}: ask with `graphfraud neo4j ask`"]
