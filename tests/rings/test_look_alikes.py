"""Honest people who look like a ring: they are not reported, or not accused by what is."""

import numpy as np
import pytest
from planted_town import Judged, Town, judged

from graphfraud.rings.roles import BENEFICIARY, BYSTANDER, VICTIM
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK

SEEDS = [0, 1, 2]


def accused(found: list[Judged], kind: str) -> dict[int, float]:
    """Who of a kind is accused by a reported ring, and how likely."""
    told: dict[int, float] = {}
    for ring in found:
        members = ring.members[kind]
        for ix, role, weight in zip(members.ix.tolist(), members.role, members.weight.tolist(), strict=True):
            if role not in {BYSTANDER, VICTIM}:
                told[ix] = max(told.get(ix, 0.0), weight * ring.risk)
    return told


def artist(town: Town, *, days: float, tracks: int) -> tuple[int, np.ndarray]:
    account = int(town.opened(1, ages=np.array([days]))[0])
    return account, town.uploaded(account, tracks, ages=town.random.uniform(1, 0.9 * days, tracks))


@pytest.mark.parametrize("seed", SEEDS)
def test_people_who_sleep_to_rain_from_a_speaker_that_they_keep_for_it(seed: int) -> None:
    town = Town(seed=seed)
    _, rain = artist(town, days=400.0, tracks=6)
    for sleeper in town.random.choice(400, 30, replace=False):
        count = int(town.random.lognormal(4.5, 0.6))
        town.played(int(sleeper), town.random.choice(rain, count), device=70_000 + sleeper, address=int(sleeper))
    town.at_home()
    assert judged(town.platform()) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_family_that_joined_on_one_day_and_plays_dads_band(seed: int) -> None:
    town = Town(seed=seed)
    band, songs = artist(town, days=300.0, tracks=8)
    family = town.joined(5, ages=np.full(5, 90.0))
    town.households.append(family)
    for member in family:
        device = 80_000 + int(member)
        town.played(int(member), town.random.choice(songs, int(town.random.lognormal(4, 0.5))), device=80_000)
        town.played(int(member), town.random.integers(0, 480, 60), device=device)
    town.account_devices.append((band, 80_000))
    assert accused(judged(town.platform()), ACCOUNT) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_choir_that_joined_in_one_week_to_hear_itself(seed: int) -> None:
    town = Town(seed=seed)
    _, songs = artist(town, days=60.0, tracks=10)
    choir = town.joined(25, ages=town.random.uniform(40, 47, 25))
    for member in choir:
        town.played(int(member), town.random.choice(songs, int(town.random.lognormal(3, 0.9))), device=int(member))
        town.played(int(member), town.random.integers(0, 480, int(town.random.lognormal(3.3, 0.9))), device=int(member))
    assert judged(town.platform()) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_few_fans_with_a_few_plays_each(seed: int) -> None:
    """So few plays are alike by counting alone."""
    town = Town(seed=seed)
    _, songs = artist(town, days=200.0, tracks=5)
    for fan in town.joined(10, ages=town.random.uniform(5, 900, 10)):
        town.played(int(fan), town.random.choice(songs, 5), device=int(fan))
        town.played(int(fan), town.random.integers(0, 480, 3), device=int(fan))
    assert judged(town.platform()) == []


@pytest.mark.parametrize(("fans", "copiers"), [(133, 3), (20, 5)])
def test_an_artist_whose_recordings_others_uploaded_again(fans: int, copiers: int) -> None:
    town = Town(seed=3)
    original, songs = artist(town, days=1_500.0, tracks=10)
    for fan in town.random.choice(400, fans, replace=False):
        town.played(int(fan), town.random.choice(songs, 4), device=int(fan))
    spammers = town.opened(copiers, ages=20 + town.random.random(copiers), payee=55)
    for spammer in spammers:
        copies = town.uploaded(int(spammer), 10, ages=0.5 + town.random.random(10))
        town.twins += list(zip(songs.tolist(), copies.tolist(), strict=True))
    found = judged(town.platform(), least_log_odds=-2.0)
    assert found
    assert original not in accused(found, ACCOUNT)
    assert not set(songs.tolist()) & set(accused(found, TRACK))
    assert set(spammers.tolist()) <= set(accused(found, ACCOUNT))


def test_artists_of_their_own_on_a_bot_playlist_are_never_surely_guilty() -> None:
    """Somebody bought plays for them, or hid among them: a person must look, and no block is recommended."""
    town = Town(seed=4)
    artists = [artist(town, days=500.0 + 20 * n, tracks=4) for n in range(20)]
    for _, songs in artists:
        for fan in town.random.choice(400, 15, replace=False):
            town.played(int(fan), town.random.choice(songs, 4), device=int(fan))
    bots = town.joined(40, ages=50 + town.random.random(40))
    playlist = np.concatenate([songs for _, songs in artists])
    for bot in bots:
        town.played(int(bot), town.random.choice(playlist, 150), device=int(bot), flat=True, just_paid=0.6)
    found = accused(judged(town.platform()), ACCOUNT)
    assert max(found.values(), default=0.0) < 0.6


def test_a_farm_on_some_tracks_of_a_large_account_is_about_those_tracks() -> None:
    town = Town(seed=5)
    label, catalogue = artist(town, days=2_000.0, tracks=60)
    for fan in town.random.choice(400, 300, replace=False):
        town.played(int(fan), town.random.choice(catalogue[15:], 20), device=int(fan))
    bots = town.joined(40, ages=50 + town.random.random(40))
    for bot in bots:
        town.played(
            int(bot), town.random.choice(catalogue[:15], 100), device=5_000 + int(bot) // 4, flat=True, just_paid=0.6
        )
    (ring,) = judged(town.platform())
    assert set(ring.members[TRACK].extent_ix.tolist()) == set(catalogue[:15].tolist())
    assert set(ring.members[TRACK].role) == {BENEFICIARY}
    assert label not in accused([ring], ACCOUNT)
    assert set(ring.members[LISTENER].extent_ix.tolist()) == set(bots.tolist())


def test_where_addresses_change_all_the_time_nobody_is_a_victim() -> None:
    town = Town(seed=6)
    bots, _, _ = town.farm()
    platform = town.platform()
    platform.log.device[:] = -1
    platform.log.address[:] = np.arange(len(platform.log.address))
    found = judged(platform)
    assert set(bots.tolist()) <= set(accused(found, LISTENER))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_class_that_plays_at_school_what_it_does_not_play_at_home(seed: int) -> None:
    """Joined on one day, on the school's devices, with lives elsewhere: neither bots nor hijacked."""
    town = Town(seed=seed)
    _, songs = artist(town, days=700.0, tracks=12)
    town.at_home()
    pupils = town.joined(26, ages=200 + 0.01 * town.random.random(26))
    for pupil in pupils:
        at_school = town.random.choice(songs, int(town.random.lognormal(3.6, 0.4)))
        town.played(int(pupil), at_school, device=60_000 + int(town.random.integers(0, 8)), address=60_000)
        at_home = town.random.integers(0, 480, int(town.random.lognormal(3.2, 0.4)))
        town.played(int(pupil), at_home, device=int(pupil), address=int(pupil))
    assert judged(town.platform()) == []


@pytest.mark.parametrize("decoys", [1, 2])
def test_a_loud_outsider_does_not_hide_a_ring(decoys: int) -> None:
    town = Town(seed=1)
    bots, owners, songs = town.farm(bots=20)
    inside = sum(np.isin(rows[:, 1], songs).sum() for rows in town.plays)
    for decoy in town.joined(decoys, ages=np.full(decoys, 300.0)):
        town.played(int(decoy), town.random.choice(songs, int(1.2 * inside / decoys)), device=int(decoy))
        town.played(int(decoy), town.random.integers(0, 480, int(10 * inside)), device=int(decoy))
    found = max(judged(town.platform()), key=lambda ring: len(np.intersect1d(ring.members[LISTENER].extent_ix, bots)))
    assert set(bots.tolist()) <= set(found.members[LISTENER].extent_ix.tolist())
    assert set(owners.tolist()) <= set(found.members[ACCOUNT].extent_ix.tolist())
    assert found.risk > 0.9
