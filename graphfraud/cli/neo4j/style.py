"""`graphfraud neo4j style`: colours and captions for Neo4j Browser."""

import typer


def style() -> None:
    """Print the style sheet for Neo4j Browser: write it to a file, and drop that file on Browser's `:style`."""
    from importlib.resources import files

    typer.echo(files("graphfraud.neo4j").joinpath("graphfraud.grass").read_text(encoding="utf-8"), nl=False)
