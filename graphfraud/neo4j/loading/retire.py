"""Removing what no question can see any more, in batches: after the switch, or by the next load."""

from typing import Final

from graphfraud.folders.failpoints import failpoint
from graphfraud.neo4j.database import Database
from graphfraud.neo4j.loading.numbers import LoadNumbers
from graphfraud.neo4j.loading.progress import LoadProgress
from graphfraud.neo4j.loading.writing import batches
from graphfraud.vocabulary.database import (
    DATABASE_LABEL,
    HAS_MEMBER_TYPE,
    JUDGED_TYPE,
    PAYS_TYPE,
    RELATIONSHIP_TYPES,
    RING_LABEL,
    RUN_LABEL,
    Label,
)

IN_BATCHES: Final = "IN TRANSACTIONS OF 20000 ROWS"


def retire(
    database: Database, numbers: LoadNumbers, gone: list[tuple[Label, list[str]]], progress: LoadProgress
) -> None:
    """Removes ended facts, judgements of runs before the previous one, and nodes that the run no longer has.

    Where another load became current meanwhile there is nothing to do: it removes what is past for it.
    """
    if database.one(f"MATCH (d:{DATABASE_LABEL.name}) RETURN d.current AS current")["current"] != numbers.load:
        return
    kept = {"load": numbers.load, "previous": numbers.previous}
    with progress.step("removing what is past", 0):
        for type_ in RELATIONSHIP_TYPES:
            if not type_.is_judgement:
                _remove(
                    database, f"MATCH ()-[r:{type_.name}]->() WHERE r.until <= $load", "r", type_.name, kept, progress
                )
        stays = "[$load, coalesce($previous, $load)]"
        past = f"MATCH (run:{RUN_LABEL.name}) WHERE run.state <> 'retired' AND NOT run.number IN {stays}"
        for type_ in (JUDGED_TYPE, PAYS_TYPE):
            _remove(database, f"{past} MATCH (run)-[r:{type_.name}]->()", "r", type_.name, kept, progress)
        rings = f"MATCH (ring:{RING_LABEL.name}) WHERE NOT ring.run IN {stays}"
        members = f"{rings} MATCH (ring)-[r:{HAS_MEMBER_TYPE.name}]->()"
        _remove(database, members, "r", HAS_MEMBER_TYPE.name, kept, progress)
        _remove(database, rings, "ring", RING_LABEL.name, kept, progress)
        failpoint("neo4j: past removed")
        database.write(f"{past} SET run.state = 'retired'", kept)
        _remove_nodes(database, gone, progress)


def _remove(
    database: Database, matched: str, name: str, what: str, kept: dict[str, int | None], progress: LoadProgress
) -> None:
    delete = "DETACH DELETE" if name == "ring" else "DELETE"
    done = database.command(f"{matched} CALL ({name}) {{ {delete} {name} }} {IN_BATCHES}", kept)
    if count := done.nodes_deleted or done.relationships_deleted:
        progress.changed(f"{what} removed", count)


def _remove_nodes(database: Database, gone: list[tuple[Label, list[str]]], progress: LoadProgress) -> None:
    for label, keys in gone:
        for batch in batches(keys, 1_000):
            found = f"UNWIND $keys AS key MATCH (n:{label.keyed} {{{label.key}: key}})"
            database.write(f"{found} DETACH DELETE n", {"keys": batch})
            progress.changed(f"{label.name} removed", len(batch))
