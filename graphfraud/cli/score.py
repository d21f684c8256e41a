"""`graphfraud score`: asks a served run about some subjects."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from graphfraud.cli.printing import cell, result_console
from graphfraud.errors import UsageError
from graphfraud.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kind(StrEnum):
    """What is asked about."""

    ACCOUNT = "account"
    TRACK = "track"
    LISTENER = "listener"


def score(
    kind: Annotated[Kind, typer.Argument(help="What is asked about.", show_default=False)],
    ids: Annotated[list[str], typer.Argument(help="Their ids.", show_default=False)],
    address: Annotated[str, typer.Option(help="Where `graphfraud serve` listens.")] = "127.0.0.1:50051",
    timeout_s: Annotated[float, typer.Option("--timeout", min=0.01, max=600.0, help="Seconds to wait.")] = 10.0,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Ask a served run for the risk, verdict and reasons of some accounts, tracks or listeners."""
    from graphfraud_serving.client import scores_from

    _refuse_unaskable(ids, address)
    scores = scores_from(address, kind.value, ids, timeout_s=timeout_s)
    if json_:
        typer.echo(json.dumps(scores, indent=1, allow_nan=False))
    else:
        _print(kind.value, scores)


def _refuse_unaskable(ids: "Sequence[str]", address: str) -> None:
    """Raises: UsageError for an address or an id that cannot be sent."""
    if not address.strip():
        raise UsageError("--address is empty: give host:port, as `graphfraud serve` prints it")
    for each in ids:
        if any("\ud800" <= c <= "\udfff" for c in each):
            raise UsageError(f"id {printable(each)} is not UTF-8")


def _print(kind: str, scores: "Sequence[dict[str, Any]]") -> None:
    table = Table(box=None, pad_edge=False)
    for heading in (kind, "risk", "verdict", "ring", "reasons"):
        table.add_column(heading, justify="right" if heading == "risk" else "left", overflow="fold")
    for each in scores:
        if each["status"] != "ok":
            table.add_row(cell(each["subject_id"]), "-", each["status"].replace("_", " "), "-", "")
            continue
        ring = f"{each['ring_id']} ({each['ring_role']})" if each["ring_id"] else "-"
        told = [each["subject_id"], f"{each['risk']:.4f}", each["verdict"], ring]
        table.add_row(*map(cell, [*told, ", ".join(each["reasons"])]))
    result_console().print(table)
