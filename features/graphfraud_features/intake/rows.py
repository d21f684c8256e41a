"""Rows with the types and rules of their table, and the ones that break them.

`judged_rows` takes a batch as it was written and gives back the rows that hold by themselves,
typed, and the others with a reason each. Nothing here looks at another row.
"""

from functools import cache
from typing import Final, NamedTuple

import dataframely as dy
import polars as pl

from graphfraud.tables import INPUTS, optional_columns
from graphfraud_features.intake.salvage import BROKEN, ROW_NUMBER

REASON: Final = "reason"
RULE_WORDS: Final = {
    "nullability": "missing",
    "min_length": "empty",
    "min": "negative",
    "inner_nullability": "has_null",
    "inner_nan": "has_nan",
    "inner_inf": "has_infinity",
}
"""How a rule of a schema is called in a quarantine."""

TYPED: Final = "typed "
"""Before the name of a column that was given its type."""


class JudgedRows(NamedTuple):
    """A batch, parted."""

    accepted: pl.DataFrame
    """Columns of the schema, and `row_number`."""
    refused: pl.DataFrame
    """Columns as written, `row_number` and `reason`."""


def judged_rows(raw: pl.DataFrame, table: str, *, naive_instants_are_utc: bool) -> JudgedRows:
    """The batch, parted into rows that satisfy their table's schema and rows that do not.

    A column that is absent counts as null: whether that is allowed is the schema's word.
    """
    targets = {name: column.dtype for name, column in INPUTS[table].columns().items()}
    present = {name: target for name, target in targets.items() if name in raw.columns}
    judged = (
        raw.with_columns(_absent_where_empty(raw, table))
        .with_columns(
            _typed(name, raw.schema[name], target, naive_is_utc=naive_instants_are_utc).alias(f"{TYPED}{name}")
            for name, target in present.items()
        )
        .with_columns(
            pl.coalesce(BROKEN, *(_failure(name, raw.schema[name], target) for name, target in present.items())).alias(
                REASON
            )
        )
    )
    sound = judged.filter(pl.col(REASON).is_null()).select(
        ROW_NUMBER,
        *(
            pl.col(f"{TYPED}{name}").alias(name) if name in present else pl.lit(None, target).alias(name)
            for name, target in targets.items()
        ),
    )
    accepted, broken_rules = _schema_verdict(sound, table)
    reasons = pl.concat([judged.select(ROW_NUMBER, REASON).drop_nulls(REASON), broken_rules])
    return JudgedRows(accepted, raw.drop(BROKEN).join(reasons, on=ROW_NUMBER).sort(ROW_NUMBER))


def _absent_where_empty(raw: pl.DataFrame, table: str) -> list[pl.Expr]:
    """Texts that may be absent, and are where they are empty: nothing is no device that many share."""
    texts = [name for name in optional_columns(table) if raw.schema.get(name) == pl.String]
    return [pl.when(pl.col(name) != "").then(name).alias(name) for name in texts]


@cache
def _numbered(table: str) -> type[dy.Schema]:
    """The table's schema with the row's number beside its columns."""
    schema = INPUTS[table]
    return type(f"Numbered{schema.__name__}", (schema,), {ROW_NUMBER: dy.Int64(nullable=False)})


def _schema_verdict(rows: pl.DataFrame, table: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that satisfy the schema, and the number and first broken rule of the others."""
    schema = _numbered(table)
    accepted, failure = schema.filter(rows)
    rules = list(failure.counts())
    details = failure.details()
    first = pl.coalesce(
        pl.lit(None, pl.String),
        *(pl.when(pl.col(rule).cast(pl.String) == "invalid").then(pl.lit(_reason(rule))) for rule in rules),
    )
    return accepted.select(schema.column_names()), details.select(ROW_NUMBER, first.alias(REASON))


def _reason(rule: str) -> str:
    column, _, check = rule.partition("|")
    if check == "min" and not column.endswith("_ms"):
        return f"{column}_before_1970"
    return f"{column}_{RULE_WORDS.get(check, check)}" if check else column


def _typed(name: str, source: pl.DataType, target: pl.DataType, *, naive_is_utc: bool) -> pl.Expr:
    """The column as `target`; null where its value is none."""
    value, nothing = pl.col(name), pl.lit(None, target).alias(name)
    if isinstance(source, pl.Categorical | pl.Enum):
        value, source = value.cast(pl.String), pl.String()
    elif source == pl.Binary:
        value, source = value.map_batches(_decoded, return_dtype=pl.String), pl.String()
    if isinstance(target, pl.Datetime):
        return _instant(value, source, naive_is_utc=naive_is_utc).alias(name)
    if isinstance(target, pl.List):
        return value.cast(target, strict=False) if isinstance(source, pl.List | pl.Array) else nothing
    if source.is_nested() or (source == pl.Boolean and target == pl.Int64):
        return nothing
    if source == pl.String and target == pl.Boolean:
        truth = {"true": True, "1": True, "false": False, "0": False}
        return value.str.to_lowercase().replace_strict(truth, default=None, return_dtype=pl.Boolean)
    if source == pl.String and target == pl.Int64:
        value = value.str.replace(r"^(-?\d+)\.0+$", "${1}")
    if source.is_float() and target == pl.Int64:
        value = pl.when(value == value.round(0)).then(value)
    return value.cast(target, strict=False)


def _decoded(values: pl.Series) -> pl.Series:
    """Bytes as the UTF-8 text that they are, null where they are none."""
    return pl.Series([None if value is None else _text(value) for value in values], dtype=pl.String)


def _text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def within_calendar(value: pl.Expr, source: pl.Datetime) -> pl.Expr:
    """The instants of the years 1 to 9999, null for others: no calendar has a name for them."""
    units = {"ms": 10**3, "us": 10**6, "ns": 10**9}[source.time_unit]
    first, last = -62_135_596_800 * units, 253_402_300_799 * units
    sane = (max(first, -(2**63)), min(last, 2**63 - 1))
    return pl.when(value.to_physical().is_between(*sane)).then(value)


def _instant(value: pl.Expr, source: pl.DataType, *, naive_is_utc: bool) -> pl.Expr:
    """The value as a UTC instant in microseconds; null for what is none, or has no zone while it must."""
    utc = pl.Datetime("us", "UTC")
    if isinstance(source, pl.Datetime):
        value = within_calendar(value, source)
    zoned = isinstance(source, pl.Datetime) and source.time_zone is not None
    if zoned:
        return value.dt.convert_time_zone("UTC").cast(utc)
    if naive_is_utc and source.is_temporal() and source != pl.Time:
        return value.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if source != pl.String:
        return pl.lit(None, utc)
    text = value.str.strip_chars().str.replace(r"^(\d{4}-\d{2}-\d{2})[ tT]", "${1}T")
    text = text.str.replace(r"\s?(?:[zZ]|UTC)$", "+00:00")
    if naive_is_utc:
        text = text.str.replace(r"^(\d{4}-\d{2}-\d{2})$", "${1}T00:00:00")
        text = pl.when(text.str.contains(r"T.*[+-]\d{2}:?\d{2}$")).then(text).otherwise(text + "+00:00")
    return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", time_zone="UTC", strict=False)


def _failure(name: str, source: pl.DataType, target: pl.DataType) -> pl.Expr:
    """`COLUMN_wrong_type`, or `COLUMN_without_zone`, where a value was written that its type does not take."""
    raw, wrong = pl.col(name), pl.lit(f"{name}_wrong_type")
    if isinstance(target, pl.Datetime):
        naive = pl.lit(source == pl.Date or (isinstance(source, pl.Datetime) and source.time_zone is None))
        if source == pl.String:
            naive = raw.str.contains(r"^\s*\d{4}-\d{2}-\d{2}(?:[ tT]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\s*$")
        wrong = pl.when(naive).then(pl.lit(f"{name}_without_zone")).otherwise(wrong)
    return pl.when(raw.is_not_null() & pl.col(f"{TYPED}{name}").is_null()).then(wrong)
