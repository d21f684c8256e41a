"""Hijacked listeners."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from simulator.worlds import BUSY, Theatre, World, made_world, only


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("hijacked") / "world"
    return made_world(folder, scale=0.005, attacks=only("hijack", **BUSY, residential_share=0))


def test_victims_are_honest_people_who_go_on_listening(world: World) -> None:
    victims = set(world.in_rings("listener", "victim"))
    assert len(victims) > 10
    players = {fake: set(world.plays.filter(fake=fake)["listener_id"]) for fake in (True, False)}
    assert victims == players[True]
    assert len(victims & players[False]) > 0.8 * len(victims)


def test_nobody_but_victims_is_in_the_ring_beside_its_accounts_and_tracks(world: World) -> None:
    assert len(world.in_rings("listener")) == 0
    assert len(world.in_rings("account")) > 0
    assert len(world.in_rings("track")) > 0


def test_the_hijackers_play_from_devices_of_their_own(world: World) -> None:
    real, fake = (world.plays.filter(fake=is_fake) for is_fake in (False, True))
    assert set(fake["device_id"]).isdisjoint(real["device_id"])
    assert set(fake["ip_hash"]).isdisjoint(real["ip_hash"])


def test_what_the_victims_hear_themselves_is_as_various_as_what_others_hear(world: World) -> None:
    victims = world.in_rings("listener", "victim").implode()
    real = world.plays.filter(fake=False)
    theirs = real.filter(real["listener_id"].is_in(victims))
    own = world.in_rings("track").implode()
    assert theirs["track_id"].n_unique() > 50
    assert theirs["track_id"].is_in(own).mean() < 0.3


def test_through_residential_proxies_they_seem_to_be_at_the_victims_home(theatre: Theatre) -> None:
    people = theatre.stage.people
    for seed in range(4):
        ring = theatre.ring("hijack", seed=seed, **BUSY, residential_share=1)
        own = np.column_stack([people.home_ip, people.carrier_ip])[ring.fake.listener_id]
        assert (own == ring.fake.ip_hash[:, None]).any(axis=1).all()


def test_of_few_people_no_more_are_taken_over_than_there_are(tiny_theatre: Theatre) -> None:
    ring = tiny_theatre.ring("hijack", **{**BUSY, "bots": 5_000})
    victims = ring.subjects("listener", "victim")
    assert np.unique(victims).size == victims.size < tiny_theatre.stage.people.count


def test_hijackers_play_while_the_victims_do(world: World) -> None:
    ended_at = pl.col("started_at") + pl.duration(milliseconds="played_ms")
    plays = world.plays.sort("listener_id", "started_at").with_columns(ended_at=ended_at)
    same = pl.col("listener_id") == pl.col("listener_id").shift()
    at_once = plays.filter(
        same, pl.col("started_at") < pl.col("ended_at").shift(), pl.col("fake") != pl.col("fake").shift()
    )
    assert at_once.height > 10
