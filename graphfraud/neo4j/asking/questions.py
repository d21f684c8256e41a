"""The pack of questions: a Cypher file each, whose header says when to ask it, how to read it and what it takes.

// title: Members of a ring
// ask: when a ring is opened
// read: weight says how much of a member it is,
//   and a line that is indented goes on with the one before
// parameter ring_id string: id of the ring
// parameter kind any|account = any: what is looked for
// parameter limit integer = 100: rows at most
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from graphfraud.errors import nearest
from graphfraud.errors.database import QuestionRefused

QUERIES: Final = "queries"
SUFFIX: Final = ".cypher"
TYPES: Final = ("string", "integer", "number")
_PARAMETER: Final = re.compile(r"(?P<name>[a-z_]+) (?P<type>[a-z|]+)(?: = (?P<default>[^:]+))?: (?P<meaning>.+)")
_FIELD: Final = re.compile(r"(title|ask|read): (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a question is asked with."""

    name: str
    type: str
    """string, integer, number, or the values that it takes: `any|account`."""
    default: str | None
    """As it is written; None when it must be given."""
    meaning: str

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that it takes, where they are few."""
        return tuple(self.type.split("|")) if "|" in self.type else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the pack."""

    name: str
    title: str
    ask: str
    """When to ask it."""
    read: str
    """How to read the answer."""
    parameters: tuple[Parameter, ...]
    text: str
    """Its Cypher, header and all."""


@cache
def questions() -> dict[str, Question]:
    """All of them by name, in the order of their names."""
    folder = files("graphfraud.neo4j").joinpath(QUERIES)
    names = sorted(file.name.removesuffix(SUFFIX) for file in folder.iterdir() if file.name.endswith(SUFFIX))
    return {name: parsed_question(name, folder.joinpath(name + SUFFIX).read_text(encoding="utf-8")) for name in names}


def question_named(name: str) -> Question:
    """Raises: QuestionRefused, naming the nearest."""
    pack = questions()
    if name in pack:
        return pack[name]
    near = nearest(name.lower().replace("_", "-").removesuffix(SUFFIX), pack)
    hint = f"did you mean {near!r}?" if near else "list them with `graphfraud neo4j ask`"
    raise QuestionRefused(name, f"there is no such question: {hint}")


def parsed_question(name: str, text: str) -> Question:
    """The question that a file holds.

    Raises: ValueError for a header that is not as it should be: the pack is ours, so that is a defect.
    """
    fields: dict[str, str] = {}
    parameters: list[Parameter] = []
    for line in _header(text):
        if line.startswith("parameter "):
            parameters.append(_parameter(name, line.removeprefix("parameter ")))
        elif match := _FIELD.fullmatch(line):
            fields[match[1]] = match[2]
        else:
            raise ValueError(f"{name}: header line {line!r} is no title, ask, read or parameter")
    return Question(name=name, **fields, parameters=tuple(parameters), text=text)


def _header(text: str) -> list[str]:
    """Lines of the header, those that go on put behind those that they go on with."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        if line.startswith("//   "):
            lines[-1] += " " + line.removeprefix("//").strip()
        else:
            lines.append(line.removeprefix("//").strip())
    return lines


def _parameter(name: str, line: str) -> Parameter:
    match = _PARAMETER.fullmatch(line)
    if match is None or not (match["type"] in TYPES or "|" in match["type"]):
        raise ValueError(f"{name}: parameter {line!r} is not written as NAME TYPE [= DEFAULT]: MEANING")
    return Parameter(name=match["name"], type=match["type"], default=match["default"], meaning=match["meaning"])
