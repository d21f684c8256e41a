"""Bringing a database to a run while investigators go on asking: only what changed, seen all at once or not at all.

Nothing that they see is changed before the switch: facts are added from the next load on, and ended at it;
judgements come under its number. Only what a load of the current run puts back, since it was lost, is seen at once.
Killed anywhere, the same command finds what is there and does what is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from graphfraud.errors import EnvironmentFault
from graphfraud.errors.database import LoadBusy
from graphfraud.folders.failpoints import failpoint
from graphfraud.neo4j.database import Database, OpenTransaction
from graphfraud.neo4j.loading.changes import FACT_SCHEMA, fact_changes, facts_there, node_changes, ranges
from graphfraud.neo4j.loading.numbers import LoadNumbers, load_numbers, make_current, only_loader
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.loading.retire import retire
from graphfraud.neo4j.loading.writing import BATCH_ROWS, Writer, batches, create_nodes, one_ahead
from graphfraud.neo4j.projection.projected import Projection
from graphfraud.neo4j.projection.rows import SLICE_ROWS, NodeTable, RelationshipTable
from graphfraud.neo4j.statements import (
    columns,
    facts_read,
    judgements_read,
    nodes_corrected,
    nodes_merged,
    nodes_read,
)
from graphfraud.vocabulary.database import (
    HAS_MEMBER_TYPE,
    JUDGED_TYPE,
    PAYS_TYPE,
    RING_LABEL,
    Label,
)

MOST_CORRECTED: Final = 100_000
"""Nodes whose properties change within the switch itself; of more its transaction would grow too large."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look at what is there left to do, or to know, later."""

    corrected: list[tuple[Label, pl.DataFrame]] = field(default_factory=list)
    gone: list[tuple[Label, list[str]]] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    """Facts that were ended, by table."""


def update(database: Database, projected: Projection, progress: LoadProgress) -> None:
    """Brings the database to the run.

    Raises: LoadBusy while another load is under way, EnvironmentFault when counts differ at the end.
    """
    with only_loader(database) as held:
        numbers = load_numbers(database, projected)
        failpoint("neo4j: load begun")
        found = _Found()
        for nodes in projected.nodes:
            held.refuse_loss()
            _bring_nodes(database, nodes, found, progress)
        for facts in projected.facts:
            _bring_facts(database, facts, numbers.load, found, held, progress)
        _bring_rings(database, projected.rings(numbers.load), progress)
        judgements = projected.judgements(numbers.load)
        for judged in judgements:
            _bring_judgements(database, judged, numbers.load, held, progress)
        with progress.step("counting", 0):
            refuse_other_counts(database, projected, judgements, numbers.load, found.ended)
        failpoint("neo4j: before the switch")
        with progress.step("switching", 0):
            _switch(database, held, projected, numbers, found)
        failpoint("neo4j: switched")
    try:
        with only_loader(database):
            retire(database, numbers, found.gone, progress)
    except LoadBusy:
        progress.say("another load has begun: it removes what is past")


def _bring_nodes(database: Database, table: NodeTable, found: _Found, progress: LoadProgress) -> None:
    key, rows = table.label.key, table.rows
    slices = (rows[start : start + SLICE_ROWS] for start in range(0, rows.height, SLICE_ROWS))
    with progress.step(table.label.name, rows.height):
        for part, bounds in ranges(slices, key, rows.clear()):
            there = database.one(nodes_read(table, bounds), bounds)
            changes = node_changes(part, key, there["keys"], there["digests"])
            create_nodes(database, table.label, changes.new, progress)
            if changes.other.height:
                found.corrected.append((table.label, changes.other))
            if changes.gone:
                found.gone.append((table.label, changes.gone))
            progress.advance(part.height)


def _bring_facts(
    database: Database,
    table: RelationshipTable,
    load: int,
    found: _Found,
    held: OpenTransaction,
    progress: LoadProgress,
) -> None:
    empty = pl.DataFrame(schema={name: FACT_SCHEMA[name] for name in ("source", "target", "digest")})
    found.ended[table.name] = 0
    with progress.step(table.name, table.rows.count), one_ahead() as write:
        for part, bounds in ranges(table.rows.slices(), "source", empty):
            held.refuse_loss()
            there = facts_there(database.rows(facts_read(table, bounds), bounds))
            changes = fact_changes(part, there)
            found.ended[table.name] += len(changes.ended)
            writer = Writer(database, progress, write)
            writer.end(table, changes.ended, load)
            writer.create(table, changes.new, load)
            progress.advance(part.height)


def _bring_rings(database: Database, rings: pl.DataFrame, progress: LoadProgress) -> None:
    with progress.step(RING_LABEL.name, rings.height):
        for batch in batches(rings):
            made = database.write(nodes_merged(RING_LABEL), columns(batch)).nodes_created
            if made:
                progress.changed("Ring created", made)


def _bring_judgements(
    database: Database, table: RelationshipTable, load: int, held: OpenTransaction, progress: LoadProgress
) -> None:
    """Adds those that are missing; one that is there twice, since a commit was lost to its loader, stays once."""
    other = "target" if table.cut_by == "source" else "source"
    empty = pl.DataFrame(schema={"source": pl.String, "target": pl.String})
    with progress.step(f"{table.type.name} {table.target.label}", table.rows.count), one_ahead() as write:
        for part, bounds in ranges(table.rows.slices(), table.cut_by, empty):
            held.refuse_loss()
            read = database.read(judgements_read(table, bounds), bounds | {"run": load})
            there = pl.DataFrame(
                {
                    table.cut_by: [row[0] for row in read],
                    other: [row[1] for row in read],
                    "id": [row[2] for row in read],
                },
                schema={
                    table.cut_by: part[table.cut_by].dtype,
                    other: pl.List(part[other].dtype),
                    "id": pl.List(pl.Int64),
                },
            ).explode(other, "id")
            stays = there.join(part, on=["source", "target"], how="semi").unique(["source", "target"], keep="first")
            writer = Writer(database, progress, write)
            writer.remove(table, there.join(stays, on="id", how="anti")["id"].to_list())
            writer.create(table, part.join(stays, on=["source", "target"], how="anti", maintain_order="left"), load)
            progress.advance(part.height)


def refuse_other_counts(
    database: Database, projected: Projection, judgements: list[RelationshipTable], load: int, ended: Mapping[str, int]
) -> None:
    """Raises: EnvironmentFault when the database does not hold as many of each as the run.

    `ended` says how many facts of each table this load ended: with these added the database's own count is known at
    once. Only where that differs, since a load before was stopped, every relationship is looked at.
    """
    for nodes in projected.nodes:
        held = database.one(f"MATCH (n:{nodes.label.name}) RETURN count(n) AS rows")["rows"]
        if held < nodes.rows.height:  # those that are gone are removed only after the switch
            _refuse_other(nodes.label.name, held, nodes.rows.height)
    for table in projected.facts:
        matched = f"MATCH (:{table.source.label})-[r:{table.type.name}]->()"
        held = database.one(f"{matched} RETURN count(r) AS rows")["rows"]
        if held != table.rows.count + ended.get(table.name, 0):
            holds = f"{matched} WHERE r.since <= $load < r.until RETURN count(r) AS rows"
            _refuse_other(table.name, database.one(holds, {"load": load})["rows"], table.rows.count)
    for type_, key in ((JUDGED_TYPE, "number"), (PAYS_TYPE, "number"), (HAS_MEMBER_TYPE, "run")):
        matched = f"MATCH (:{type_.sources[0]} {{{key}: $load}})-[r:{type_.name}]->() RETURN count(r) AS rows"
        expected = sum(table.rows.count for table in judgements if table.type is type_)
        _refuse_other(type_.name, database.one(matched, {"load": load})["rows"], expected)


def _refuse_other(what: str, held: int, expected: int) -> None:
    if held != expected:
        raise EnvironmentFault(
            f"{what}: the database holds {held:,}, the run {expected:,}: something else writes there: "
            "let it rest, and load again"
        )


def _switch(
    database: Database, held: OpenTransaction, projected: Projection, numbers: LoadNumbers, found: _Found
) -> None:
    """Makes the load current, in the transaction that keeps other loaders out: all of it is seen from then on."""
    at_once = sum(rows.height for _, rows in found.corrected) <= MOST_CORRECTED
    for label, rows in found.corrected:
        for batch in batches(rows, BATCH_ROWS):
            if at_once:
                held.run(nodes_corrected(label), columns(batch))
            else:
                database.write(nodes_corrected(label), columns(batch))
    make_current(held, numbers.load, numbers.previous, projected)
    held.commit()
