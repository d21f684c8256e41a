"""Edges through shared means, releases and what streamed edges tell beside plays."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from conftest import FIRST_DAY, tiny_tables
from features.admit import admitted_tables

from graphfraud.config import FeatureSettings
from graphfraud.graph.averaging import averagings
from graphfraud.graph.snapshot import graph_digest
from graphfraud.run.subjects import graph_of
from graphfraud_features.measures.means import shared_means, uses
from graphfraud_features.snapshot import EdgeTable, GraphTables, graph_tables
from graphfraud_features.view import View, scoring_view

CROWD = 5_000


def used_by(*users: tuple[str, str, str, str]) -> pl.LazyFrame:
    return pl.LazyFrame(users, schema=["subject_kind", "subject_id", "mean_kind", "mean_id"], orient="row")


def people(plans: dict[str, str | None], payees: dict[str, str | None]) -> View:
    ids = {"schema_overrides": {"plan_group_hash": pl.String, "payee_hash": pl.String}}
    nothing = pl.LazyFrame()
    return View(
        accounts=pl.LazyFrame({"account_id": list(payees), "payee_hash": list(payees.values())}, **ids),
        tracks=nothing,
        listeners=pl.LazyFrame({"listener_id": list(plans), "plan_group_hash": list(plans.values())}, **ids),
        streams=nothing,
        logins=nothing,
    )


def weights(used: pl.LazyFrame, view: View) -> dict[str, float]:
    return dict(shared_means(used, view).select("mean_id", "weight").sort("mean_id").collect().iter_rows())


def town(crowd: int) -> tuple[pl.LazyFrame, View]:
    """A family of four on one device, and a campus of `crowd` strangers, the family among them, on one address."""
    campus = [f"lis-{n}" for n in range(crowd)]
    family = [("listener", one, "device", "device:tv") for one in campus[:4]]
    plans = {one: "family" if n < 4 else None for n, one in enumerate(campus)}
    return used_by(*family, *(("listener", one, "address", "address:campus") for one in campus)), people(plans, {})


def test_a_campus_is_kept_and_weighs_less_than_a_familys_device() -> None:
    used, view = town(CROWD)
    assert weights(used, view) == {"device:tv": 1.0, "address:campus": 1 / (CROWD - 3)}
    assert uses(used, shared_means(used, view), "listener").collect().height == CROWD + 4


def test_a_plan_or_a_payee_is_no_witness_to_itself() -> None:
    used = used_by(
        *(("listener", one, "plan_group", "plan_group:p") for one in "ab"),
        *(("account", one, "payee", "payee:q") for one in "xyz"),
        *(("account", one, "device", "device:d") for one in "xyz"),
    )
    view = people({"a": "p", "b": "p"}, {"x": "q", "y": "q", "z": None})
    assert weights(used, view) == {"plan_group:p": 1 / 2, "payee:q": 1 / 3, "device:d": 1 / 2}


def test_what_one_alone_uses_is_no_shared_means_and_a_plan_named_like_an_id_is_not_that_id() -> None:
    used = used_by(("listener", "a", "device", "device:1"), *(("listener", one, "device", "device:2") for one in "ab"))
    assert weights(used, people({"a": "b", "b": None}, {})) == {"device:2": 1 / 2}


def test_a_hub_costs_a_row_a_use() -> None:
    """Two hundred thousand users of one address: their pairs would fit no machine."""
    used, view = town(200_000)
    assert uses(used, shared_means(used, view), "listener").collect().height == 200_004


def tables_of(tmp_path: Path, **changed: pl.DataFrame) -> GraphTables:
    events, _ = admitted_tables(tmp_path, tiny_tables() | changed)
    return graph_tables(scoring_view(events), FeatureSettings())


def edges(made: GraphTables, name: str) -> EdgeTable:
    return next(one for one in made.edges if one.relation.name == name)


def test_streamed_edges_tell_when_how_briefly_and_at_which_hours(tmp_path: Path) -> None:
    made = tables_of(tmp_path)
    streamed, streams = edges(made, "streamed"), tiny_tables()["streams"]
    ids = made.nodes["listener"]["listener_id"][0], made.nodes["track"]["track_id"][int(streamed.target_ix[0])]
    own = streams.filter(listener_id=ids[0], track_id=ids[1])
    assert streamed.source_ix[0] == 0
    assert streamed.weight[0] == own.height
    assert streamed.facts["first_us"][0] == own["started_at"].min().timestamp() * 1e6
    assert streamed.facts["last_us"][0] == own["started_at"].max().timestamp() * 1e6
    just_paid = own["played_ms"].is_between(30_000, 35_999).mean()
    assert streamed.facts["just_paid_share"][0] == pytest.approx(just_paid)
    hours = own["started_at"].dt.strftime("%u %H").value_counts()["count"] / own.height
    assert streamed.facts["hour_entropy_nats"][0] == pytest.approx(-(hours * hours.log()).sum(), abs=1e-6)
    assert streamed.weight.sum() == streams.height


def test_releases_of_two_tracks_or_more_are_nodes_apart_by_account(tmp_path: Path) -> None:
    names = [{0: "1", 1: "1", 2: None, 3: "single"}.get(n % 8, "rest") for n in range(64)]
    tracks = tiny_tables()["tracks"].with_columns(release_id=pl.Series(names))
    made = tables_of(tmp_path, tracks=tracks)
    assert made.nodes["release"].height == 16
    assert np.bincount(edges(made, "released").source_ix).tolist() == [2, 4] * 8
    first = made.nodes["release"].filter(release_key="5:acc-0:1").row(0, named=True)
    assert first["track_log"] == pytest.approx(np.log1p(2))
    assert first["upload_days_log"] == pytest.approx(np.log1p(1))


def test_a_graph_with_releases_and_a_hub_has_one_digest_in_any_order(tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["tracks"] = tables["tracks"].with_columns(release_id=pl.lit("r"))
    tables["streams"] = tables["streams"].with_columns(ip_hash=pl.lit("campus"))
    digests = []
    for name, changed in (("one", tables), ("other", {key: rows[::-1] for key, rows in tables.items()})):
        (tmp_path / name).mkdir()
        graph = graph_of(tables_of(tmp_path / name, **changed), FIRST_DAY)
        digests.append(graph_digest(graph))
        hub = averagings(graph)["listener_used"]
        assert np.isfinite(hub.share).all()
        assert "released_by" in averagings(graph)
    assert digests[0] == digests[1]
