"""`graphfraud simulate`: a small platform with planted fraud, and the truth about it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from graphfraud.simulator.world import World


def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to make, with feed/ and truth/ in it.", show_default=False)],
    scale: Annotated[
        float, typer.Option(help="1 is about 3,000 listeners and 400,000 streams; from 0.02 to 100.")
    ] = 0.25,
    seed: Annotated[int, typer.Option(help="Another seed, another platform.")] = 0,
    *,
    honest: Annotated[bool, typer.Option("--honest", help="Leave out the attacks: nobody is a fraud.")] = False,
) -> None:
    """Make a platform by chance: honest listeners, attacks, honest people who look like attacks."""
    from graphfraud.simulator.world import write_world

    world = write_world(out, scale=scale, seed=seed, honest=honest)
    typer.echo(described_world(world, out))
    typer.echo(f"\nnext: graphfraud run {out / 'feed'} --out {out / 'run'}")


def described_world(world: "World", out: Path) -> str:
    """What was written, and where."""
    fake_count = int(world.truth["streams"]["fake"].sum())
    lines = [
        f"written to {out / 'feed'}:",
        *(f"  {name:<12}{table.height:>12,} rows" for name, table in world.feed.items()),
        f"with the truth in {out / 'truth'}:",
        *(f"  {kind:<12}{count:>12,} rings" for kind, count in world.ring_counts.items()),
        *(f"  {kind:<12}{count:>12,} honest look-alikes" for kind, count in world.lookalike_counts.items()),
        f"  {'streams':<12}{fake_count:>12,} fake",
    ]
    return "\n".join(lines)
