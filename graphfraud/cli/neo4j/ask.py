"""`graphfraud neo4j ask`: questions of the graph database, listed, asked, printed or drawn."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphfraud.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphfraud.neo4j.ask import Answer


def ask(
    name: Annotated[str | None, typer.Argument(help="The question; default: list them.", show_default=False)] = None,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="What it is asked with.", show_default=False)
    ] = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a picture, where the answer is a graph.")] = None,
    cypher: Annotated[bool, typer.Option("--cypher", help="Print what to paste in Neo4j Browser, instead.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, max=86_400.0, help="Give up after so many seconds.")] = 30.0,
) -> None:
    """List the questions that the graph database answers, or ask one of them."""
    from graphfraud.cli.neo4j.printing import list_questions

    if name is None:
        if json_ or cypher or html is not None:
            raise UsageError("name a question: list them with `graphfraud neo4j ask`")
        list_questions()
    elif cypher:
        _print_cypher(name, values or [])
    else:
        _answer(_asked(name, values or [], timeout), html, as_json=json_)


def _asked(name: str, written: "Sequence[str]", timeout_s: float) -> "Answer":
    from graphfraud.cli.neo4j.connecting import connected_database
    from graphfraud.neo4j.ask import ask as answer_of
    from graphfraud.neo4j.asking.parameters import parsed_values
    from graphfraud.neo4j.asking.questions import question_named

    question = question_named(name)
    values = parsed_values(question, written)
    with connected_database() as database:
        return answer_of(database, question, values, timeout_s=timeout_s)


def _answer(answer: "Answer", html: Path | None, *, as_json: bool) -> None:
    from graphfraud.cli.neo4j.printing import document, print_answer

    if html is not None:
        _write_picture(answer, html)
    if as_json:
        typer.echo(json.dumps(document(answer), indent=1, ensure_ascii=True, allow_nan=False))
    else:
        print_answer(answer)


def _write_picture(answer: "Answer", path: Path) -> None:
    """Raises: UsageError for an answer that is no graph, EnvironmentFault when the file cannot be written."""
    from graphfraud.neo4j.picture.page import answer_page

    if not answer.is_graph:
        raise UsageError(f"--html: the answer to {answer.question.name!r} holds nothing to draw: leave out --html")
    try:
        path.write_text(answer_page(answer), encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(f"{path}: cannot be written: {error.strerror}") from error
    typer.echo(f"written to {path}", err=True)


def _print_cypher(name: str, written: "Sequence[str]") -> None:
    from graphfraud.cli.neo4j.connecting import connected_database
    from graphfraud.neo4j.ask import answering_run
    from graphfraud.neo4j.asking.browser import pasteable
    from graphfraud.neo4j.asking.parameters import parsed_values
    from graphfraud.neo4j.asking.questions import question_named

    question = question_named(name)
    values = parsed_values(question, written)
    with connected_database() as database:
        run = answering_run(database)
    typer.echo(pasteable(question, values, run))
