"""Invariants of the graph's tables: of order, of time, of names."""

import random
from datetime import timedelta
from math import log1p
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from conftest import FIRST_DAY, Tables, tiny_tables
from features.admit import AS_OF, admitted_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.config import FeatureSettings
from graphfraud.tables import FEATURES, feature_names
from graphfraud.vocabulary import SUBJECT_KINDS
from graphfraud_features.snapshot import GraphTables, graph_tables
from graphfraud_features.view import scoring_view, training_view


def scoring_tables(tables: Tables) -> GraphTables:
    with TemporaryDirectory() as folder:
        events, _ = admitted_tables(Path(folder), tables)
        return graph_tables(scoring_view(events), FeatureSettings())


def training_tables(tables: Tables) -> GraphTables:
    with TemporaryDirectory() as folder:
        events, _ = admitted_tables(Path(folder), tables)
        return graph_tables(training_view(events), FeatureSettings())


def same(one: GraphTables, other: GraphTables) -> bool:
    nodes = all(one.nodes[kind].equals(other.nodes[kind]) for kind in one.nodes)
    return nodes and all(
        np.array_equal(left.source_ix, right.source_ix)
        and np.array_equal(left.target_ix, right.target_ix)
        and np.array_equal(left.weight, right.weight)
        and all(np.array_equal(left.facts[name], right.facts[name]) for name in left.facts)
        for left, right in zip(one.edges, other.edges, strict=True)
    )


def test_every_subject_is_a_node_and_every_feature_is_finite() -> None:
    made = scoring_tables(tiny_tables())
    assert {kind: frame.height for kind, frame in made.nodes.items() if kind in SUBJECT_KINDS} == {
        "account": 8,
        "track": 64,
        "listener": 30,
    }
    for kind, frame in made.nodes.items():
        assert frame.columns[1:] == feature_names(kind)
        assert np.isfinite(frame.drop(frame.columns[0]).to_numpy()).all()
        FEATURES[kind].validate(frame)


@given(order=st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_the_order_of_rows_leaves_no_trace(order: random.Random) -> None:
    tables = tiny_tables()
    shuffled = {}
    for name, rows in tables.items():
        places = list(range(rows.height))
        order.shuffle(places)
        shuffled[name] = rows[places]
    assert same(scoring_tables(tables), scoring_tables(shuffled))


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 63), st.integers(0, 10_000)), min_size=1, max_size=40))
@settings(max_examples=6, deadline=None)
def test_events_at_or_after_as_of_change_nothing(later: list[tuple[int, int, int]]) -> None:
    tables = tiny_tables()
    tomorrow = pl.DataFrame(
        {
            "stream_id": [f"later-{n}" for n in range(len(later))],
            "listener_id": [f"lis-{listener:02d}" for listener, _, _ in later],
            "track_id": [f"trk-{track:02d}" for _, track, _ in later],
            "started_at": [AS_OF + timedelta(minutes=minutes) for _, _, minutes in later],
            "played_ms": [31_000] * len(later),
            "source": ["playlist"] * len(later),
            "device_id": ["dev-1"] * len(later),
        }
    )
    assert same(scoring_tables(tables), scoring_tables({**tables, "streams": pl.concat([tables["streams"], tomorrow])}))


def test_new_names_in_the_same_order_change_no_feature() -> None:
    tables = tiny_tables()
    renamed = dict(tables)
    for name in ("tracks", "streams", "embeddings"):
        renamed[name] = tables[name].with_columns(pl.lit("x").add(pl.col("track_id")).alias("track_id"))
    before, after = scoring_tables(tables).nodes["track"], scoring_tables(renamed).nodes["track"]
    assert before.drop("track_id").equals(after.drop("track_id"))


def labelled(tables: Tables, decided_day: int) -> Tables:
    label = {
        "subject_kind": ["listener"],
        "subject_id": ["lis-07"],
        "label": ["fraud"],
        "decided_at": [FIRST_DAY + timedelta(days=decided_day)],
        "source": ["review"],
    }
    return {**tables, "labels": pl.DataFrame(label)}


def test_what_a_takedown_causes_is_not_seen_in_training() -> None:
    whole = labelled(tiny_tables(), decided_day=4)
    after_label = (pl.col("listener_id") == "lis-07") & (pl.col("started_at") >= FIRST_DAY + timedelta(days=4))
    silenced = {**whole, "streams": whole["streams"].filter(~after_label)}
    assert whole["streams"].height > silenced["streams"].height
    learned_from = training_tables(whole)
    with TemporaryDirectory() as folder:
        events, _ = admitted_tables(Path(folder), silenced)
        assert same(learned_from, graph_tables(training_view(events), FeatureSettings()))
    listener = learned_from.nodes["listener"].filter(listener_id="lis-07")
    days_old = (
        FIRST_DAY + timedelta(days=4) - tiny_tables()["listeners"].filter(listener_id="lis-07")["created_at"][0]
    ).days
    assert listener["age_log"][0] == pytest.approx(log1p(days_old), abs=1e-3)


def test_what_was_recorded_after_a_label_is_not_seen_in_training() -> None:
    tables = labelled(tiny_tables(), decided_day=4)
    tables["labels"] = tables["labels"].with_columns(subject_kind=pl.lit("account"), subject_id=pl.lit("acc-0"))
    before, after = FIRST_DAY - timedelta(days=1), FIRST_DAY + timedelta(days=5)
    versions = [(True, before), (False, after)]
    row = tables["accounts"].filter(account_id="acc-0")
    tables["accounts"] = pl.concat(
        [
            tables["accounts"].filter(pl.col("account_id") != "acc-0").with_columns(recorded_at=pl.lit(before)),
            *(row.with_columns(verified=verified, recorded_at=pl.lit(at)) for verified, at in versions),
        ]
    )
    seen = [made.nodes["account"]["verified"][0] for made in (training_tables(tables), scoring_tables(tables))]
    assert seen == [1.0, 0.0]


def test_the_first_label_ends_what_training_sees_even_if_a_later_one_counts() -> None:
    early = labelled(tiny_tables(), decided_day=2)
    both = {**early, "labels": pl.concat([early["labels"], labelled(tiny_tables(), decided_day=8)["labels"]])}
    assert same(training_tables(early), training_tables(both))


def test_known_habits_come_out_as_their_measures() -> None:
    tables = tiny_tables()
    looped = {"track_id": "trk-63", "played_ms": 32_000, "source": "playlist", "device_id": "shared"}
    bots = pl.col("listener_id").is_in(["lis-00", "lis-01"])
    tables["streams"] = tables["streams"].with_columns(
        **{name: pl.when(bots).then(pl.lit(value)).otherwise(pl.col(name)) for name, value in looped.items()}
    )
    made = scoring_tables(tables)
    bot = made.nodes["listener"].filter(listener_id="lis-00").row(0, named=True)
    assert bot["play_log"] == pytest.approx(log1p(30))
    assert bot["repeat_share"] == pytest.approx(1 - 1 / 30)
    assert bot["top_account_share"] == bot["just_paid_share"] == bot["top_source_share"] == 1.0
    assert bot["chosen_share"] == bot["skip_share"] == 0.0
    assert bot["device_sharing_log"] == pytest.approx(log1p(1))
    track = made.nodes["track"].filter(track_id="trk-63").row(0, named=True)
    assert track["audience_log"] == pytest.approx(log1p(2))
    assert track["effort_share"] == pytest.approx(1.0, abs=1e-5)
    account = made.nodes["account"].filter(account_id="acc-7").row(0, named=True)
    assert account["track_log"] == pytest.approx(log1p(8))
    assert account["peak_upload_log"] == pytest.approx(log1p(1))
