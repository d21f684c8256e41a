"""A question ready to paste in Neo4j Browser: what it is asked with as `:param` lines before its Cypher."""

from collections.abc import Mapping
from typing import Any

from graphfraud.neo4j.asking.current import CurrentRun
from graphfraud.neo4j.asking.questions import Question


def pasteable(question: Question, values: Mapping[str, Any], run: CurrentRun) -> str:
    """The question's text behind its parameters, the run's among them; each statement ends in a semicolon."""
    every = {"run": run.number, "previous": run.previous, **values}
    params = [f":param {name} => {literal(value)};" for name, value in every.items()]
    return "\n".join([*params, "", question.text.rstrip() + ";"])


def literal(value: Any) -> str:
    r"""The value as Cypher writes it; a string stays one line, whatever it holds, as `\u000a` for a line's end."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + "".join(map(_escaped, value)) + "'"
        case _:
            return repr(value)


def _escaped(character: str) -> str:
    if character in {"'", "\\"}:
        return "\\" + character
    if character.isprintable():
        return character
    return "".join(f"\\u{unit:04x}" for unit in _utf_16(character))


def _utf_16(character: str) -> list[int]:
    units = character.encode("utf-16-be", errors="surrogatepass")
    return [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
