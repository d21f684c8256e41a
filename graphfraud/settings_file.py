"""One TOML file into one frozen dataclass, and back into commented TOML.

Every field is `Annotated[type, Field(description=..., ge=..., le=...)]`: the default, its unit
and its sane range stand side by side, and pydantic holds them.
"""

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import tomlkit
from pydantic import TypeAdapter, ValidationError
from tomlkit.items import Table

from graphfraud.errors import SettingsError, UsageError, nearest

SettingsT = TypeVar("SettingsT")

FORMAT_VERSION = 1


def read_settings(kind: type[SettingsT], path: Path | None) -> SettingsT:
    """The settings of a TOML file, with the defaults for what it leaves out; all defaults without a file.

    Raises: UsageError for a file that cannot be read, SettingsError for what it must not say.
    """
    if path is None:
        return kind()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"{path}: settings cannot be read: {reason}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error
    except (RecursionError, ValueError) as error:
        raise UsageError(f"{path}: not valid TOML: nested too deep, or a number with too many digits") from error
    _refuse_other_version(raw, path)
    return _validated(kind, raw, str(path))


def _refuse_other_version(raw: Mapping[str, Any], path: Path) -> None:
    version = raw.get("version")
    if version != FORMAT_VERSION:
        said = "missing" if version is None else f"{version!r}"
        raise SettingsError(str(path), "version", f"{said}: this release reads `version = {FORMAT_VERSION}`")


def _validated(kind: type[SettingsT], raw: Mapping[str, Any], path: str) -> SettingsT:
    try:
        return TypeAdapter(kind).validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        location = [str(part) for part in first["loc"]]
        key = ".".join(location) or "file"
        if first["type"] == "unexpected_keyword_argument":
            valid = _keys_beside(kind, first["loc"])
            near = nearest(location[-1], valid, least_likeness=0.0)
            hint = f"did you mean {near!r}? valid keys here are {', '.join(sorted(valid))}"
            raise SettingsError(path, key, f"unknown key: {hint}") from error
        given = f", got {first['input']!r}" if isinstance(first["input"], bool | int | float) else ""
        said = first["msg"].removeprefix("Value error, ")
        problem = f"{said[:1].lower()}{said[1:]}{given}"
        raise SettingsError(path, key, problem) from error


def _keys_beside(kind: type[Any], location: tuple[int | str, ...]) -> list[str]:
    """The valid keys of the table in which the last part of `location` stands."""
    here: Any = kind
    for part in location[:-1]:
        if isinstance(part, int) or not dataclasses.is_dataclass(here):
            continue
        here = _inner_dataclass(get_type_hints(here).get(str(part)))
    return [field.name for field in dataclasses.fields(here)] if dataclasses.is_dataclass(here) else []


def _inner_dataclass(hint: Any) -> Any:
    """The dataclass in `hint`, be it bare or inside a tuple or dict."""
    if dataclasses.is_dataclass(hint):
        return hint
    inner = [arg for arg in getattr(hint, "__args__", ()) if dataclasses.is_dataclass(arg)]
    return inner[0] if inner else None


def settings_toml(settings: Any) -> str:
    """The settings as TOML that reads back to the same, each key under a comment saying unit and range."""
    document = tomlkit.document()
    document.add("version", tomlkit.item(FORMAT_VERSION))
    _fill(document, settings)
    return tomlkit.dumps(document)


def _fill(table: tomlkit.TOMLDocument | Table, settings: Any) -> None:
    hints, bare_hints = (get_type_hints(type(settings), include_extras=extras) for extras in (True, False))
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if field.name == "version":
            continue
        if isinstance(value, tuple) and _inner_dataclass(bare_hints[field.name]) is not None:
            for line in _comment(hints[field.name]):
                table.add(tomlkit.comment(line))
            continue
        if dataclasses.is_dataclass(value):
            inner = tomlkit.table()
            _fill(inner, value)
            table.add(field.name, inner)
        else:
            for line in _comment(hints[field.name]):
                table.add(tomlkit.comment(line))
            table.add(field.name, tomlkit.item(_plain(value)))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


def _comment(hint: Any) -> list[str]:
    """What the field's annotation says about it: description and range."""
    lines: list[str] = []
    for extra in getattr(hint, "__metadata__", ()):
        low = [f"from {rule.ge}" for rule in extra.metadata if hasattr(rule, "ge")]
        high = [f"to {rule.le}" for rule in extra.metadata if hasattr(rule, "le")]
        sane_range = f" ({' '.join(low + high)})" if low or high else ""
        lines.append(f"{extra.description}{sane_range}")
    return lines


def settings_values(settings: Any) -> dict[str, Any]:
    """The settings as the nested values of JSON, for a manifest."""
    values: dict[str, Any] = TypeAdapter(type(settings)).dump_python(settings, mode="json")
    return values
