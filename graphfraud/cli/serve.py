"""`graphfraud serve`: a finished run, answered over gRPC."""

import asyncio
import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer


def serve(
    run: Annotated[Path, typer.Argument(help="Folder of a run.", show_default=False)],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 for any free one.")] = 50_051,
) -> None:
    """Answer scores and rings of RUN over gRPC until told to stop (Ctrl-C or SIGTERM)."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what goes wrong is told once, in our own words
    from graphfraud.folders.finished import finished_run
    from graphfraud_serving import server
    from graphfraud_serving.scorebook import scorebook

    host = f"[{host}]" if ":" in host and not host.startswith("[") else host  # IPv6, beside a port
    book = scorebook(finished_run(run))
    subject_count = sum(scores.height for scores in book.scores.values())

    def tell(listening: int) -> None:
        typer.echo(f"serving {run} on {host}:{listening}: {subject_count:,} subjects, {book.rings.height:,} rings")
        if not _is_loopback(host):
            typer.echo(
                f"note: {host} is reached from outside, without encryption or authentication: put a proxy before it",
                err=True,
            )

    asyncio.run(server.serve(book, host=host, port=port, on_start=tell))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
