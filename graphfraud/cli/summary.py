"""The end of a run, for a person: what was judged, on what evidence, what to do next."""

from pathlib import Path
from typing import Any, Final

import polars as pl
from rich.table import Table

from graphfraud.cli.printing import cell, result_console
from graphfraud.pipeline import RunOutcome
from graphfraud.printable import counted
from graphfraud.vocabulary import ACCOUNT, SUBJECT_KINDS, TRACK

VERDICTS: Final = ("allow", "hold", "review", "block")
RISKIEST_COUNT: Final = 3
RINGS_COUNT: Final = 5


def print_summary(outcome: RunOutcome, out: Path) -> None:
    """Prints verdicts by kind, how risks were calibrated, what was left out, what is withheld, where it is."""
    console = result_console()
    identity, measured = outcome.manifest["identity"], outcome.manifest["measured"]
    console.print(f"\njudged as of {identity['as_of']}", markup=False)
    console.print(_verdict_table(outcome.scores, identity["calibrated"]))
    for line in [*_calibration_notes(identity["calibrated"]), *_row_notes(measured["rows"]), _payment(outcome.months)]:
        console.print(line, markup=False)
    if outcome.rings.is_empty():
        console.print("no ring is likely enough to be reported")
    else:
        console.print(f"\n{counted(outcome.rings.height, 'ring')}, the riskiest first", markup=False)
        console.print(_ring_table(outcome.rings))
        if outcome.rings.height > RINGS_COUNT:
            console.print(f"and {outcome.rings.height - RINGS_COUNT:,} more: graphfraud rings {out}", markup=False)
    if not (riskiest := _riskiest(outcome.scores)).rows:
        console.print("nobody is restricted")
    else:
        console.print("\nthe riskiest accounts and tracks, with the reasons that scores.parquet gives")
        console.print(riskiest, "", sep="\n")
    console.print(
        f"written to {out}: scores.parquet, rings.parquet, ring_members.parquet, track_months.parquet, manifest.json, "
        f"quarantine/\nlook at {out / 'report.html'} in a browser, or ask `graphfraud rings {out}`",
        markup=False,
    )


def _verdict_table(scores: pl.DataFrame, calibrated: dict[str, Any]) -> Table:
    counts = {(kind, verdict): n for kind, verdict, n in scores.group_by("subject_kind", "verdict").len().iter_rows()}
    table = Table(box=None, pad_edge=False)
    for heading in ("kind", *VERDICTS, "calibrated on"):
        table.add_column(heading, justify="left" if heading in {"kind", "calibrated on"} else "right")
    for kind in SUBJECT_KINDS:
        told = [f"{counts.get((kind, verdict), 0):,}" for verdict in VERDICTS]
        table.add_row(kind, *told, calibrated[kind]["calibrated"])
    return table


def _riskiest(scores: pl.DataFrame) -> Table:
    """The riskiest few restricted accounts and tracks; listeners are people, and stay out of what may be logged."""
    table = Table(box=None, pad_edge=False)
    for heading in ("kind", "id", "risk", "verdict", "reasons"):
        table.add_column(heading, justify="right" if heading == "risk" else "left", overflow="fold")
    for kind in (ACCOUNT, TRACK):
        accused = scores.filter(pl.col("verdict") != "allow", subject_kind=kind).sort("risk", descending=True)
        for row in accused.head(RISKIEST_COUNT).iter_rows(named=True):
            reasons = ", ".join(row["reasons"])
            table.add_row(kind, cell(row["subject_id"]), f"{row['risk']:.4f}", row["verdict"], reasons)
    return table


def _ring_table(rings: pl.DataFrame) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("ring", "kind", "risk", "accounts", "tracks", "listeners"):
        table.add_column(heading, justify="left" if heading in {"ring", "kind"} else "right")
    for row in rings.sort("risk", descending=True).head(RINGS_COUNT).iter_rows(named=True):
        counts = [f"{row[name]:,}" for name in ("accounts", "tracks", "listeners")]
        table.add_row(row["ring_id"], row["kind"], f"{row['risk']:.4f}", *counts)
    return table


def _calibration_notes(calibrated: dict[str, Any]) -> list[str]:
    unlearned = [kind for kind in SUBJECT_KINDS if not calibrated[kind]["learned"]]
    few = [
        kind for kind in SUBJECT_KINDS if calibrated[kind]["learned"] and calibrated[kind]["calibrated"] == "shipped"
    ]
    notes = []
    if unlearned:
        notes.append(
            f"note: too few labels to learn {', '.join(unlearned)}: their risks are unsupervised, "
            "from how far each lies from what its neighbours and its popularity explain"
        )
    if few:
        kinds = ", ".join(few)
        notes.append(
            f"note: fewer than 50 labels of either class for {kinds}: the calibration shipped with graphfraud serves; "
            "risks may be off in level, less so in order"
        )
    return notes


def _row_notes(rows: dict[str, dict[str, Any]]) -> list[str]:
    notes = []
    for table, fate in rows.items():
        told = [
            f"{sum(counts.values()):,} {what} ({', '.join(f'{count:,} {reason}' for reason, count in counts.items())})"
            for what, counts in (("quarantined", fate["quarantined"]), ("left out", fate["left_out"]))
            if counts
        ]
        if told:
            notes.append(f"{table}: of {fate['read']:,} read {'; '.join(told)}")
    return notes


def _payment(months: pl.DataFrame) -> str:
    streams, artificial, withheld = months.select("streams", "artificial_streams", "withheld_streams").sum().row(0)
    expected = f"{artificial:,.0f} are expected to be artificial"
    return f"of {streams:,} streams {expected}; {withheld:,} are withheld from payment"
