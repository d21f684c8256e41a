"""`graphfraud rings`: a run's rings, listed, filtered, or one of them with its evidence and members."""

import json
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from rich.table import Table

from graphfraud.cli.printing import cell, result_console
from graphfraud.errors import EnvironmentFault, RingNotFound, UsageError
from graphfraud.printable import counted
from graphfraud.vocabulary import SUBJECT_KINDS

if TYPE_CHECKING:
    import polars as pl

    from graphfraud.report.casefiles import CaseFile

STRONGEST_COUNT: Final = 3
BAR_WIDTH: Final = 20
NARROW: Final = 60
"""Columns of a terminal below which evidence has no bars."""
RING_ID_WIDTH: Final = 21


class RingKind(StrEnum):
    """What a ring is named for."""

    STREAM = "stream"
    UPLOAD = "upload"


def rings(  # noqa: PLR0913 - a command has as many parameters as options
    run: Annotated[Path, typer.Argument(help="Folder of a run.", show_default=False)],
    ring_id: Annotated[
        str | None, typer.Argument(help="Show this ring; default: list them.", show_default=False)
    ] = None,
    kind: Annotated[RingKind | None, typer.Option(help="Only rings of this kind.")] = None,
    min_risk: Annotated[float, typer.Option(min=0.0, max=1.0, help="Only rings of at least this risk.")] = 0.0,
    member: Annotated[str | None, typer.Option(help="Only rings with this account, track or listener.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rings to list, or members of each kind to show.")] = 20,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document, whole whatever the limit.")] = False,
    graphml: Annotated[Path | None, typer.Option(help="Write the rings as a graph that other tools read.")] = None,
    suspected: Annotated[
        bool, typer.Option("--suspected", help="Show what was suspected, too, and is not likely enough to be reported.")
    ] = False,
) -> None:
    """List the rings of RUN, the riskiest first, or show one with its evidence and members."""
    every = _cases(run, suspected=suspected)
    cases = _asked(every, ring_id, kind, min_risk, member)
    if graphml is not None:
        _write_graphml(cases, graphml, run)
    if json_:
        typer.echo(json.dumps([plain(case) for case in cases], indent=1, default=_as_text, allow_nan=False))
    elif ring_id is not None:
        _show(cases[0], limit)
    elif graphml is None:
        nothing = "no group was suspected" if suspected else "no ring is reported: --suspected shows what was suspected"
        _list(cases, limit, "no ring fits" if every else nothing)


def _cases(run: Path, *, suspected: bool) -> "list[CaseFile]":
    from graphfraud.folders.finished import finished_run
    from graphfraud.report.casefiles import TABLES, case_files, payment_of

    finished = finished_run(run)
    instead = {"rings": "rings/suspicions", "ring_members": "rings/suspicion_members"} if suspected else {}
    tables = {name: finished.table(instead.get(name, name)) for name in TABLES}
    return case_files(tables, payment_of(finished.identity))


def _asked(
    cases: "list[CaseFile]", ring_id: str | None, kind: RingKind | None, min_risk: float, member: str | None
) -> "list[CaseFile]":
    """The rings that fit.

    Raises: RingNotFound, UsageError when one ring is asked for and others are left out.
    """
    if ring_id is not None:
        if kind is not None or min_risk > 0 or member is not None:
            raise UsageError("a ring's id names one ring: leave out --kind, --min-risk and --member")
        found = [case for case in cases if case.ring["ring_id"] == ring_id]
        if not found:
            raise RingNotFound(ring_id, [case.ring["ring_id"] for case in cases])
        return found
    return [
        case
        for case in cases
        if (kind is None or case.ring["kind"] == kind.value)
        and case.ring["risk"] >= min_risk
        and (member is None or any(member in rows["subject_id"] for rows in case.members.values()))
    ]


def _write_graphml(cases: "Sequence[CaseFile]", path: Path, run: Path) -> None:
    """Raises: UsageError for a file within the run, EnvironmentFault when it cannot be written."""
    if run.resolve() in path.resolve().parents:
        raise UsageError(f"{path} lies within the run, which is never changed: choose another --graphml")
    import networkx as nx

    from graphfraud.report.graphml import ring_graph

    graph = ring_graph(cases)
    try:
        nx.write_graphml_xml(graph, path)
    except OSError as error:
        raise EnvironmentFault(f"{path}: cannot be written: {error.strerror}") from error
    typer.echo(f"written to {path}: {graph.number_of_nodes():,} nodes, {graph.number_of_edges():,} edges", err=True)


def plain(case: "CaseFile") -> dict[str, Any]:
    """A ring as plain values: its row, evidence, months and members."""
    return {
        **case.ring,
        "start_log_odds": case.start_log_odds,
        "evidence": case.evidence,
        "months": case.months.to_dicts(),
        "withheld_amount": case.withheld_amount,
        "currency": case.payment.currency,
        "members": {kind: rows.to_dicts() for kind, rows in case.members.items()},
        "ties": case.ties.drop("ring_id").to_dicts(),
    }


def _as_text(value: date) -> str:
    """An instant or a day, ISO 8601."""
    return value.isoformat()


def _list(cases: "Sequence[CaseFile]", limit: int, nothing: str) -> None:
    console = result_console()
    if not cases:
        console.print(nothing)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("ring", "kind", "risk", "accounts", "tracks", "listeners", "withheld", "what speaks loudest"):
        width = RING_ID_WIDTH if heading == "ring" else None  # never cut: the next command needs it
        justify: Literal["left", "right"] = "left" if heading in {"ring", "kind", "what speaks loudest"} else "right"
        table.add_column(heading, justify=justify, min_width=width, overflow="fold")
    for case in cases[:limit]:
        ring = case.ring
        counts = [f"{ring[name]:,}" for name in ("accounts", "tracks", "listeners")]
        withheld = f"{case.months['withheld_streams'].sum():,}"
        loudest = ", ".join(each["title"].lower() for each in case.evidence[:STRONGEST_COUNT])
        table.add_row(ring["ring_id"], ring["kind"], f"{ring['risk']:.4f}", *counts, withheld, loudest)
    console.print(table)
    if len(cases) > limit:
        console.print(f"and {len(cases) - limit:,} more: raise --limit, or narrow with --kind, --min-risk or --member")


def _show(case: "CaseFile", limit: int) -> None:
    console, ring = result_console(), case.ring
    console.print(f"{ring['kind']} ring {ring['ring_id']}, risk {ring['risk']:.4f}")
    counts = ", ".join(counted(ring[f"{kind}s"], kind) for kind in SUBJECT_KINDS)
    console.print(f"{counts}; seen from {ring['first_seen']:%Y-%m-%d %H:%M} to {ring['last_seen']:%Y-%m-%d %H:%M} UTC")
    sums = case.months.select("streams", "artificial_streams", "withheld_streams").sum().row(0)
    console.print(
        f"of {sums[0]:,} streams of its tracks {sums[1]:,.0f} are expected to be artificial; {sums[2]:,} are withheld, "
        f"{case.withheld_amount:,.2f} {case.payment.currency}\n"
    )
    console.print(_evidence_table(case))
    total = sum(each["log_odds"] for each in case.evidence)
    start = case.start_log_odds
    console.print(f"in log-odds {start:+.1f} before any evidence, {total:+.1f} by it: {start + total:+.1f}\n")
    for kind, rows in case.members.items():
        if rows.height:
            console.print(_members_table(kind, rows.head(limit)))
            if (left := rows.height - limit) > 0:
                console.print(f"and {counted(left, 'more ' + kind)}: raise --limit")
            console.print()


def _evidence_table(case: "CaseFile") -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("log-odds", justify="right")
    width = BAR_WIDTH if result_console().width >= NARROW else 0
    table.add_column("", min_width=width)
    table.add_column("evidence")
    most = max((abs(each["log_odds"]) for each in case.evidence), default=1.0) or 1.0
    for each in case.evidence:
        bar = ("█" if each["log_odds"] > 0 else "░") * round(width * abs(each["log_odds"]) / most)
        table.add_row(f"{each['log_odds']:+.1f}", bar, f"{each['title'].lower()}: {cell(each['sentence'])}")
    return table


def _verdict(row: dict[str, Any]) -> str:
    return f"{row['verdict']} (overridden)" if row["is_overridden"] else str(row["verdict"])


def _members_table(kind: str, rows: "pl.DataFrame") -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in (
        kind,
        "role",
        "weight",
        "risk",
        "verdict",
        "plays in it",
        "of all",
        *(["title"] if kind == "track" else []),
    ):
        left = heading in {kind, "role", "verdict", "title"}
        table.add_column(heading, justify="left" if left else "right", overflow="fold")
    for row in rows.iter_rows(named=True):
        told = [row["subject_id"], row["role"], f"{row['weight']:.2f}", f"{row['risk']:.4f}", _verdict(row)]
        plays = [f"{row['ring_plays']:,}", f"{row['all_plays']:,}"]
        title = [row["title"] or ""] if kind == "track" else []
        table.add_row(*map(cell, [*told, *plays, *title]))
    return table
