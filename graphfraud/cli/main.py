"""The command itself: its subcommands, and every error as one line with its exit code."""

import os
import sys
import traceback
from io import TextIOWrapper
from typing import Annotated, Final

import typer

from graphfraud import __version__
from graphfraud.cli.build import build
from graphfraud.cli.config import config_app
from graphfraud.cli.demo import demo
from graphfraud.cli.evaluate import evaluate
from graphfraud.cli.neo4j import neo4j_app
from graphfraud.cli.rings import rings
from graphfraud.cli.run import run
from graphfraud.cli.score import score
from graphfraud.cli.serve import serve
from graphfraud.cli.simulate import simulate
from graphfraud.cli.snapshot import snapshot
from graphfraud.errors import EnvironmentFault, GraphfraudError
from graphfraud.printable import printable

TRACEBACK_SWITCH: Final = "GRAPHFRAUD_TRACEBACK"
"""Set to 1, an environment variable that shows where an error came from."""

app = typer.Typer(
    name="graphfraud",
    help="Find coordinated fraud in music streaming: a feed in, judged accounts, tracks and listeners out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(build)
app.command()(snapshot)
app.command()(simulate)
app.command()(rings)
app.command()(serve)
app.command()(score)
app.command()(evaluate)
app.command()(demo)
app.add_typer(config_app)
app.add_typer(neo4j_app)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - a typer callback is called with the option's value
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the command line; never returns, and never shows a traceback unasked."""
    _print_anywhere()
    try:
        app()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BrokenPipeError:
        # Whoever reads us has seen enough; what is still held back must not fail a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except BaseException as error:  # noqa: BLE001 - the last line of defence: whatever it is, it becomes one line
        if os.environ.get(TRACEBACK_SWITCH) == "1":
            traceback.print_exc()
        known = _as_known(error)
        print(f"error: {printable(str(known))}", file=sys.stderr)  # noqa: T201 - this is the command's own voice
        sys.exit(known.exit_code)


def _print_anywhere() -> None:
    """What an output's encoding lacks is printed as Python writes it, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _as_known(error: BaseException) -> GraphfraudError:
    """The error as one of ours: what the machine refused is its environment's, all else our defect."""
    if isinstance(error, GraphfraudError):
        return error
    if isinstance(error, MemoryError) or "out of memory" in str(error) or "can't allocate memory" in str(error):
        return EnvironmentFault("out of memory: give the machine more, or the feed fewer days")
    if isinstance(error, OSError) or "No space left on device" in str(error) or "(os error " in str(error):
        what = getattr(error, "strerror", None) or str(error).split("\n", 1)[0]
        where = getattr(error, "filename", None)
        return EnvironmentFault(f"{where}: {what}" if where else str(what))
    # Its text is not shown: it may quote a row.
    return GraphfraudError(
        f"a defect of graphfraud: {type(error).__name__}: "
        f"please report it, with the traceback that {TRACEBACK_SWITCH}=1 shows"
    )
