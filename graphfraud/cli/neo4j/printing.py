"""How questions and their answers are printed."""

from collections.abc import Iterable, Sequence
from typing import Any

from neo4j.graph import Path
from rich.table import Table

from graphfraud.cli.printing import cell, result_console
from graphfraud.neo4j.ask import Answer
from graphfraud.neo4j.asking.plain import plain, told
from graphfraud.neo4j.asking.questions import Parameter, questions
from graphfraud.neo4j.picture.drawing import Drawing, drawing


def list_questions() -> None:
    """Prints every question with when to ask it and what it takes."""
    console = result_console()
    for question in questions().values():
        console.print(f"[bold]{cell(question.name)}[/bold]  {cell(question.title)}")
        console.print(f"  ask {cell(question.ask)}")
        for parameter in question.parameters:
            console.print(f"    {cell(_usage(parameter))}  {cell(parameter.meaning)}")
    console.print("\nask one: graphfraud neo4j ask NAME KEY=VALUE ...")


def _usage(parameter: Parameter) -> str:
    if parameter.default is None:
        return f"{parameter.name}={parameter.type.upper()}"
    return f"{parameter.name}={parameter.default}" + (f" ({parameter.type})" if parameter.choices else "")


def document(answer: Answer) -> dict[str, Any]:
    """The answer as one JSON document."""
    run = answer.run
    return {
        "question": answer.question.name,
        "values": dict(answer.values),
        "run": {
            "run_id": run.run_id,
            "as_of": run.as_of.isoformat(),
            "number": run.number,
            "is_partial": run.is_partial,
        },
        "previous_run_id": run.previous_run_id,
        "rows": plain(answer.plain_rows),
    }


def print_answer(answer: Answer) -> None:
    """Prints from which run the answer is, and its rows; of a graph without ways its nodes and ties."""
    console, run = result_console(), answer.run
    before = f", the run before it is {run.previous_run_id}" if run.previous_run_id else ", there is no run before it"
    shown = before if "$previous" in answer.question.text else ""
    source = f"run {run.run_id}, as of {run.as_of:%Y-%m-%d %H:%M} UTC{shown}"
    console.print(f"{cell(answer.question.title)}: {source}", soft_wrap=True)
    if run.is_partial:
        console.print("only what surrounds its rings was loaded: what others did is counted in part", soft_wrap=True)
    if not answer.rows:
        console.print("nothing fits")
        return
    if not answer.is_graph:
        console.print(_table(answer.columns, answer.rows))
        return
    _print_graph(answer)


def _print_graph(answer: Answer) -> None:
    console = result_console()
    ways = [ix for ix, name in enumerate(answer.columns) if name == "rarity" or isinstance(answer.rows[0][ix], Path)]
    if any(isinstance(answer.rows[0][ix], Path) for ix in ways):
        console.print(_table([answer.columns[ix] for ix in ways], [[row[ix] for ix in ways] for row in answer.rows]))
    drawn = drawing(answer.rows)
    console.print(_table(("kind", "id", "title", "role", "verdict", "risk"), _node_rows(drawn)))
    console.print(_table(("from", "tie", "to", "says"), _tie_rows(drawn)))
    console.print("see it: --html FILE")


def _node_rows(drawn: Drawing) -> list[tuple[str, ...]]:
    nodes = drawn.nodes.values()
    return [(node.kind, node.id, node.title, node.role, node.verdict, node.risk) for node in nodes]


def _tie_rows(drawn: Drawing) -> list[tuple[str, ...]]:
    return [(drawn.nodes[edge.source].id, edge.type, drawn.nodes[edge.target].id, edge.says) for edge in drawn.edges]


def _table(columns: Iterable[str], rows: Sequence[Sequence[Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for ix, name in enumerate(columns):
        is_number = any(isinstance(row[ix], int | float) and not isinstance(row[ix], bool) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(told(value)) for value in row))
    return table
