"""Reviews: true, partial, before the end; and what they stop."""

from datetime import timedelta

import polars as pl

from graphfraud.simulator.world import END_AT, World, simulated_world

SUBJECT = ["subject_kind", "subject_id"]


def test_labels_are_true_and_decided_in_the_last_ten_days(small_world: World) -> None:
    labels, rings = small_world.feed["labels"], small_world.truth["rings"]
    fraud = labels.filter(pl.col("label") == "fraud")
    legitimate = labels.filter(pl.col("label") == "legitimate")
    assert fraud.join(rings, on=SUBJECT, how="anti").is_empty()
    assert legitimate.join(rings, on=SUBJECT).is_empty()
    assert fraud.height > 0
    assert set(legitimate["subject_kind"]) == {"account", "track", "listener"}
    assert labels["decided_at"].max() < END_AT
    assert labels["decided_at"].min() >= END_AT - timedelta(days=10)


def test_nobody_is_labelled_twice(small_world: World) -> None:
    assert small_world.feed["labels"].select(SUBJECT).is_unique().all()


def test_some_rings_of_each_kind_are_found_and_others_never(small_world: World) -> None:
    labelled = small_world.truth["rings"].group_by("kind").agg(pl.col("labelled").any(), all=pl.col("labelled").all())
    assert labelled["labelled"].all()
    assert not labelled["all"].any()


def test_found_rings_are_labelled_in_part_and_others_not_at_all(small_world: World) -> None:
    rings = small_world.truth["rings"].join(small_world.feed["labels"], on=SUBJECT, how="left")
    share = dict(rings.group_by("labelled").agg(pl.col("label").is_not_null().mean()).iter_rows())
    assert 0.2 < share[True] < 1
    assert share[False] == 0


def test_most_bots_of_a_found_ring_fall_silent_after_their_label() -> None:
    world = simulated_world(scale=0.5, seed=8)
    bots = world.feed["labels"].filter(pl.col("label") == "fraud", pl.col("subject_kind") == "listener")
    after = (
        world.feed["streams"]
        .join(bots, left_on="listener_id", right_on="subject_id")
        .filter(pl.col("started_at") >= pl.col("decided_at"))
    )
    assert after["listener_id"].n_unique() < 0.25 * bots.height
