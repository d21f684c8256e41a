"""The cast: every attack and look-alike alone, and all of them independent of each other."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from simulator.worlds import BUSY, LOOKALIKE_KINDS, RING_KINDS, SUBJECT, Performance, Theatre, made_world, only

from graphfraud.simulator.cast import (
    EVERY_ATTACK,
    AskedAttack,
    Group,
    group_count,
    lookalike_subjects,
    lookalikes_entered,
    ring_subjects,
    rings_entered,
)
from graphfraud.simulator.platform.chance import rng_for

KINDS = ("account", "track", "listener")
DRAWN = ("asked_ms", "played_ms", "pause_ms", "source_ix", "country_ix", "late_ms", "fake")
"""What is drawn of a play, beside the numbers that its actor was given."""


def crew(kind: str) -> str:
    """The role of the listeners whose plays are bought."""
    return "victim" if kind == "hijack" else "member"


def entered(theatre: Theatre, asked: dict[str, AskedAttack]) -> dict[str, Group]:
    numbers = theatre.numbers
    rings = rings_entered(theatre.stage, numbers, asked, level=0, seed=1)
    return {group.name: group for group in [*rings, *lookalikes_entered(theatre.stage, numbers, seed=1)]}


@pytest.fixture(scope="module")
def groups(theatre: Theatre) -> dict[str, Group]:
    return entered(theatre, dict(EVERY_ATTACK))


@pytest.mark.parametrize("kind", RING_KINDS)
def test_an_attack_alone_makes_a_whole_world_with_a_true_truth(tmp_path: Path, kind: str) -> None:
    world = made_world(tmp_path / "world", day_count=4, attacks=only(kind, **BUSY))
    assert world.written.ring_counts == {kind: 1}
    rings = world.truth["rings"]
    assert set(rings["ring"]) == {f"{kind}-0"}
    assert rings.join(world.born, on=SUBJECT, how="anti").is_empty()
    assert {subject: set(rings.filter(subject_kind=subject)["role"]) for subject in KINDS} == {
        "account": {"member"},
        "track": {"member"},
        "listener": {crew(kind)},
    }
    fakes = world.plays.filter("fake")["listener_id"]
    assert 0 < fakes.n_unique() <= len(fakes)
    assert set(fakes) <= set(world.in_rings("listener", crew(kind)))


@pytest.mark.parametrize("kind", RING_KINDS)
def test_a_ring_brings_all_its_members_and_a_sound_for_each_track(tiny_theatre: Theatre, kind: str) -> None:
    ring = tiny_theatre.ring(kind)
    rows = ring.rows
    assert set(rows.accounts["account_id"]) == set(ring.subjects("account"))
    assert set(rows.tracks["track_id"]) == set(ring.subjects("track")) == set(ring.own_track_id)
    assert set(rows.embeddings["track_id"]) == set(rows.tracks["track_id"])
    assert set(rows.tracks["account_id"]) == set(rows.accounts["account_id"])
    assert set(rows.listeners["listener_id"]) == set(ring.subjects("listener"))
    assert min(map(len, (rows.accounts, rows.tracks, ring.subjects("listener", crew(kind))))) > 0


@pytest.mark.parametrize("kind", RING_KINDS)
def test_bots_play_for_the_ring_and_honest_people_play_it_too(theatre: Theatre, kind: str) -> None:
    ring = theatre.ring(kind, **BUSY, organic_share=1)
    plays, bots = ring.plays, ring.subjects("listener", crew(kind))
    assert set(plays.listener_id[plays.fake]) <= set(bots)
    assert np.isin(plays.track_id[plays.fake], ring.own_track_id).any()
    honest = plays.listener_id[~plays.fake]
    assert honest.size > 0
    assert honest.max() < theatre.stage.people.count
    assert np.isin(plays.track_id[~plays.fake], ring.own_track_id).all()


@pytest.mark.parametrize("kind", LOOKALIKE_KINDS)
@pytest.mark.parametrize("stage", ["theatre", "tiny_theatre"])
def test_look_alikes_are_honest_people_whom_the_truth_names(
    request: pytest.FixtureRequest, stage: str, kind: str
) -> None:
    group: Performance = request.getfixturevalue(stage).lookalike(kind)
    assert group.plays.count > 0
    assert not group.plays.fake.any()
    assert group.rows.subjects.height > 0
    assert ring_subjects([group.group]).is_empty()
    assert set(lookalike_subjects([group.group])["kind"]) == {kind}
    own = set(group.rows.listeners["listener_id"])
    assert all(who < group.stage.people.count or who in own for who in set(group.plays.listener_id))


def test_an_actor_more_changes_nothing_of_the_others(theatre: Theatre, groups: dict[str, Group]) -> None:
    first = min(EVERY_ATTACK)
    fewer = entered(theatre, {kind: asked for kind, asked in EVERY_ATTACK.items() if kind != first})
    assert set(groups) - set(fewer) == {f"{first}-0"}
    for name, group in fewer.items():
        for day in (3, 20):
            one, other = (
                each.act.plays_on(day, rng_for(1, group.kind, group.index, day)) for each in (group, groups[name])
            )
            for plays, same in zip(one, other, strict=True):
                for drawn in DRAWN:
                    np.testing.assert_array_equal(getattr(plays, drawn), getattr(same, drawn), err_msg=name)


@pytest.mark.parametrize("table", ["accounts", "tracks", "listeners"])
def test_new_rows_of_two_actors_never_share_a_number(groups: dict[str, Group], table: str) -> None:
    numbers = pl.concat([getattr(group.act.rows, table)[:, 0] for group in groups.values()])
    assert len(numbers) > 0
    assert numbers.is_unique().all()


def test_rings_of_one_attack_differ(theatre: Theatre) -> None:
    one, other = rings_entered(theatre.stage, theatre.numbers, only("bot_farm", rings=2), level=0, seed=1)
    assert (one.name, other.name) == ("bot_farm-0", "bot_farm-1")
    assert one.act.costs_eur != other.act.costs_eur
    assert one.act.rows.tracks.height != other.act.rows.tracks.height


def test_as_many_rings_come_as_are_asked_for_and_no_other_attack(theatre: Theatre) -> None:
    asked = {"hijack": AskedAttack(ring_count=3), "bot_farm": AskedAttack(ring_count=0)}
    rings = rings_entered(theatre.stage, theatre.numbers, asked, level=0, seed=1)
    assert [ring.name for ring in rings] == ["hijack-0", "hijack-1", "hijack-2"]


def test_groups_grow_with_the_scale_and_never_vanish() -> None:
    assert group_count(4, 0.002) == 1
    assert group_count(4, 10) == 40
    assert all(few <= more for few, more in pairwise(group_count(3, scale) for scale in np.linspace(0.01, 5, 50)))


def test_bystanders_are_named_among_the_look_alikes_unless_they_are_members(theatre: Theatre) -> None:
    ring = theatre.ring("framed_artist").group
    bystanders = ring.subjects.filter(role="bystander")
    assert lookalike_subjects([ring]).select(SUBJECT).sort(SUBJECT).equals(bystanders.select(SUBJECT).sort(SUBJECT))
    assert ring_subjects([ring]).join(bystanders, on=SUBJECT).is_empty()


def test_whoever_is_a_member_of_a_ring_is_no_look_alike(theatre: Theatre) -> None:
    ring = theatre.ring("bot_farm").group
    fans = Group(kind="super_fans", index=0, is_attack=False, act=ring.act)
    assert lookalike_subjects([fans]).height == ring.subjects.height
    assert lookalike_subjects([ring, fans]).is_empty()
