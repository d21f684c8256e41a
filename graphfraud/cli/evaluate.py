"""`graphfraud evaluate`: a run of a simulated world beside the world's truth."""

import dataclasses
import json
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from graphfraud.cli.printing import result_console

if TYPE_CHECKING:
    import polars as pl

    from graphfraud.evaluation.comparison import ArtificialStreams, Comparison

HOW_TO_READ: Final = (
    "Higher is better: auroc is the chance that fraud outranks an honest subject, auprc the mean precision as recall "
    "grows, recall_at_0_1_percent the fraud found while at most 1 in 1,000 honest subjects is accused; victims are "
    "left out, and scope 'unlabelled' leaves out whom a label had named."
)


def evaluate(
    world: Annotated[
        Path, typer.Argument(help="Folder of a simulated world, with feed/ and truth/.", show_default=False)
    ],
    run: Annotated[Path | None, typer.Option(help="The run to judge; default: WORLD/run.")] = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare a run with the truth of the world that its feed came from."""
    from graphfraud.evaluation.comparison import comparison

    found = comparison(world, run or world / "run")
    if json_:
        typer.echo(json.dumps(_plain(found), allow_nan=False))
        return
    _print(found, result_console())


def _plain(found: "Comparison") -> dict[str, Any]:
    """The comparison as values that JSON knows; a metric without both classes is null."""
    return {
        "metrics": found.metrics.fill_nan(None).to_dicts(),
        "detectors": found.detectors.fill_nan(None).to_dicts(),
        "verdicts": found.verdicts.to_dicts(),
        "lookalikes": found.lookalikes.to_dicts(),
        "rings": found.rings.to_dicts(),
        "streams": dataclasses.asdict(found.streams),
    }


def _print(found: "Comparison", console: Console) -> None:
    from graphfraud.evaluation.rings import ring_sentence

    console.print(HOW_TO_READ, "", sep="\n")
    console.print(_table(found.metrics, "how fraud ranks above honesty", console), "", sep="\n")
    console.print(_table(found.detectors, "auprc of each detector by itself", console), "", sep="\n")
    console.print(
        _table(found.verdicts, "who got which verdict, and how many of them are fraud", console), "", sep="\n"
    )
    if not found.lookalikes.is_empty():
        console.print(_table(found.lookalikes, "honest look-alikes not simply allowed", console), "", sep="\n")
    if not found.rings.is_empty():
        console.print(
            _table(found.rings, "planted rings, and the reported ones that found them", console), "", sep="\n"
        )
    console.print(ring_sentence(found.rings))
    console.print(_streams_sentence(found.streams))


def _table(frame: "pl.DataFrame", title: str, console: Console) -> Table:
    """The frame as a table, its headings broken where the terminal is narrow; without one as plain aligned columns."""
    table = Table(
        title=title,
        title_justify="left",
        box=box.HEAVY_HEAD if console.is_terminal else None,
        collapse_padding=not console.is_terminal,
        pad_edge=console.is_terminal,
    )
    for name, dtype in frame.schema.items():
        heading = name.replace("_", " ") if console.is_terminal else name
        justify: Literal["left", "right"] = "right" if dtype.is_numeric() else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=not console.is_terminal)
    for row in frame.iter_rows():
        table.add_row(*map(_cell, row))
    return table


def _cell(value: str | float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return "-" if isnan(value) else f"{value:.4f}"


def _streams_sentence(streams: "ArtificialStreams") -> str:
    fake = "unknown" if streams.fake_count is None else f"{streams.fake_count:,}"
    return (
        f"artificial streams: {streams.expected_count:,.0f} expected, {streams.withheld_count:,} withheld, "
        f"{fake} truly fake"
    )
