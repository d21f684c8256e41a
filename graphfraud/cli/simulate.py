"""`graphfraud simulate`: a small platform with planted fraud, and the truth about it."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphfraud.errors import UsageError, nearest

if TYPE_CHECKING:
    from graphfraud.simulator.cast import AskedAttack
    from graphfraud.simulator.world import WrittenWorld


def simulate(  # noqa: PLR0913 - an option each
    out: Annotated[Path, typer.Argument(help="Folder to make, with feed/ and truth/ in it.", show_default=False)],
    scale: Annotated[
        float, typer.Option(help="1 is about 40,000 listeners and 4 million streams; from 0.002 to 100.")
    ] = 0.05,
    seed: Annotated[int, typer.Option(help="Another seed, another platform.")] = 0,
    days: Annotated[int, typer.Option(help="Days that the feed covers, from 1 to 730.")] = 28,
    attacks: Annotated[
        Path | None,
        typer.Option(
            help="Which attacks, and their knobs: `graphfraud config show attacks` prints all.", show_default="all"
        ),
    ] = None,
    *,
    honest: Annotated[bool, typer.Option("--honest", help="Leave out the attacks: nobody is a fraud.")] = False,
    adapt: Annotated[
        int,
        typer.Option(
            min=0,
            max=4,
            help="What all attackers are careful about: 1 human days, 2 and homes' addresses and devices, "
            "3 and aged accounts, 4 and longer plays. Each level costs them more.",
        ),
    ] = 0,
    payout: Annotated[float, typer.Option(min=0, max=1_000, help="EUR that a stream earns, for the ledger.")] = 0.003,
    labelled_share: Annotated[
        float, typer.Option(min=0, max=1, help="Of the rings, those that reviewers find in part.")
    ] = 0.35,
    label_delay_days: Annotated[
        float, typer.Option(min=0, max=3_650, help="From a ring's first play to its first label, in the middle.")
    ] = 9.0,
    wrong_labels_share: Annotated[
        float, typer.Option(min=0, max=1, help="Of the labels, those that are the wrong way round.")
    ] = 0.02,
    never_labelled: Annotated[
        list[str] | None,
        typer.Option(help="A kind of attack that reviewers never label; may be given often.", show_default="none"),
    ] = None,
) -> None:
    """Make a platform by chance: honest listeners, attacks, honest people who look like attacks."""
    from graphfraud.simulator.labels import ReviewTeam
    from graphfraud.simulator.world import WorldSettings, write_world

    settings = WorldSettings(
        scale=scale,
        seed=seed,
        day_count=days,
        attacks=_attacks_asked(attacks, honest=honest),
        level=adapt,
        team=ReviewTeam(
            ring_share=labelled_share,
            delay_days=label_delay_days,
            wrong_share=wrong_labels_share,
            blind_to=_known_kinds(never_labelled or []),
        ),
        payout_eur=payout,
    )
    with days_shown(days) as told:
        world = write_world(out, settings, told=told)
    typer.echo(described_world(world, out))
    feed, run = shlex.quote(str(out / "feed")), shlex.quote(str(out / "run"))
    typer.echo(f"\nnext: graphfraud run {feed} --out {run}")


@contextmanager
def days_shown(day_count: int) -> Iterator[Callable[[int], None]]:
    """A bar that moves with the days, on a terminal; nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, disable=not (sys.stderr and sys.stderr.isatty())
    ) as progress:
        task = progress.add_task("days", total=day_count)
        yield lambda done: progress.update(task, completed=done)


def _attacks_asked(path: Path | None, *, honest: bool) -> "dict[str, AskedAttack]":
    from graphfraud.simulator.attack_file import read_attacks
    from graphfraud.simulator.cast import EVERY_ATTACK

    if honest and path is not None:
        raise UsageError("--honest leaves out all attacks: give it, or --attacks, not both")
    if honest:
        return {}
    return dict(EVERY_ATTACK) if path is None else read_attacks(path)


def _known_kinds(kinds: list[str]) -> tuple[str, ...]:
    from graphfraud.simulator.cast import ATTACKS

    for kind in kinds:
        if kind not in ATTACKS:
            near = nearest(kind, list(ATTACKS), least_likeness=0.0)
            raise UsageError(
                f"--never-labelled {kind}: no such attack: did you mean {near!r}? there are {', '.join(ATTACKS)}"
            )
    return tuple(kinds)


def described_world(world: "WrittenWorld", out: Path) -> str:
    """What was written, and where."""
    lines = [
        f"written to {out / 'feed'}:",
        *(f"  {name:<16}{count:>12,} rows" for name, count in world.row_counts.items()),
        f"with the truth in {out / 'truth'}:",
        *(f"  {kind:<16}{count:>12,} {'ring' if count == 1 else 'rings'}" for kind, count in world.ring_counts.items()),
        *(
            f"  {kind:<16}{count:>12,} {'group' if count == 1 else 'groups'} of honest look-alikes"
            for kind, count in world.lookalike_counts.items()
        ),
        f"  {'streams':<16}{world.fake_count:>12,} fake",
    ]
    return "\n".join(lines)
