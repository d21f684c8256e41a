"""A framed artist."""

from pathlib import Path

import polars as pl
import pytest
from simulator.worlds import BUSY, World, made_world, only


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("framed") / "world"
    return made_world(folder, attacks=only("framed_artist", **BUSY, camouflage_share=0))


def test_an_honest_artist_is_played_by_the_bots_and_not_punished_for_it(world: World) -> None:
    (artist,) = world.look_like("framed_artist", "account")
    tracks = world.look_like("framed_artist", "track")
    assert artist not in set(world.in_rings("account"))
    assert set(tracks).isdisjoint(world.in_rings("track"))
    owners = world.feed["tracks"].filter(pl.col("track_id").is_in(tracks.implode()))["account_id"]
    assert set(owners) == {artist}
    fakes = world.plays.filter("fake").group_by("track_id").len()
    assert set(tracks) <= set(fakes["track_id"])


def test_the_bots_play_their_own_tracks_too(world: World) -> None:
    fakes = world.plays.filter("fake")["track_id"]
    own, framed = world.in_rings("track"), world.look_like("framed_artist", "track")
    assert set(fakes) <= set(own) | set(framed)
    assert 0.2 < fakes.is_in(own.implode()).mean() < 0.95


def test_what_the_framed_artist_gets_is_not_earned_by_the_ring(world: World) -> None:
    own = world.in_rings("track").implode()
    pays = world.plays.filter("fake", pl.col("played_ms") >= 30_000)
    ledger = dict(world.truth["ledger"].select("item", "amount").iter_rows())
    assert ledger["earning streams"] == pays["track_id"].is_in(own).sum() < pays.height
