"""What a run counted and judged, as the database gets it."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from loaded_run import FIRST_RING, MEMBERS, OWN_PAYEE, put, write_rich_feed, write_run

from graphfraud.folders.finished import finished_run
from graphfraud.neo4j.projection.projected import Projection, projection

SCHEMA = {
    "track_id": pl.String,
    "month": pl.Date,
    "streams": pl.Int64,
    "payable_streams": pl.Int64,
    "artificial_streams": pl.Float64,
    "artificial_share": pl.Float64,
    "withheld_streams": pl.Int64,
    "eligible": pl.Boolean,
}
MONTHS = [
    ("trk-00", date(2026, 8, 1), 1_000, 800, 500.0, 0.5, 400, True),
    ("trk-00", date(2026, 9, 1), 100, 60, 25.0, 0.25, 15, None),
    ("trk-01", date(2026, 8, 1), 900, 900, 900.0, 1.0, 900, False),
    ("trk-01", date(2026, 9, 1), 10, 8, 10.0, 1.0, 8, True),
    ("trk-02", date(2026, 9, 1), 500, 400, 0.0, 0.0, 0, False),
    ("trk-48", date(2026, 9, 1), 50, 40, 5.0, 0.1, 4, True),
]
"""Of three tracks of acc-0, which shares its payee, and one of acc-6, which does not."""


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("judged")
    folder = write_run(write_rich_feed(place / "feed"), place / "run", day=7, rings=(FIRST_RING,))
    put(folder, "track_months", pl.DataFrame(MONTHS, schema=SCHEMA, orient="row"))
    return folder


@pytest.fixture(scope="module")
def projected(run_folder: Path) -> Projection:
    return projection(run_folder)


@pytest.fixture(scope="module")
def amount(projected: Projection, run_folder: Path) -> float:
    """What a paid stream earns."""
    assert projected.run["currency"] == "EUR"
    return float(finished_run(run_folder).identity["policy"]["payout"]["amount_per_stream"])


def judged(projected: Projection, name: str, label: str) -> dict[str, dict[str, Any]]:
    """What is said of each target of a label, by its key."""
    table = next(each for each in projected.judgements(7) if (each.type.name, each.target.label) == (name, label))
    return {row["target"]: row for rows in table.rows.slices() for row in rows.to_dicts()}


def facts(projected: Projection, name: str) -> pl.DataFrame:
    table = next(each for each in projected.facts if each.name == name)
    return pl.concat(table.rows.slices())


def test_a_month_that_cannot_earn_earns_nothing_and_one_of_which_it_is_unknown_does(
    projected: Projection, amount: float
) -> None:
    tracks = judged(projected, "JUDGED", "Track")
    income = {name: tracks[name]["income_amount"] for name in ("trk-00", "trk-01", "trk-02", "trk-03")}
    assert income == {"trk-00": 860 * amount, "trk-01": 8 * amount, "trk-02": 0.0, "trk-03": 0.0}
    artificial = {name: tracks[name]["artificial_amount"] for name in income}
    assert artificial == {"trk-00": 415.0 * amount, "trk-01": 8.0 * amount, "trk-02": 0.0, "trk-03": 0.0}


def test_streams_are_counted_of_every_month_and_listeners_by_the_graph(projected: Projection) -> None:
    tracks = judged(projected, "JUDGED", "Track")
    counted = ("streams", "artificial_streams", "withheld_streams")
    assert [tracks["trk-00"][name] for name in counted] == [1_100, 525.0, 415]
    assert [tracks["trk-63"][name] for name in counted] == [0, 0.0, 0]
    played = facts(projected, "Listener STREAMED").group_by("target").len()
    assert {name: row["listeners"] for name, row in tracks.items() if row["listeners"]} == dict(played.iter_rows())
    assert judged(projected, "JUDGED", "Account")["acc-0"]["streams"] is None


def test_a_payee_earns_by_the_tracks_of_all_who_pay_it(projected: Projection, amount: float) -> None:
    payees = judged(projected, "PAYS", "Means")
    assert set(payees) == {"payee:payee-0", "payee:payee-1", f"payee:{OWN_PAYEE}"}
    said = ("accounts", "tracks", "income_amount", "artificial_amount")
    shared, idle, own = (payees[f"payee:{name}"] for name in ("payee-0", "payee-1", OWN_PAYEE))
    assert [shared[name] for name in said] == [3, 2, pytest.approx(868 * amount), pytest.approx(423 * amount)]
    assert [idle[name] for name in said] == [3, 0, 0.0, 0.0]
    assert [own[name] for name in said] == [1, 1, 40 * amount, 4.0 * amount]


def test_reasons_are_absent_where_there_is_none_and_a_verdict_restricts_where_it_is_not_allow(
    projected: Projection, run_folder: Path
) -> None:
    scores = pl.read_parquet(run_folder / "scores.parquet")
    for kind, label in (("account", "Account"), ("track", "Track"), ("listener", "Listener")):
        said = judged(projected, "JUDGED", label)
        rows = scores.filter(subject_kind=kind).to_dicts()
        assert {row["subject_id"]: row["reasons"] or None for row in rows} == {
            name: row["reasons"] for name, row in said.items()
        }
        assert {row["subject_id"]: row["risk"] for row in rows} == {name: row["risk"] for name, row in said.items()}
        assert all(
            row["restriction"] == (row["verdict"] if row["verdict"] != "allow" else None) for row in said.values()
        )


def test_members_carry_their_role_and_what_they_play(projected: Projection) -> None:
    members = {
        (label.lower(), name): row
        for label in ("Account", "Track", "Listener")
        for name, row in judged(projected, "HAS_MEMBER", label).items()
    }
    assert {(kind, name, row["role"]) for (kind, name), row in members.items()} == set(MEMBERS)
    assert members["listener", "lis-01"] == {
        "source": f"{FIRST_RING}@7",
        "target": "lis-01",
        "run": 7,
        "role": "bot",
        "weight": 0.1 + 0.2,
        "ring_plays": 3,
        "all_plays": 40,
    }
    assert projected.rings(7)["ring_key"].to_list() == [f"{FIRST_RING}@7"]


def test_a_payee_that_nobody_shares_is_there_with_its_one_payout(projected: Projection) -> None:
    paid = facts(projected, "Account PAID_OUT_TO").select("source", "target", "weight").rows()
    shared = [(f"acc-{n}", f"payee:payee-{n // 3}", 1 / 3) for n in range(6)]
    assert paid == [*shared, ("acc-6", f"payee:{OWN_PAYEE}", 1.0)]
    payees = next(nodes for nodes in projected.nodes if nodes.label.name == "Payee")
    assert payees.rows["means_id"].to_list() == ["payee:payee-0", "payee:payee-1", f"payee:{OWN_PAYEE}"]


def test_means_are_nodes_of_their_kind_and_those_that_are_used_are_all_there(projected: Projection) -> None:
    means = {
        nodes.label.name: set(nodes.rows["means_id"]) for nodes in projected.nodes if nodes.label.also == ("Means",)
    }
    kinds = {"Device": "device:", "Address": "address:", "Payee": "payee:", "PlanGroup": "plan_group:"}
    assert {name: {one[: len(kinds[name])] for one in ids} for name, ids in means.items()} == {
        name: {prefix} for name, prefix in kinds.items()
    }
    assert {"device:studio", "device:sofa"} <= means["Device"]
    used = pl.concat([facts(projected, "Account USED"), facts(projected, "Listener USED")])
    assert set(used["target"]) == means["Device"] | means["Address"] | means["PlanGroup"]
    assert facts(projected, "Account USED").filter(pl.col("target").str.starts_with("payee:")).is_empty()


def test_what_was_not_there_yet_is_not_in(projected: Projection) -> None:
    assert "acc-9" not in set(projected.known_since["account"]["id"])
    uploaded = facts(projected, "Account UPLOADED")
    assert uploaded.height == 64
    assert set(uploaded["source"]) == {f"acc-{n}" for n in range(8)}


def test_plays_add_up_to_their_hours_and_lie_between_their_days(projected: Projection, run_folder: Path) -> None:
    plays = facts(projected, "Listener STREAMED")
    assert (plays["hour_plays"].arr.sum() == plays["plays"]).all()
    assert plays["first_on"].min() == date(2026, 9, 1)
    assert (plays["first_on"] <= plays["last_on"]).all()
    assert plays["last_on"].max() <= date(2026, 9, 7)
    assert plays.height == pl.read_parquet(run_folder / "plays_by_hour.parquet").height
