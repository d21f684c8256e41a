"""The attacks that a world is asked for, as a TOML file: which take place, and from where their knobs are drawn."""

from dataclasses import field
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from graphfraud.config import STRICT
from graphfraud.errors import SettingsError, nearest
from graphfraud.settings_file import read_settings
from graphfraud.simulator.cast import ATTACKS, AskedAttack
from graphfraud.simulator.operations.knobs import KNOB_NAMES, LIMITS, USUAL, Care, Span, knob_doc

RINGS: Final = "rings"
MOST_RINGS: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class AttackFile:
    """`--attacks FILE.toml`, as it stands there."""

    version: Annotated[Literal[1], Field(description="of this file's format")] = 1
    attack: Annotated[
        dict[str, dict[str, float | list[float]]], Field(description="knobs by attack; attacks left out do not happen")
    ] = field(default_factory=dict)


def read_attacks(path: Path) -> dict[str, AskedAttack]:
    """What a file asks for, by kind of attack.

    Raises: UsageError for a file that cannot be read, SettingsError for what it must not say.
    """
    asked = read_settings(AttackFile, path)
    return {kind: _asked(str(path), kind, said) for kind, said in asked.attack.items()}


def _asked(path: str, kind: str, said: dict[str, float | list[float]]) -> AskedAttack:
    if kind not in ATTACKS:
        raise SettingsError(path, f"attack.{kind}", _unknown("attack", kind, tuple(ATTACKS)))
    for name in said:
        if name not in (*KNOB_NAMES, RINGS):
            raise SettingsError(path, f"attack.{kind}.{name}", _unknown("knob", name, (*KNOB_NAMES, RINGS)))
    ranges = {name: _span(path, kind, name, value) for name, value in said.items() if name != RINGS}
    return AskedAttack(ring_count=_ring_count(path, kind, said.get(RINGS)), ranges=ranges)


def _unknown(what: str, name: str, valid: tuple[str, ...]) -> str:
    near = nearest(name, list(valid), least_likeness=0.0)
    return f"unknown {what}: did you mean {near!r}? there are {', '.join(sorted(valid))}"


def _ring_count(path: str, kind: str, value: float | list[float] | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, list) or not 0 <= value <= MOST_RINGS or value != int(value):
        problem = f"{value!r}: give a whole number from 0 to {MOST_RINGS}"
        raise SettingsError(path, f"attack.{kind}.{RINGS}", problem)
    return int(value)


def _span(path: str, kind: str, name: str, value: float | list[float]) -> Span:
    """The span that a value or a pair of them means."""
    ends = value if isinstance(value, list) else [value, value]
    limits, key = LIMITS[name], f"attack.{kind}.{name}"
    if len(ends) != 2 or not ends[0] <= ends[1]:
        raise SettingsError(path, key, f"{value!r}: give a number, or [low, high]")
    if not (limits.least <= ends[0] and ends[1] <= limits.most):
        raise SettingsError(path, key, f"{value!r}: choose from {limits.least:g} to {limits.most:g}")
    return Span(ends[0], ends[1], by_magnitude=_by_magnitude(kind, name))


def _by_magnitude(kind: str, name: str) -> bool:
    usual = ATTACKS[kind].ranges.get(name, USUAL[name])
    return (usual.loud if isinstance(usual, Care) else usual).by_magnitude


def attacks_toml() -> str:
    """A file that changes nothing: every attack, and as comments its knobs with the ranges that rings draw from."""
    lines = [
        "# Bots and tracks are those of scale 1; smaller platforms have smaller rings.",
        "# What is left out keeps the attack's own range, from whose loud or careful part each ring draws.",
        "# A knob that is given is drawn from [low, high], or is one number for all; `--adapt` does not change it.",
        "version = 1",
    ]
    for kind, attack in ATTACKS.items():
        lines += [
            "",
            f"[attack.{kind}]",
            f"# {RINGS} = 2  # of this kind; {attack.per_scale:g} at scale 1 when left out",
        ]
        for name in KNOB_NAMES:
            low, high = _hull(attack.ranges.get(name, USUAL[name]))
            lines.append(f"# {name} = [{low:g}, {high:g}]  # {knob_doc(name)}")
    return "\n".join(lines) + "\n"


def _hull(range_: Span | Care) -> tuple[float, float]:
    """From the lowest to the highest that the loud and the careful draw."""
    spans = [range_] if isinstance(range_, Span) else [range_.loud, range_.careful]
    return min(span.low for span in spans), max(span.high for span in spans)
