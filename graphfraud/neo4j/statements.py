"""The statements that write: made from the vocabulary, with values as columns of parameters.

`UNWIND range(...)` over columns is four times as fast as over rows: a row as a map repeats its names in every row.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from graphfraud.neo4j.projection.rows import End, NodeTable, RelationshipTable
from graphfraud.vocabulary.database import FOREVER, Label, Property

DAYS_1970 = "date({year: 1970, month: 1, day: 1}) + duration({days: "


def _value(each: Property) -> str:
    """The expression that makes a property of row `i` of its column."""
    place = f"${each.name}[i]"
    if each.type == "datetime":
        made = f"datetime({{epochSeconds: {place} / 1000000, microsecond: {place} % 1000000}})"
        return f"CASE WHEN {place} IS NULL THEN null ELSE {made} END"
    if each.type == "date":
        return f"CASE WHEN {place} IS NULL THEN null ELSE {DAYS_1970}{place}}}) END"
    return place


def _map(properties: Iterable[Property], *more: str) -> str:
    return "{" + ", ".join([*more, *(f"{each.name}: {_value(each)}" for each in properties)]) + "}"


def _sized(columns: str) -> str:
    return f"UNWIND range(0, size(${columns}) - 1) AS i"


def _found(name: str, end: End, column: str) -> str:
    return f"MATCH ({name}:{end.label} {{{end.key}: ${column}[i]}})"


def nodes_created(label: Label) -> str:
    """Makes the nodes of a batch."""
    labels = ":".join((*label.also, label.name))
    values = _map(label.properties, f"{label.key}: ${label.key}[i]", "digest: $digest[i]")
    return f"{_sized(label.key)} CREATE (:{labels} {values})"


def nodes_corrected(label: Label) -> str:
    """Gives the nodes of a batch the properties that they have today."""
    values = _map(label.properties, "digest: $digest[i]")
    return f"{_sized(label.key)} MATCH (n:{label.keyed} {{{label.key}: ${label.key}[i]}}) SET n += {values}"


def nodes_merged(label: Label) -> str:
    """Makes the nodes of a batch, or gives them their properties where they are."""
    values = _map(label.properties)
    return f"{_sized(label.key)} MERGE (n:{label.keyed} {{{label.key}: ${label.key}[i]}}) SET n += {values}"


def relationships_created(table: RelationshipTable) -> str:
    """Makes the relationships of a batch: facts from `$load` on, judgements of the run they name."""
    more = () if table.type.is_judgement else ("since: $load", f"until: {FOREVER}", "digest: $digest[i]")
    values = _map(table.type.properties, *more)
    ends = f"{_found('a', table.source, 'source')} {_found('b', table.target, 'target')}"
    return f"{_sized('source')} {ends} CREATE (a)-[:{table.type.name} {values}]->(b)"


def relationships_ended(table: RelationshipTable) -> str:
    """Ends the facts of a batch at `$load`: they are told by number, so that no end has to be found."""
    return (
        f"UNWIND $ids AS id MATCH ()-[r:{table.type.name}]->() WHERE id(r) = id AND r.until = {FOREVER} "
        "SET r.until = $load"
    )


def relationships_removed(table: RelationshipTable) -> str:
    """Removes the relationships of a batch, told by number."""
    return f"UNWIND $ids AS id MATCH ()-[r:{table.type.name}]->() WHERE id(r) = id DELETE r"


def columns(rows: pl.DataFrame) -> dict[str, list[Any]]:
    """The columns of a batch as parameters: instants in us, days since 1970."""
    plain = [pl.col(name).to_physical() if dtype.is_temporal() else pl.col(name) for name, dtype in rows.schema.items()]
    return {name: values.to_list() for name, values in zip(rows.columns, rows.select(plain), strict=True)}


def within(end: End, bounds: Mapping[str, Any], name: str) -> str:
    """The condition that a key lies from `$from` on and before `$to`, where there is one."""
    upper = f" AND {name}.{end.key} < $to" if bounds.get("to") is not None else ""
    return f"{name}.{end.key} >= $from{upper}"


def nodes_read(table: NodeTable, bounds: Mapping[str, Any]) -> str:
    """Reads keys and digests of a range of nodes."""
    end = End(label=table.label.keyed, key=table.label.key)
    labels = ":".join((*table.label.also, table.label.name))
    return (
        f"MATCH (n:{labels}) WHERE {within(end, bounds, 'n')} "
        f"RETURN collect(n.{end.key}) AS keys, collect(coalesce(n.digest, -1)) AS digests"
    )


def facts_read(table: RelationshipTable, bounds: Mapping[str, Any]) -> str:
    """Reads what still holds of the facts that begin in a range: a row for each source."""
    source, target = table.source, table.target
    return (
        f"MATCH (a:{source.label})-[r:{table.type.name}]->(b:{target.label}) "
        f"WHERE {within(source, bounds, 'a')} AND r.until = {FOREVER} "
        f"RETURN a.{source.key} AS source, collect(id(r)) AS ids, collect(b.{target.key}) AS targets, "
        "collect(coalesce(r.digest, -1)) AS digests"
    )


def judgements_read(table: RelationshipTable, bounds: Mapping[str, Any]) -> str:
    """Reads which judgements of `$run` are there, of a range of the end that the table is cut by."""
    cut, other = ("a", "b") if table.cut_by == "source" else ("b", "a")
    source, target = table.source, table.target
    return (
        f"MATCH (a:{source.label})-[r:{table.type.name} {{run: $run}}]->(b:{target.label}) "
        f"WHERE {within(table.anchor, bounds, cut)} "
        f"RETURN {cut}.{table.anchor.key} AS cut, collect({other}.{(target if cut == 'a' else source).key}) AS others, collect(id(r)) AS ids"
    )
