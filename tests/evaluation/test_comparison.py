import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graphfraud.errors import UsageError
from graphfraud.evaluation.comparison import (
    METRICS,
    ArtificialStreams,
    artificial_streams,
    comparison,
    detector_table,
    evaluation_table,
    lookalike_table,
    verdict_table,
)
from graphfraud.evaluation.rings import ring_sentence, ring_table


def metrics(world: Path, **wanted: str) -> dict[str, Any]:
    return evaluation_table(world, world / "run").row(
        by_predicate=pl.all_horizontal(pl.col(column) == value for column, value in wanted.items()), named=True
    )


def test_members_are_fraud_victims_are_neither_and_all_others_are_honest(world: Path) -> None:
    row = metrics(world, subject_kind="listener", scope="all", attack="all")
    assert (row["fraud_count"], row["honest_count"]) == (3, 3)
    assert row["auroc"] == pytest.approx(8 / 9)
    assert row["auprc"] == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert row["recall_at_0_1_percent"] == pytest.approx(2 / 3)


def test_each_attack_stands_against_all_honest_subjects(world: Path) -> None:
    farm = metrics(world, subject_kind="listener", scope="all", attack="farm")
    loop = metrics(world, subject_kind="listener", scope="all", attack="loop")
    assert (farm["fraud_count"], farm["honest_count"], farm["auroc"]) == (2, 3, 1.0)
    assert (loop["fraud_count"], loop["honest_count"], loop["recall_at_0_1_percent"]) == (1, 3, 0.0)
    assert loop["auroc"] == pytest.approx(2 / 3)


def test_whom_a_label_named_before_as_of_is_outside_the_unlabelled_scope(world: Path) -> None:
    row = metrics(world, subject_kind="listener", scope="unlabelled", attack="all")
    assert (row["fraud_count"], row["honest_count"], row["auroc"]) == (2, 2, 1.0)


def test_a_kind_without_fraud_has_one_row_a_scope_and_nothing_to_measure(world: Path) -> None:
    table = evaluation_table(world, world / "run")
    accounts = table.filter(pl.col("subject_kind") == "account")
    assert table.schema == METRICS
    assert accounts.select("scope", "attack", "fraud_count", "honest_count").rows() == [
        ("all", "all", 0, 1),
        ("unlabelled", "all", 0, 1),
    ]
    assert accounts["auroc"].is_nan().all()


def test_each_verdict_is_held_against_the_truth(world: Path) -> None:
    listeners = verdict_table(world, world / "run").filter(subject_kind="listener").drop("subject_kind")
    assert listeners.rows() == [
        ("allow", 3, 1, 1 / 3),
        ("hold", 1, 0, 0.0),
        ("review", 1, 1, 1.0),
        ("block", 1, 1, 1.0),
    ]


def test_each_detector_is_measured_by_itself_where_it_speaks_of_all(world: Path) -> None:
    listeners = ["bot-1", "bot-2", "bot-3", "fan-1", "fan-2", "anybody"]
    evidence = {"subject_id": listeners, "perfect": [3.0, 2.0, 1.0, 0.0, -1.0, -2.0], "silent": [1.0, *[None] * 5]}
    (world / "run" / "model").mkdir()
    pl.DataFrame(evidence).with_columns(subject_kind=pl.lit("listener")).write_parquet(
        world / "run" / "model" / "evidence.parquet"
    )
    row = detector_table(world, world / "run").filter(subject_kind="listener", scope="all").row(0, named=True)
    assert row["perfect"] == 1.0
    assert row["silent"] != row["silent"], "not a number"
    assert row["risk"] == pytest.approx((1 + 1 + 3 / 4) / 3)


def test_lookalikes_that_were_not_simply_allowed_are_counted(world: Path) -> None:
    assert lookalike_table(world, world / "run").rows() == [("party", "listener", 2, 1), ("party", "track", 1, 0)]


def test_fake_streams_count_once_and_only_before_as_of(world: Path) -> None:
    assert artificial_streams(world, world / "run") == ArtificialStreams(
        expected_count=1.75, withheld_count=1, fake_count=2
    )


def test_a_world_may_leave_out_what_is_optional(world: Path) -> None:
    (world / "truth" / "lookalikes.parquet").unlink()
    (world / "truth" / "streams.parquet").unlink()
    shutil.rmtree(world / "feed")
    found = comparison(world, world / "run")
    assert found.lookalikes.is_empty()
    assert found.lookalikes.columns == ["lookalike", "subject_kind", "subject_count", "restricted_count"]
    assert found.streams.fake_count is None
    by_scope = [part.drop("scope") for part in found.metrics.partition_by("scope")]
    assert len(by_scope) == 2
    assert by_scope[0].equals(by_scope[1])


@pytest.mark.parametrize(
    ("missing", "command"),
    [
        ("truth/rings.parquet", "graphfraud simulate "),
        ("run/scores.parquet", "graphfraud run FEED --out"),
        ("run/track_months.parquet", "graphfraud run FEED --out"),
        ("run/manifest.json", "graphfraud run FEED --out"),
    ],
)
def test_what_is_missing_is_named_with_the_command_that_makes_it(world: Path, missing: str, command: str) -> None:
    (world / missing).unlink()
    with pytest.raises(UsageError, match=command) as refusal:
        comparison(world, world / "run")
    assert str(world / missing) in str(refusal.value)


def test_each_planted_ring_stands_beside_the_reported_one_that_overlaps_it_most(world: Path) -> None:
    rings = ring_table(world, world / "run")
    assert rings.select("planted", "planted_count", "ring_id", "ring_count", "jaccard", "right_role_share").rows() == [
        ("1", 3, "ring-a", 3, 1.0, pytest.approx(2 / 3)),
        ("2", 3, None, None, None, None),
        (None, None, "ring-b", 4, None, None),
    ]
    assert ring_sentence(rings) == (
        "of 2 planted rings 1 were found, with a mean overlap of 1.00; of 2 reported rings 1 found none"
    )


def test_a_run_without_rings_finds_none_and_accuses_none(world: Path) -> None:
    for name in ("rings", "ring_members"):
        pl.read_parquet(world / "run" / f"{name}.parquet").clear().write_parquet(world / "run" / f"{name}.parquet")
    assert (
        ring_sentence(ring_table(world, world / "run"))
        == "of 2 planted rings 0 were found; of 0 reported rings 0 found none"
    )
