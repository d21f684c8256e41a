"""`graphfraud demo`: a platform simulated, its fraud found, the findings held against the truth."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from graphfraud.cli.evaluate import evaluate
from graphfraud.cli.options import limit_threads, usable_cores
from graphfraud.cli.run import score_feed
from graphfraud.cli.score import Kind, score
from graphfraud.cli.simulate import described_world
from graphfraud.config import Policy, Settings
from graphfraud.errors import EnvironmentFault, UsageError
from graphfraud.vocabulary import ACCOUNT

if TYPE_CHECKING:
    import polars as pl

ASKED_COUNT: Final = 3
MARK = ".graphfraud-demo"
"""A file that says that a folder is a demo's, and may be made anew."""


def demo(
    out: Annotated[
        Path, typer.Option(help="Folder for the world and its run; an older demo there is replaced.")
    ] = Path("demo"),
    scale: Annotated[float, typer.Option(help="1 is about 40,000 listeners.")] = 0.05,
    seed: Annotated[int, typer.Option(help="Another seed, another platform.")] = 7,
) -> None:
    """Simulate a platform with planted fraud, judge it, and compare with the truth."""
    limit_threads(usable_cores())
    from graphfraud.evaluation.comparison import comparison
    from graphfraud.evaluation.rings import ring_sentence
    from graphfraud.simulator.world import WorldSettings, write_world

    settings = WorldSettings(scale=scale, seed=seed)
    _make_room(out)
    world, run = out / "world", out / "world" / "run"
    typer.echo("1. a platform is simulated, with rings of every kind of attack, and honest look-alikes\n")
    typer.echo(described_world(write_world(world, settings), world))
    typer.echo("\n2. its feed is judged; the truth is not looked at\n")
    score_feed(world / "feed", run, settings=Settings(), policy=Policy())
    typer.echo("\n3. the verdicts are held against the truth\n")
    found = comparison(world, run)
    typer.echo(f"{found_sentence(found.verdicts)};\n{ring_sentence(found.rings)}\n")
    evaluate(world, run=run)
    typer.echo("\n4. the run is served over gRPC, and asked about the riskiest accounts\n")
    ask_served(run)
    typer.echo(_where_to_look(run))


def found_sentence(verdicts: "pl.DataFrame") -> str:
    """What was found of each kind, and who was wrongly accused, in words."""
    told = []
    for (kind,), judged in verdicts.group_by("subject_kind", maintain_order=True):
        rows = [(verdict, total, fraud) for _, verdict, total, fraud, _ in judged.iter_rows()]
        found = sum(fraud for verdict, _, fraud in rows if verdict != "allow")
        wronged = sum(total - fraud for verdict, total, fraud in rows if verdict != "allow")
        fraud_count = sum(fraud for *_, fraud in rows)
        honest_count = sum(total for _, total, _ in rows) - fraud_count
        told.append(
            f"of {fraud_count:,} fraudulent {kind}s {found:,} are held, in review or blocked, "
            f"and so are {wronged:,} of {honest_count:,} honest ones"
        )
    return ";\n".join(told)


def ask_served(run: Path) -> None:
    """Serves the run on a free port, as anybody would, asks it once, and stops it."""
    import polars as pl

    accounts = pl.read_parquet(run / "scores.parquet", glob=False).filter(subject_kind=ACCOUNT)
    asked = accounts.sort("risk", descending=True)["subject_id"].head(ASKED_COUNT).to_list()
    command = [sys.executable, "-m", "graphfraud", "serve", str(run), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            said = server.stdout.readline() if server.stdout else ""
            if not said:
                raise EnvironmentFault(f"`graphfraud serve {run}` did not start: see what it says by itself")
            address = said.removeprefix(f"serving {run} on ").split(": ", 1)[0]
            typer.echo(f"$ graphfraud serve {run} --port 0\n{said}")
            typer.echo(f"$ graphfraud score account {' '.join(asked)} --address {address}")
            score(Kind.ACCOUNT, asked, address=address)
        finally:
            server.terminate()


def _make_room(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError(f"{out} is no folder: choose another --out")
    if out.exists() and not (out / MARK).exists() and any(out.iterdir()):
        raise UsageError(f"{out} is no demo's folder: choose another --out")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARK).touch()


def _where_to_look(run: Path) -> str:
    return f"""
where to look
  {run}/report.html           the rings, as pictures with their evidence: open it in a browser
  {run}/scores.parquet        risk, verdict and reasons of every account, track and listener
  {run}/track_months.parquet  artificial and withheld streams of every track and month
  {run}/quarantine/           rows and files that were refused, with the reason
  {run}/rings.parquet         the rings; `graphfraud rings {run}` lists them, and with an id shows one
  {run}/manifest.json         how the run was made, and what it took
what the verdicts mean
  allow   pay and show
  hold    payment waits, and lapses to allow after the days that policy.toml gives it, 30 by default
  review  held, a person must look
  block   a recommended restriction, in force only once a person confirms it
judge your own feed with: .venv/bin/graphfraud run FEED --out RUN"""
