"""`report.html`: one page that holds all it needs and asks no network for anything."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from graphfraud.printable import counted, printable
from graphfraud.report.casefiles import MONTH_SUMS, CaseFile, Payment, case_files, payment_of
from graphfraud.report.picture import picture
from graphfraud.vocabulary import ACCOUNT, RING_FAMILIES, ROLES, SUBJECT_KINDS

VERDICTS: Final = ("allow", "hold", "review", "block")
ASSETS: Final = "assets"
REPORT: Final = "report.html"
"""What the page is called in a run's folder."""
SCRIPTS: Final = ("words", "evidence", "tables", "picture", "report")
MOST_RINGS: Final = 500
MOST_MEMBERS: Final = 1_000
"""Members of one kind that the page holds of a ring; all of them are in the tables."""
MOST_TIES: Final = 100
MOST_USERS: Final = 8


def report_page(tables: Mapping[str, pl.DataFrame], manifest: Mapping[str, Any]) -> str:
    """The page of a run, from its tables and what its manifest is about to say.

    Whatever a feed brought, such as a title, stands in it as text, never as markup or script.
    """
    payment = payment_of(manifest["identity"])
    cases = case_files(tables, payment)
    environment = Environment(
        loader=PackageLoader("graphfraud.report", ASSETS), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"count": "{:,}".format, "percent": percent, "embedded": embedded_json, "counted": counted}
    return environment.get_template("report.html.j2").render(
        style=_asset("report.css"),
        script="\n".join(_asset(f"script/{name}.js") for name in SCRIPTS),
        cytoscape=_asset("vendor/cytoscape/cytoscape.min.js"),
        cytoscape_version=_asset("vendor/cytoscape/VERSION").strip(),
        cases=[_told(case) for case in cases[:MOST_RINGS]],
        ring_count=len(cases),
        families=RING_FAMILIES,
        roles=ROLES,
        verdicts=_verdicts(tables["scores"]),
        verdict_names=VERDICTS,
        payments=_payments(tables["track_months"], payment),
        currency=payment.currency,
        rows=manifest["measured"]["rows"],
        identity=manifest["identity"],
        measured=manifest["measured"],
    )


def _asset(name: str) -> str:
    return files("graphfraud.report").joinpath(ASSETS, *name.split("/")).read_text(encoding="utf-8")


def percent(share: float) -> str:
    """A share for people: whole percents, and finer where the rest would vanish."""
    if 0.9995 < share < 1.0:
        return "over 99.9%"
    if 0.0 < share < 0.01 or 0.99 < share < 1.0:
        return f"{share:.2%}"
    return f"{share:.0%}"


def embedded_json(value: Any) -> str:
    """JSON that may stand within a script element: nothing in it can end the element or begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028")):
        text = text.replace(character, escape)
    return text.replace("\u2029", "\\u2029")


def _verdicts(scores: pl.DataFrame) -> dict[str, dict[str, int]]:
    counts = {(kind, verdict): n for kind, verdict, n in scores.group_by("subject_kind", "verdict").len().iter_rows()}
    return {kind: {verdict: counts.get((kind, verdict), 0) for verdict in VERDICTS} for kind in SUBJECT_KINDS}


def _payments(months: pl.DataFrame, payment: Payment) -> dict[str, float]:
    streams, artificial, withheld, earning = months.select(MONTH_SUMS).row(0)
    return {
        "streams": streams,
        "artificial": artificial,
        "withheld": withheld,
        "amount": earning * payment.amount_per_stream,
    }


def _told(case: CaseFile) -> dict[str, Any]:
    """The case file as the page's script reads it."""
    drawn = picture(case)
    sums = case.months.select("streams", "artificial_streams", "withheld_streams").sum().row(0, named=True)
    return {
        **case.ring,
        "first_seen": _minute(case.ring["first_seen"]),
        "last_seen": _minute(case.ring["last_seen"]),
        "start_log_odds": case.start_log_odds,
        "evidence": case.evidence,
        "streams": sums["streams"],
        "artificial_streams": sums["artificial_streams"],
        "withheld_streams": sums["withheld_streams"],
        "withheld_amount": case.withheld_amount,
        "months": [_month(row, case.payment) for row in case.months.iter_rows(named=True)],
        "hours": {"plays": case.hours["plays"].to_list(), "expected": case.hours["expected_share"].to_list()},
        "picture": {"nodes": drawn.nodes, "edges": drawn.edges},
        "members": {kind: _table(rows) for kind, rows in case.members.items()},
        "ties": _ties(case.ties),
    }


def _month(row: dict[str, Any], payment: Payment) -> dict[str, Any]:
    amount = row["withheld_earning_streams"] * payment.amount_per_stream
    return {**row, "month": f"{row['month']:%Y-%m}", "amount": amount}


def _table(rows: pl.DataFrame) -> dict[str, Any]:
    """Members as columns and rows, numbers as short as they tell; how many there are in all, and in which roles."""
    overridden = pl.col("verdict") + ", decided by a person"
    short = rows.head(MOST_MEMBERS).with_columns(
        pl.col(pl.Float64).round(4),
        pl.col("since").dt.strftime("%Y-%m-%d %H:%M"),
        verdict=pl.when("is_overridden").then(overridden).otherwise("verdict"),
    )
    short = short.with_columns(pl.col(pl.String).map_elements(printable, return_dtype=pl.String))
    return {
        "columns": [name for name in short.columns if name != "is_overridden"],
        "rows": [list(row) for row in short.drop("is_overridden").iter_rows()],
        "count": rows.height,
        "roles": dict(rows.group_by("role", maintain_order=True).len().iter_rows()),
    }


def _ties(ties: pl.DataFrame) -> dict[str, Any]:
    """What is shared, what most accounts do first: kind, name, how many of each kind share it, some of them."""
    used = ties.group_by("means_kind", "means_id").agg(
        pl.col("subject_id").sort().alias("users"),
        *((pl.col("subject_kind") == kind).sum().alias(kind) for kind in SUBJECT_KINDS),
    )
    ranked = used.sort(ACCOUNT, pl.col("users").list.len(), "means_id", descending=[True, True, False])
    rows = [
        {
            "kind": row["means_kind"].replace("_", " "),
            "name": printable(row["means_id"].removeprefix(row["means_kind"] + ":")),
            "counts": {kind: row[kind] for kind in SUBJECT_KINDS if row[kind]},
            "users": [printable(user) for user in row["users"][:MOST_USERS]],
            "left": max(len(row["users"]) - MOST_USERS, 0),
        }
        for row in ranked.head(MOST_TIES).iter_rows(named=True)
    ]
    return {"rows": rows, "count": ranked.height}


def _minute(instant: Any) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
