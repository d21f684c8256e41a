import polars as pl
import pytest
from ringed_run import manifest_of, ringed_tables

from graphfraud.report.casefiles import CaseFile, case_files, payment_of
from graphfraud.report.picture import MOST_ACCOUNTS, MOST_EDGES, MOST_LISTENERS, Picture, picture


def cases(tables: dict[str, pl.DataFrame]) -> list[CaseFile]:
    return case_files(tables, payment_of(manifest_of(tables)["identity"]))


def drawn(size: int) -> Picture:
    return picture(cases(ringed_tables(1, size))[0])


def kinds(made: Picture) -> dict[str, int]:
    return {
        kind: sum(node["kind"] == kind for node in made.nodes) for kind in ("means", "account", "track", "listener")
    }


def test_a_small_ring_is_drawn_whole() -> None:
    made = drawn(40)
    assert kinds(made) == {"means": 1, "account": 2, "track": 8, "listener": 30}
    assert not any(node["role"] in {"rest", "bystander"} for node in made.nodes)


def test_of_a_large_ring_stacks_and_a_rest_stand_for_the_others() -> None:
    made = drawn(500)
    assert kinds(made) == {"means": 1, "account": 2, "track": 1, "listener": MOST_LISTENERS + 1}
    rest = next(node for node in made.nodes if node["role"] == "rest")
    assert (rest["label"], rest["name"], rest["count"]) == ("368 more", "368 more listeners", 368)
    stack = next(node for node in made.nodes if node["id"].startswith("stack:"))
    assert (stack["label"], stack["count"]) == ("100 tracks", 100)
    plays = [edge["plays"] for edge in made.edges if edge["kind"] == "streamed"]
    assert plays == [5 * 100] * MOST_LISTENERS


def test_accounts_that_are_not_drawn_are_told_of() -> None:
    tables = ringed_tables(1, 40)
    more = pl.DataFrame({"subject_id": [f"acc-x-{n:02d}" for n in range(20)]})
    for name in ("ring_members", "rings/details"):
        account = tables[name].filter(subject_id="acc-000-0").drop("subject_id")
        added = account.join(more, how="cross").select(tables[name].columns)
        tables[name] = pl.concat([tables[name], added])
    tables["scores"] = pl.concat(
        [
            tables["scores"],
            tables["scores"]
            .filter(subject_id="acc-000-0")
            .drop("subject_id")
            .join(more, how="cross")
            .select(tables["scores"].columns),
        ]
    )
    made = picture(cases(tables)[0])
    rest = next(node for node in made.nodes if node["role"] == "rest")
    assert (rest["kind"], rest["label"], rest["name"]) == ("account", "10 more", "10 more accounts")
    assert kinds(made)["account"] == MOST_ACCOUNTS + 1


@pytest.mark.parametrize("size", [15, 40, 150, 500])
def test_every_edge_joins_two_that_are_drawn_and_there_are_not_too_many(size: int) -> None:
    made = drawn(size)
    names = [node["id"] for node in made.nodes]
    assert len(names) == len(set(names)) <= 80
    assert len(made.edges) <= MOST_EDGES + 20
    assert all({edge["source"], edge["target"]} <= set(names) for edge in made.edges)


def test_an_upload_ring_has_no_listeners_and_no_plays() -> None:
    made = picture(cases(ringed_tables(2, 40))[1])
    assert kinds(made)["listener"] == 0
    assert {edge["kind"] for edge in made.edges} == {"uploaded", "shares"}
