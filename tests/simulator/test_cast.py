"""Actors: independent of each other, and each showing the shape that it stands for."""

import numpy as np
import polars as pl
import pytest

from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.audience.stage import Stage, stage_set
from graphfraud.simulator.cast import CAST, Group, groups_played
from graphfraud.simulator.platform.rows import Rows
from graphfraud.simulator.world import DAY_COUNT, END_AT

SCALE = 0.1
NUMBERED = ("listener_id", "device_id", "ip_hash", "context_id")


@pytest.fixture(scope="module")
def stage() -> Stage:
    window = Window(end_ms=int(END_AT.timestamp()) * 1_000, day_count=DAY_COUNT)
    return stage_set(scale=SCALE, window=window, seed=1)


@pytest.fixture(scope="module")
def groups(stage: Stage) -> dict[str, Group]:
    return {group.name: group for group in groups_played(stage, scale=SCALE, seed=1)}


def play_shape(rows: Rows) -> pl.DataFrame:
    """The streams without the numbers that an actor is given."""
    return rows.streams.select("started_at", "played_ms", "source", "client_id", "country")


def test_an_actor_more_changes_nothing_of_the_others(stage: Stage, groups: dict[str, Group]) -> None:
    without_farms = groups_played(stage, scale=SCALE, seed=1, cast=CAST[1:])
    assert len(without_farms) == len(groups) - 2
    for group in without_farms:
        assert play_shape(group.rows).equals(play_shape(groups[group.name].rows))


def test_new_rows_of_two_actors_never_share_a_number(groups: dict[str, Group]) -> None:
    bots = [set(group.rows.listeners["listener_id"]) for group in groups.values()]
    assert len(set().union(*bots)) == sum(map(len, bots))


def test_groups_of_one_attack_differ_in_their_knobs(groups: dict[str, Group]) -> None:
    first, second = groups["bot_farm-0"].rows, groups["bot_farm-1"].rows
    assert first.streams.height != second.streams.height
    assert first.tracks.height != second.tracks.height


@pytest.mark.parametrize("name", ["bot_farm-0", "bot_farm-1", "upload_ring-0", "upload_ring-1"])
def test_a_ring_has_operators_tracks_and_bots_and_its_tracks_have_some_honest_plays(
    groups: dict[str, Group], name: str
) -> None:
    rows = groups[name].rows
    assert set(rows.subjects["subject_kind"]) == {"account", "track", "listener"}
    assert set(rows.subjects["role"]) == {"member"}
    assert set(rows.tracks["account_id"]) == set(rows.accounts["account_id"])
    assert rows.streams.filter("fake")["listener_id"].is_in(rows.listeners["listener_id"].implode()).all()
    assert rows.streams.filter(~pl.col("fake")).height > 0


@pytest.mark.parametrize("name", ["upload_ring-0", "upload_ring-1"])
def test_an_upload_ring_uploads_near_copies(groups: dict[str, Group], name: str) -> None:
    vectors = np.stack(groups[name].rows.embeddings["vector"].to_numpy())
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -1)
    assert np.median(cosine.max(axis=1)) > 0.92


@pytest.mark.parametrize("kind", ["super_fans", "scene", "sleepers"])
def test_honest_lookalikes_are_the_platforms_own_people_and_play_for_real(
    stage: Stage, groups: dict[str, Group], kind: str
) -> None:
    rows = groups[f"{kind}-0"].rows
    assert rows.listeners.is_empty()
    assert not rows.streams["fake"].any()
    assert rows.streams["listener_id"].max() < stage.people.count


def test_super_fans_loop_few_tracks_of_one_artist(stage: Stage, groups: dict[str, Group]) -> None:
    streams = groups["super_fans-0"].rows.streams
    assert len(set(stage.catalogue.account_ix[streams["track_id"].to_numpy()])) == 1
    assert streams["track_id"].n_unique() <= 8
    assert streams.height / streams["listener_id"].n_unique() > 20


def test_a_shop_plays_one_list_through_one_device_and_never_skips(stage: Stage, groups: dict[str, Group]) -> None:
    streams = groups["shop-0"].rows.streams
    assert {streams[column].n_unique() for column in NUMBERED} == {1}
    assert (streams["played_ms"].to_numpy() == stage.catalogue.duration_ms[streams["track_id"].to_numpy()]).all()
    assert streams.height > 1_000


def test_groups_grow_with_the_scale_and_never_vanish() -> None:
    for actor in CAST:
        assert actor.group_count(0.02) == actor.fewest
        assert actor.group_count(20) == 20 * actor.per_scale
