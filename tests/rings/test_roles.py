"""Roles: whoever serves is accused, whoever is used is not."""

import numpy as np
from planted_town import Settled, Town, case_of

from graphfraud.rings.roles import BENEFICIARY, BOT, BYSTANDER, OPERATOR, VICTIM, cast
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK


def test_bots_operators_and_beneficiaries_of_a_farm(settled: Settled) -> None:
    bots, owners, _ = settled.crude
    members = cast(case_of(settled.platform, bots, owners), [])
    assert set(members[LISTENER].role) == {BOT}
    assert members[LISTENER].weight.min() > 0.6
    assert set(members[ACCOUNT].role) == {OPERATOR}, "they share a payee"
    assert set(members[TRACK].role) == {BENEFICIARY}


def test_a_hijacked_listener_is_a_victim(settled: Settled) -> None:
    victims, owners, _ = settled.hijacked
    members = cast(case_of(settled.platform, victims, owners), [])
    assert set(members[LISTENER].role) == {VICTIM}
    assert members[LISTENER].extent_ix.tolist() == victims.tolist(), "victims are of the extent"
    assert members[ACCOUNT].role == [BENEFICIARY], "it gains, and shares nothing with anybody"


def test_a_few_bots_with_a_second_device_do_not_turn_a_farm_into_victims() -> None:
    town = Town(seed=11)
    bots, owners, _ = town.farm(camouflage=0.0)
    for bot in bots[:6]:
        town.played(int(bot), town.random.integers(0, 400, 20), device=66_000 + int(bot))
    members = cast(case_of(town.platform(), bots, owners), [])
    assert members[LISTENER].role.count(VICTIM) <= 6
    assert members[LISTENER].role[6:] == [BOT] * (len(bots) - 6)


def test_an_artist_with_an_audience_whom_bots_play_a_little_is_a_bystander() -> None:
    town = Town(seed=12)
    bots, owners, _ = town.farm(bots=50)
    framed = town.opened(1, ages=np.array([1_500.0]))
    songs = town.uploaded(int(framed[0]), 3, ages=np.array(900.0))
    for bot in bots:
        town.played(int(bot), town.random.choice(songs, 8), device=5_000 + int(bot) // 4, flat=True, just_paid=0.6)
    for listener in range(0, 400, 4):
        town.played(listener, town.random.choice(songs, 2), device=listener)
    members = cast(case_of(town.platform(), bots, np.concatenate([owners, framed])), [])
    role = dict(zip(members[ACCOUNT].ix.tolist(), members[ACCOUNT].role, strict=True))
    assert role[int(framed[0])] == BYSTANDER
    assert [role[int(owner)] for owner in owners] == [OPERATOR] * 2
    by_track = dict(zip(members[TRACK].ix.tolist(), members[TRACK].role, strict=True))
    assert {by_track[int(song)] for song in songs} == {BYSTANDER}
    assert not np.isin(framed, members[ACCOUNT].extent_ix).any()


def test_whoever_does_little_weighs_little() -> None:
    town = Town(seed=13)
    bots, owners, songs = town.farm()
    town.played(0, town.random.choice(songs, 20), device=0)
    members = cast(case_of(town.platform(), np.concatenate([[0], bots]), owners), [])
    assert members[LISTENER].weight[0] < 0.4 < members[LISTENER].weight[1:].min()
