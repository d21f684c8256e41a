"""Sets right, once the server runs, the lists that CSV could not say."""

from collections.abc import Sequence
from typing import Any, Final

from neo4j import Driver

from graphfraud.neo4j.server.csv_files import ARRAY_DELIMITER, NodeFile, RelationshipFile, Unsettled
from graphfraud.neo4j.server.home import DATABASE

ROWS_AT_ONCE: Final = 20_000
"""Nodes or relationships that one transaction changes."""


def settle_lists(driver: Driver, nodes: Sequence[NodeFile], relationships: Sequence[RelationshipFile]) -> None:
    """Puts the lists in the place of their tokens."""
    for node in nodes:
        for unsettled in node.file.unsettled:
            _settle(driver, f"(x:{node.label.name})", unsettled)
    for relationship in relationships:
        for unsettled in relationship.file.unsettled:
            _settle(driver, f"()-[x:{relationship.type.name}]->()", unsettled)


def _settle(driver: Driver, pattern: str, unsettled: Unsettled) -> None:
    """Names come from the vocabulary, and may stand in the query."""
    listed = f"x.{unsettled.property.name}"
    is_text = unsettled.property.type == "string[]"
    elements = "[e IN {0} | replace(CASE e WHEN $blank THEN '' ELSE e END, $delimiter, $real)]" if is_text else "{0}"
    affected = "any(e IN {0} WHERE e = $blank OR e CONTAINS $delimiter)" if is_text else "false"
    query = f"""
        MATCH {pattern} WHERE {listed} = $empty OR {affected.format(listed)}
        CALL (x) {{
          SET {listed} = CASE WHEN {listed} = $empty THEN [] ELSE {elements.format(listed)} END
        }} IN TRANSACTIONS OF {ROWS_AT_ONCE} ROWS"""
    with driver.session(database=DATABASE) as session:
        session.run(query, _parameters(unsettled)).consume()


def _parameters(unsettled: Unsettled) -> dict[str, Any]:
    kind = {"string[]": str, "long[]": int, "double[]": float}[unsettled.property.type]
    return {
        "empty": [kind(part) for part in unsettled.tokens.empty.split(ARRAY_DELIMITER)],
        "blank": unsettled.tokens.blank,
        "delimiter": unsettled.tokens.delimiter,
        "real": ARRAY_DELIMITER,
    }
