"""Tables as CSV that Neo4j's importer reads back exactly, whatever the text in them.

Text is always quoted, so that an empty string differs from an absent one. Two things the importer
cannot say: an empty list, which it leaves out, and a list's element that holds the delimiter. They
are written as tokens that nobody can have put into a feed, and set right once the server runs.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.errors import GraphfraudError
from graphfraud.neo4j.projection.rows import End
from graphfraud.vocabulary.database import Label, Property, RelationshipType

ARRAY_DELIMITER: Final = "\x1f"
_LINE_ENDS: Final = "[\n\r]"
_INSTANT: Final = "%Y-%m-%dT%H:%M:%S%.9fZ"
_DAY: Final = "%Y-%m-%d"
_MOST_LONG: Final = 2**63


@dataclass(frozen=True, slots=True)
class Tokens:
    """What stands in one file for what CSV cannot say; drawn anew for each."""

    empty: str
    """The one element of what is an empty list."""
    blank: str
    """The one element of a list of an empty string."""
    delimiter: str
    """Within an element, the array delimiter."""

    @classmethod
    def drawn(cls, type_: str) -> "Tokens":
        """New ones, of the type that a list's elements have."""
        return cls(empty=_drawn(type_), blank=_drawn("string[]"), delimiter=_drawn("string[]"))


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A property of a file some of whose lists are tokens until the import is over."""

    property: Property
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """A CSV file and what its import has to know of it."""

    path: Path
    row_count: int
    has_line_ends: bool
    """Whether a value goes over lines."""
    longest_row_bytes: int
    unsettled: tuple[Unsettled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFile:
    """Nodes of one kind."""

    label: Label
    file: ImportFile


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipFile:
    """Relationships of one type, between nodes of two kinds."""

    type: RelationshipType
    file: ImportFile


def write_node_csv(
    frame: pl.LazyFrame | pl.DataFrame, path: Path, label: Label, more: Sequence[Property] = ()
) -> NodeFile:
    """The nodes of a table that has the label's key, and those of its properties, and of more, that are known.

    Raises: GraphfraudError when a key is absent.
    """
    lazy = frame.lazy()
    key = lazy.collect_schema()[label.key]
    ids = {f":ID({label.keyed})": label.key}
    if key == pl.String:
        ids = {f"{label.key}:ID({label.keyed})": label.key}
    own = () if key == pl.String else (Property(name=label.key, type="long", unit="its number"),)
    return NodeFile(
        label=label, file=write_import_csv(lazy, path, ids=ids, properties=(*own, *label.properties, *more))
    )


def write_relationship_csv(
    frame: pl.LazyFrame | pl.DataFrame,
    path: Path,
    type_: RelationshipType,
    *,
    source: End,
    target: End,
    more: Sequence[Property] = (),
) -> RelationshipFile:
    """The relationships of a table, whose columns `source` and `target` are keys of its ends.

    Raises: GraphfraudError when one end is absent.
    """
    ids = {f":START_ID({source.label})": "source", f":END_ID({target.label})": "target"}
    file = write_import_csv(frame, path, ids=ids, properties=(*type_.properties, *more))
    return RelationshipFile(type=type_, file=file)


def write_import_csv(
    frame: pl.LazyFrame | pl.DataFrame, path: Path, *, ids: Mapping[str, str], properties: Sequence[Property]
) -> ImportFile:
    """Writes columns of ids (by header) and of the properties that the table has; others are left out.

    Raises: GraphfraudError when an id is absent.
    """
    lazy = frame.lazy()
    held = lazy.collect_schema()
    kept = [each for each in properties if each.name in held]
    tokens = {each.name: Tokens.drawn(each.type) for each in kept if each.type.endswith("[]")}
    values = [pl.col(column).cast(pl.String).alias(header) for header, column in ids.items()]
    values += [_as_csv(each, held[each.name], tokens.get(each.name)).alias(f"{each.name}:{each.type}") for each in kept]
    written = lazy.select(values)
    seen = _seen(written, lazy.select(_needs_settling(each).alias(each.name) for each in kept), list(ids))
    if seen["absent"]:
        raise GraphfraudError(f"{path}: {seen['absent']:,} rows have no id in {' or '.join(ids.values())}")
    written.sink_csv(path, quote_style="non_numeric")
    return ImportFile(
        path=path,
        row_count=seen["rows"],
        has_line_ends=bool(seen["line_ends"]),
        longest_row_bytes=seen["longest"],
        unsettled=tuple(Unsettled(each, tokens[each.name]) for each in kept if each.name in tokens and seen[each.name]),
    )


def _seen(written: pl.LazyFrame, unsettled: pl.LazyFrame, ids: list[str]) -> dict[str, int]:
    """Rows, absent ids, whether a text goes over lines, bytes of the longest row; which properties need settling."""
    texts = [name for name, type_ in written.collect_schema().items() if type_ == pl.String]
    lengths = [pl.col(name).str.len_bytes().fill_null(0) for name in texts]
    facts = written.select(
        rows=pl.len(),
        absent=pl.any_horizontal(pl.col(name).is_null() for name in ids).sum(),
        line_ends=pl.any_horizontal(pl.col(name).str.contains(_LINE_ENDS).any() for name in texts),
        longest=pl.sum_horizontal(lengths).max().fill_null(0),
    )
    flags = unsettled.select(pl.all().any())
    first, second = pl.collect_all([facts, flags], engine="streaming")
    return {**first.row(0, named=True), **second.row(0, named=True)} if second.width else first.row(0, named=True)


def _needs_settling(property_: Property) -> pl.Expr:
    column = pl.col(property_.name)
    if not property_.type.endswith("[]"):
        return pl.lit(value=False)
    needs = column.list.len() == 0
    if property_.type == "string[]":
        needs |= column.list.eval(pl.element().str.contains(ARRAY_DELIMITER, literal=True)).list.any()
        needs |= (column.list.len() == 1) & (column.list.first() == "")
    return needs.fill_null(value=False)


def _as_csv(property_: Property, held: pl.DataType, tokens: Tokens | None) -> pl.Expr:
    """The column as text or numbers that the importer reads as the property's type; what is absent stays so."""
    column = pl.col(property_.name)
    if tokens is not None:
        return _list_as_csv(column, tokens, has_texts=property_.type == "string[]")
    if property_.type == "datetime":
        is_zoned = isinstance(held, pl.Datetime) and held.time_zone is not None
        instant = column.dt.convert_time_zone("UTC") if is_zoned else column
        return instant.dt.to_string(_INSTANT)
    if property_.type == "date":
        return column.dt.to_string(_DAY)
    kinds = {"string": pl.String, "boolean": pl.Boolean, "long": pl.Int64, "double": pl.Float64}
    return column.cast(kinds[property_.type])


def _list_as_csv(column: pl.Expr, tokens: Tokens, *, has_texts: bool) -> pl.Expr:
    elements = column.cast(pl.List(pl.String))
    if has_texts:
        escaped = pl.element().str.replace_all(ARRAY_DELIMITER, tokens.delimiter, literal=True)
        elements = elements.list.eval(escaped)
    joined = elements.list.join(ARRAY_DELIMITER)
    is_blank = (column.list.len() == 1) & (joined.str.len_bytes() == 0)
    return (
        pl.when(column.list.len() == 0)
        .then(pl.lit(tokens.empty))
        .when(is_blank)
        .then(pl.lit(tokens.blank))
        .otherwise(joined)
    )


def _drawn(type_: str) -> str:
    if type_ == "string[]":
        return f"token-{secrets.token_hex(16)}"
    if type_ == "long[]":
        return ARRAY_DELIMITER.join(str(secrets.randbelow(_MOST_LONG)) for _ in range(3))
    return ARRAY_DELIMITER.join(repr(-secrets.randbelow(_MOST_LONG) / 7) for _ in range(3))
