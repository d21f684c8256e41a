"""Whatever other loads brought, ended or are about to bring, an answer is of the current run alone."""

from typing import Any

import pytest
from asked_noise import add_noise
from asked_world import OTHER_RING, RING, plant
from neo4j import Driver

from graphfraud.neo4j.ask import ask
from graphfraud.neo4j.asking.parameters import parsed_values
from graphfraud.neo4j.asking.questions import questions
from graphfraud.neo4j.database import Database

pytestmark = pytest.mark.xdist_group("neo4j")
ACCOUNTS = ("acc-op", "acc-two", "acc-good", "acc-lone")
IDS: dict[str, tuple[str, ...]] = {
    "ring_id": (RING, OTHER_RING),
    "other_ring_id": (OTHER_RING, RING),
    "account_id": ACCOUNTS,
    "other_account_id": (*ACCOUNTS[1:], "acc-op"),
    "track_id": ("trk-a1", "trk-b1", "trk-hit", "trk-quiet"),
    "listener_id": ("lis-1", "lis-vic", "lis-fan3"),
    "subject_id": ("acc-two", "trk-b1", "lis-3", "lis-fan1"),
    "means_id": ("device:d1", "address:hub", "payee:good"),
}


def answers(driver: Driver, name: str) -> list[list[dict[str, Any]]]:
    """The rows of a question asked for several ids, those of its parameters taken in turn."""
    question = questions()[name]
    needed = [each.name for each in question.parameters if each.default is None]
    count = max((len(IDS[each]) for each in needed), default=1)
    asked = [[f"{each}={IDS[each][turn % len(IDS[each])]}" for each in needed] for turn in range(count)]
    return [ask(Database(driver), question, parsed_values(question, given)).plain_rows for given in asked]


@pytest.fixture(scope="module")
def quiet(driver: Driver) -> dict[str, list[list[dict[str, Any]]]]:
    """Every answer before the noise, which is there from then on."""
    plant(driver)
    before = {name: answers(driver, name) for name in questions()}
    add_noise(driver)
    return before


@pytest.mark.parametrize("name", questions())
def test_an_answer_is_deaf_to_other_loads(
    driver: Driver, quiet: dict[str, list[list[dict[str, Any]]]], name: str
) -> None:
    assert any(quiet[name])
    assert answers(driver, name) == quiet[name]
