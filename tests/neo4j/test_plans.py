"""How the server would answer each question: from an index, and without writing."""

from typing import Any

import pytest
from asked_world import CURRENT, plant
from neo4j import Driver

from graphfraud.neo4j.asking.parameters import parsed_values
from graphfraud.neo4j.asking.questions import questions

pytestmark = pytest.mark.xdist_group("neo4j")
FULL_SCANS = ("AllNodesScan", "NodeByLabelScan", "AllRelationshipsScan", "TypeScan", "LabelsScan", "IndexScan")


@pytest.fixture(scope="module")
def planted(driver: Driver) -> Driver:
    plant(driver)
    return driver


def operators(plan: dict[str, Any]) -> list[str]:
    own = plan["operatorType"].partition("@")[0]
    return [own, *(each for child in plan.get("children", []) for each in operators(child))]


@pytest.mark.parametrize("name", questions())
def test_no_question_scans_all_there_is_nor_writes(planted: Driver, name: str) -> None:
    question = questions()[name]
    values = parsed_values(question, [f"{each.name}=x" for each in question.parameters if each.default is None])
    with planted.session(notifications_min_severity="OFF") as session:
        asked = values | {"run": CURRENT, "previous": CURRENT - 1}
        told = session.run(f"EXPLAIN {question.text}", asked).consume()
    assert told.query_type == "r"
    assert told.plan is not None
    assert [each for each in operators(told.plan) if each.endswith(FULL_SCANS)] == []
