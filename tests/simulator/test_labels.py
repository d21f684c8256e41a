"""Reviews: few, late, partly wrong, blind to what they are told to be; and what they stop."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from simulator.worlds import BUSY, RING_KINDS, SUBJECT, Theatre, World, made_world, only

from graphfraud.simulator.cast import AskedAttack, Group, lookalikes_entered, rings_entered
from graphfraud.simulator.labels import STOPPED_SHARE, Review, ReviewTeam, _seen, review
from graphfraud.simulator.platform.rows import DAY_MS

CAREFUL = ReviewTeam(ring_share=1, delay_days=3, wrong_share=0)


@pytest.fixture(scope="module")
def groups(theatre: Theatre) -> list[Group]:
    """Three rings of each attack, and every look-alike."""
    numbers = theatre.numbers
    asked = {kind: AskedAttack(ring_count=3) for kind in RING_KINDS}
    rings = rings_entered(theatre.stage, numbers, asked, level=0, seed=1)
    return [*rings, *lookalikes_entered(theatre.stage, numbers, seed=1)]


def reviewed(theatre: Theatre, groups: list[Group], *, seed: int = 1, **team: object) -> Review:
    stage = theatre.stage
    return review(groups, stage.subject_counts, team=ReviewTeam(**team), window=stage.window, seed=seed)


def members(groups: list[Group]) -> pl.DataFrame:
    return pl.concat([group.subjects.filter(role="member") for group in groups if group.is_attack])


def test_without_mistakes_every_label_is_true(theatre: Theatre, groups: list[Group]) -> None:
    said = reviewed(theatre, groups, ring_share=1, wrong_share=0).labels
    fraud, legitimate = (said.filter(label=label) for label in ("fraud", "legitimate"))
    for each in (fraud, legitimate):
        assert set(each["subject_kind"]) == {"account", "track", "listener"}
    assert fraud.join(members(groups), on=SUBJECT, how="anti").is_empty()
    assert legitimate.join(members(groups), on=SUBJECT).is_empty()


@pytest.mark.parametrize("wrong_share", [0.3, 1.0])
def test_mistakes_turn_their_share_of_the_labels_around(
    theatre: Theatre, groups: list[Group], wrong_share: float
) -> None:
    true = reviewed(theatre, groups, wrong_share=0).labels
    mistaken = reviewed(theatre, groups, wrong_share=wrong_share).labels
    assert true.drop("label").equals(mistaken.drop("label"))
    assert abs((true["label"] != mistaken["label"]).mean() - wrong_share) < 0.1


def test_nobody_is_labelled_twice_and_all_decisions_fall_into_the_window(theatre: Theatre, groups: list[Group]) -> None:
    said, window = reviewed(theatre, groups, ring_share=1).labels, theatre.stage.window
    assert said.select(SUBJECT).is_unique().all()
    assert said["decided_at"].dt.epoch("ms").is_between(window.start_ms, window.end_ms, closed="left").all()


def test_a_team_that_sees_no_ring_labels_none_and_stops_none(theatre: Theatre, groups: list[Group]) -> None:
    nothing = reviewed(theatre, groups, ring_share=0, wrong_share=0)
    assert nothing.found == []
    assert nothing.stops.is_empty()
    assert set(nothing.labels["label"]) == {"legitimate"}


def test_a_team_that_sees_more_finds_what_the_others_find_and_more(theatre: Theatre, groups: list[Group]) -> None:
    few, some, most = (set(reviewed(theatre, groups, ring_share=share).found) for share in (0.1, 0.5, 1))
    assert 0 < len(few) < len(some) < len(most)
    assert few <= some <= most


def test_the_loud_are_found_more_often_than_the_quiet(groups: list[Group]) -> None:
    rings = [group for group in groups if group.is_attack]
    seen = np.mean([_seen(rings, ReviewTeam(), seed) for seed in range(120)], axis=0)
    loud = np.argsort(np.argsort([ring.act.loudness for ring in rings])) >= len(rings) / 2
    assert seen[loud].mean() > 1.2 * seen[~loud].mean()
    assert abs(seen.mean() - ReviewTeam().ring_share) < 0.1


def test_one_ring_at_least_is_found_where_any_can_be(theatre: Theatre, groups: list[Group]) -> None:
    for seed in range(5):
        assert len(reviewed(theatre, groups, ring_share=0.001, delay_days=0.1, seed=seed).found) == 1


def test_a_found_ring_is_labelled_in_part_and_no_other_at_all(theatre: Theatre, groups: list[Group]) -> None:
    result = reviewed(theatre, groups, wrong_share=0)
    labelled = members(groups).join(result.labels, on=SUBJECT, how="left")
    share = labelled.group_by(found=pl.col("ring").is_in(result.found)).agg(pl.col("label").is_not_null().mean())
    assert 0.2 < dict(share.iter_rows())[True] < 0.95
    assert dict(share.iter_rows())[False] == 0


def test_decisions_come_later_where_the_team_is_slower(theatre: Theatre, groups: list[Group]) -> None:
    began_ms = {group.name: theatre.stage.window.day_start_ms(group.act.first_day) for group in groups}

    def waited_days(delay_days: float) -> dict[str, float]:
        result = reviewed(theatre, groups, ring_share=1, wrong_share=0, delay_days=delay_days)
        decided = result.labels.join(members(groups), on=SUBJECT).group_by("ring").agg(pl.col("decided_at").min())
        return {ring: (at.timestamp() * 1_000 - began_ms[ring]) / DAY_MS for ring, at in decided.iter_rows()}

    soon, later = waited_days(2), waited_days(6)
    assert all(days > 0 for days in soon.values())
    assert all(later[ring] > soon[ring] for ring in soon.keys() & later.keys())
    assert 1 < np.median(list(soon.values())) < 4


@pytest.mark.parametrize("kind", RING_KINDS)
def test_what_the_team_is_blind_to_is_never_labelled(theatre: Theatre, groups: list[Group], kind: str) -> None:
    result = reviewed(theatre, groups, ring_share=1, wrong_share=0, delay_days=1, blind_to=(kind,))
    unseen = members(groups).filter(kind=kind)
    assert result.labels.join(unseen, on=SUBJECT).is_empty()
    assert result.stops.join(unseen, on=SUBJECT).is_empty()
    assert {name.rsplit("-", 1)[0] for name in result.found} >= set(RING_KINDS) - {kind}


def test_victims_and_bystanders_are_never_called_frauds(tmp_path: Path) -> None:
    world = made_world(tmp_path / "world", attacks=only("hijack") | only("framed_artist"), team=CAREFUL)
    fraud = world.feed["labels"].filter(label="fraud")
    assert fraud.height > 0
    assert fraud.join(world.truth["lookalikes"], on=SUBJECT).is_empty()
    assert fraud.join(world.truth["rings"].filter(role="victim"), on=SUBJECT).is_empty()


def test_the_truth_says_which_rings_carry_labels(small_world: World) -> None:
    per_ring = small_world.truth["rings"].group_by("ring").agg(pl.col("labelled").unique())
    assert (per_ring["labelled"].list.len() == 1).all()
    assert set(small_world.truth["rings"]["labelled"]) == {True, False}


def after_their_label(world: World) -> tuple[int, int]:
    """Plays by bots after they were called frauds, and plays of such tracks."""
    plays, fraud = world.plays.sort("started_at"), world.feed["labels"].filter(label="fraud")
    counts = [
        plays.join(fraud.filter(subject_kind=kind), left_on=f"{kind}_id", right_on="subject_id")
        .filter(pl.col("started_at") >= pl.col("decided_at"))
        .height
        for kind in ("listener", "track")
    ]
    return counts[0], counts[1]


def test_who_is_stopped_falls_silent_and_what_is_taken_down_is_played_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = only("bot_farm", rings=2, **BUSY, organic_share=1, tracks=300)
    for share, is_silent in ((0.0, False), (1.0, True)):
        for kind in ("listener", "track"):
            monkeypatch.setitem(STOPPED_SHARE, kind, share)
        world = made_world(tmp_path / f"{share:g}", attacks=asked, team=CAREFUL)
        bots, tracks = after_their_label(world)
        assert (bots == 0, tracks == 0) == (is_silent, is_silent)
        logins = world.feed["logins"].join(world.feed["labels"].filter(label="fraud"), on=SUBJECT)
        listeners = logins.filter(pl.col("subject_kind") == "listener", pl.col("at") >= pl.col("decided_at"))
        assert listeners.is_empty() == is_silent


def test_most_but_not_all_bots_of_a_found_ring_are_stopped(theatre: Theatre, groups: list[Group]) -> None:
    result = reviewed(theatre, groups, ring_share=1, delay_days=1)
    found = members(groups).filter(pl.col("ring").is_in(result.found))
    stopped = found.join(result.stops, on=SUBJECT, how="left").group_by("subject_kind")
    share = dict(stopped.agg(pl.col("stopped_at").is_not_null().mean()).iter_rows())
    assert 0.7 < share["listener"] < 1
    assert 0.5 < share["track"] < 1
    assert share["account"] == 0
