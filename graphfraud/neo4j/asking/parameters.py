"""What a question is asked with: `key=value` as people write it, made into the values of its parameters."""

import math
from collections.abc import Sequence
from typing import Any, Final

from graphfraud.errors import LONGEST_SHOWN, nearest
from graphfraud.errors.database import QuestionRefused
from graphfraud.neo4j.asking.questions import Parameter, Question

LARGEST: Final = 1_000_000
"""Of whole numbers: they bound what is looked at, or printed."""


def parsed_values(question: Question, given: Sequence[str]) -> dict[str, Any]:
    """Every parameter's value, those that are not given by default.

    Raises: QuestionRefused for an unknown, repeated, missing or ill-typed one.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    written: dict[str, str] = {}
    for each in given:
        name, separator, text = each.partition("=")
        if not separator:
            raise QuestionRefused(question.name, f"{_shown(each)} is no parameter: write it as {_usage(question)}")
        if name not in known:
            raise QuestionRefused(question.name, f"it takes no {_shown(name)}: {_hint(name, known)}")
        if name in written:
            raise QuestionRefused(question.name, f"{name} is given twice: leave out one")
        written[name] = text
    return {name: _value(question, parameter, written.get(name)) for name, parameter in known.items()}


def _usage(question: Question) -> str:
    return f"{question.parameters[0].name}=..." if question.parameters else "nothing: it takes none"


def _hint(name: str, known: dict[str, Parameter]) -> str:
    if near := nearest(name, known):
        return f"did you mean {near!r}?"
    return f"it takes {', '.join(known)}" if known else "it takes none"


def _value(question: Question, parameter: Parameter, written: str | None) -> Any:
    text = parameter.default if written is None else written
    if not text:
        raise QuestionRefused(question.name, f"give {parameter.name}=...: {parameter.meaning}")
    try:
        return _typed(parameter, text)
    except ValueError as error:
        raise QuestionRefused(question.name, f"{parameter.name}={_shown(text)}: {error}") from error


def _typed(parameter: Parameter, text: str) -> str | int | float:
    """Raises: ValueError, saying what is wanted."""
    if parameter.choices:
        return _chosen(parameter.choices, text)
    if parameter.type == "integer":
        return _whole(text)
    if parameter.type == "number":
        return _finite(text)
    return text


def _chosen(choices: tuple[str, ...], text: str) -> str:
    if text in choices:
        return text
    near = nearest(text, choices)
    raise ValueError(f"did you mean {near!r}?" if near else f"choose one of {', '.join(choices)}")


def _whole(text: str) -> int:
    digits = text.replace("_", "").replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST)) and 1 <= int(digits) <= LARGEST):
        raise ValueError(f"write a whole number from 1 to {LARGEST:,}")
    return int(digits)


def _finite(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("write a number, such as 0.5")
    return number


def _shown(text: str) -> str:
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}...")
