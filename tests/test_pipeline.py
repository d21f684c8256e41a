"""The main job on a simulated platform with labels: what it learns, repeats and refuses to learn."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from judged import run
from loud_world import write_loud_world

from graphfraud.config import Policy
from graphfraud.evaluation.comparison import comparison
from graphfraud.folders.finished import finished_run
from graphfraud.graph.snapshot import read_graph
from graphfraud.settings_file import read_settings
from graphfraud.tables import FACT_OUTPUTS, OUTPUTS, PLAYS_BY_HOUR
from graphfraud.vocabulary import ID_COLUMN, SUBJECT_KINDS


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world that has been judged."""
    folder = tmp_path_factory.mktemp("pipeline") / "world"
    write_loud_world(folder, seed=2_000)
    run(folder / "feed", folder / "run")
    return folder


def test_every_table_keeps_the_contract(world: Path) -> None:
    for name, schema in {**OUTPUTS, **FACT_OUTPUTS}.items():
        schema.validate(pl.read_parquet(world / "run" / f"{name}.parquet"))
    scores = pl.read_parquet(world / "run" / "scores.parquet")
    feed_ids = {
        kind: pl.read_parquet(world / "feed" / f"{kind}s.parquet")[f"{kind}_id"]
        for kind in ("account", "track", "listener")
    }
    for kind, ids in feed_ids.items():
        assert set(scores.filter(subject_kind=kind)["subject_id"]) == set(ids)
    assert scores.filter(pl.col("verdict") != "allow", pl.col("reasons").list.len() == 0).is_empty()
    assert scores.filter(subject_kind="listener")["content_risk"].drop_nulls().is_empty()


def test_fraud_outranks_honesty(world: Path) -> None:
    metrics = comparison(world, world / "run").metrics.filter(scope="all", attack="all")
    assert metrics["auroc"].min() > 0.9
    detectors = comparison(world, world / "run").detectors.filter(scope="all")
    assert detectors.columns[2:] == ["forest_logit", "sage_logit", "learned_spreads", "surprise_nats", "risk"]
    assert detectors["surprise_nats"].min() > 0.1, "far above the share of fraud, without a label"


def test_the_same_feed_makes_the_same_identity_wherever_it_lies_and_however_it_is_cut(
    world: Path, tmp_path: Path
) -> None:
    other = tmp_path / "feed"
    shutil.copytree(world / "feed", other)
    days = [pl.read_parquet(path) for path in sorted((other / "streams").iterdir())]
    shutil.rmtree(other / "streams")
    pl.concat(days).sample(fraction=1.0, shuffle=True, seed=1).write_parquet(other / "streams.parquet")
    again = run(other, tmp_path / "run")
    first = json.loads((world / "run" / "manifest.json").read_text())
    assert again["identity"] == first["identity"]


def test_events_at_or_after_as_of_influence_no_score(world: Path, tmp_path: Path) -> None:
    as_of = datetime(2026, 10, 22, tzinfo=UTC)
    past = tmp_path / "past"
    past.mkdir()
    happened = {"streams": "started_at", "logins": "at", "labels": "decided_at", "tracks": "uploaded_at"}
    happened |= {"accounts": "created_at", "listeners": "created_at"}
    for table, column in happened.items():
        pattern = world / "feed" / (f"{table}/*.parquet" if table == "streams" else f"{table}.parquet")
        pl.scan_parquet(pattern).filter(pl.col(column) < as_of).sink_parquet(past / f"{table}.parquet")
    known = pl.scan_parquet(past / "tracks.parquet").select("track_id")
    pl.scan_parquet(world / "feed" / "embeddings.parquet").join(known, on="track_id", how="semi").sink_parquet(
        past / "embeddings.parquet"
    )
    whole = run(world / "feed", tmp_path / "run-whole", as_of=as_of)
    cut = run(past, tmp_path / "run-past", as_of=as_of)
    assert whole["identity"] == cut["identity"]


def test_an_override_overwrites_the_risk_visibly(world: Path, tmp_path: Path) -> None:
    tracks = pl.read_parquet(world / "run" / "scores.parquet").filter(subject_kind="track")
    someone = tracks.sort("risk")["subject_id"][0]
    path = tmp_path / "policy.toml"
    path.write_text(
        "version = 1\n[[overrides]]\nsubject_kind = 'track'\nrisk = 1.0\nwhy = 'confirmed by a court'\n"
        f"subject_id = '{someone}'\n"
    )
    run(world / "feed", tmp_path / "run", policy=read_settings(Policy, path))
    judged = pl.read_parquet(tmp_path / "run" / "scores.parquet").filter(subject_id=someone).row(0, named=True)
    assert judged["risk"] == 1.0
    assert judged["verdict"] == "block"
    assert judged["reasons"][0] == "policy_override"


def test_the_graph_of_a_run_can_be_read_again(world: Path) -> None:
    graph = read_graph(world / "run" / "graph")
    scores = pl.read_parquet(world / "run" / "scores.parquet")
    for kind in SUBJECT_KINDS:
        assert graph.nodes[kind].ids() == scores.filter(subject_kind=kind)["subject_id"].sort().to_list()


def test_a_run_tells_what_was_known_of_whom_it_judged(world: Path) -> None:
    run = finished_run(world / "run")
    scores, labels = run.table("scores"), pl.read_parquet(world / "feed" / "labels.parquet")
    for kind in SUBJECT_KINDS:
        known = run.table(f"subjects/{kind}s")
        assert known[ID_COLUMN[kind]].to_list() == scores.filter(subject_kind=kind)["subject_id"].sort().to_list()
        decided = known.drop_nulls("label")
        assert set(decided[ID_COLUMN[kind]]) == set(labels.filter(subject_kind=kind)["subject_id"])


def test_the_hours_of_plays_stand_in_the_order_of_the_graphs_edges(world: Path) -> None:
    graph, hours = read_graph(world / "run" / "graph"), finished_run(world / "run").scan(PLAYS_BY_HOUR).collect()
    edges = graph.edges["streamed"]
    listeners, tracks = (pl.Series(graph.nodes[kind].ids()) for kind in ("listener", "track"))
    per_listener = np.diff(edges.source_offsets)
    assert hours["listener_id"].to_list() == np.repeat(listeners.to_numpy(), per_listener).tolist()
    assert hours["track_id"].to_list() == tracks.gather(edges.target_ix).to_list()
    assert hours["hour_plays"].list.sum().to_list() == edges.weight.tolist()
    assert hours["hour_plays"].list.sum().sum() == pl.scan_parquet(world / "feed" / "streams").collect().height
