"""What must change: rows of a run against what the database says it has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

FACT_SCHEMA = {"source": pl.String, "id": pl.Int64, "target": pl.String, "digest": pl.Int64}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChanges:
    """What to do with a range of nodes."""

    new: pl.DataFrame
    other: pl.DataFrame
    """Nodes that are there with other properties."""
    gone: list[str]
    """Keys of those that the run no longer has."""


def node_changes(rows: pl.DataFrame, key: str, keys: list[str], digests: list[int]) -> NodeChanges:
    """What the run's nodes ask of those that are there; both sorted or not."""
    there = pl.DataFrame({key: keys, "there": digests}, schema={key: rows[key].dtype, "there": pl.Int64})
    joined = rows.join(there, on=key, how="left", maintain_order="left")
    return NodeChanges(
        new=joined.filter(pl.col("there").is_null()).drop("there"),
        other=joined.filter(pl.col("there") != pl.col("digest")).drop("there"),
        gone=there.join(rows, on=key, how="anti")[key].to_list(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChanges:
    """What to do with a range of facts."""

    new: pl.DataFrame
    ended: list[int]
    """The database's own numbers of those that no longer hold, or not as they are."""


def fact_changes(rows: pl.DataFrame, there: pl.DataFrame) -> FactChanges:
    """What the run's facts ask of those that are there, whose columns are as FACT_SCHEMA says.

    A fact that is there twice is ended once.
    """
    ends = ["source", "target"]
    wanted = rows.select(*ends, "digest")
    stays = there.join(wanted, on=[*ends, "digest"], how="semi").unique(ends, keep="first", maintain_order=True)
    return FactChanges(
        new=rows.join(stays, on=ends, how="anti", maintain_order="left"),
        ended=there.join(stays, on="id", how="anti")["id"].to_list(),
    )


def facts_there(records: Iterable[Any]) -> pl.DataFrame:
    """What was read of a range of facts, a row for each."""
    columns: dict[str, list[Any]] = {"source": [], "id": [], "target": [], "digest": []}
    for source, ids, targets, digests in records:
        columns["source"].append(source)
        columns["id"].append(ids)
        columns["target"].append(targets)
        columns["digest"].append(digests)
    lists = {name: dtype if name == "source" else pl.List(dtype) for name, dtype in FACT_SCHEMA.items()}
    return pl.DataFrame(columns, schema=lists).explode("id", "target", "digest")


def ranges(
    slices: Iterable[pl.DataFrame], column: str, empty: pl.DataFrame
) -> Iterator[tuple[pl.DataFrame, dict[str, Any]]]:
    """Each slice with the half-open range of keys that it speaks for: together they cover every key.

    Keys are text; `empty` speaks for all where there is no slice.
    """
    held: pl.DataFrame | None = None
    start = ""
    for following in slices:
        if held is not None:
            end = following[column][0]
            yield held, {"from": start, "to": end}
            start = end
        held = following
    yield empty if held is None else held, {"from": start, "to": None}
