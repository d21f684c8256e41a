"""`graphfraud neo4j`: the investigators' graph database."""

import typer

from graphfraud.cli.neo4j.ask import ask
from graphfraud.cli.neo4j.load import load
from graphfraud.cli.neo4j.style import style

neo4j_app = typer.Typer(name="neo4j", help="The investigators' graph database.", no_args_is_help=True)
neo4j_app.command()(load)
neo4j_app.command()(ask)
neo4j_app.command()(style)
