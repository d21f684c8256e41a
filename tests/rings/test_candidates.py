"""Proposals: likenesses as their definition says, communities that repeat, strays and cover left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_town import Town, jaccard
from scipy.sparse import csr_array

from graphfraud.config import RingSettings
from graphfraud.rings.candidates.assemble import assembled, without_accounts
from graphfraud.rings.candidates.communities import Ties, communities
from graphfraud.rings.candidates.stream import RESOLUTIONS, co_listening_seeds, likenesses
from graphfraud.rings.candidates.suspicion import Seed
from graphfraud.rings.candidates.upload import account_ties, tied_account_seeds


@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 40))
def test_likenesses_are_the_cosines_of_all_pairs(seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    dense = random.random((rows, 12)) * (random.random((rows, 12)) < 0.3)
    ties = likenesses(csr_array(dense), least=0.3)
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    unit = np.divide(dense, lengths, out=np.zeros_like(dense), where=lengths > 0)
    cosine = unit @ unit.T
    expected = {(a, b) for a in range(rows) for b in range(a + 1, rows) if cosine[a, b] >= 0.3}
    found = set(zip(ties.one_ix.tolist(), ties.other_ix.tolist(), strict=True))
    near = {(a, b) for a in range(rows) for b in range(a + 1, rows) if abs(cosine[a, b] - 0.3) < 1e-9}
    assert found ^ expected <= near
    assert ties.weight == pytest.approx([cosine[a, b] for a, b in zip(ties.one_ix, ties.other_ix, strict=True)])


@pytest.mark.parametrize("pairs_at_once", [1, 50, 10**9])
def test_how_much_is_held_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch, pairs_at_once: int) -> None:
    random = np.random.default_rng(0)
    attention = csr_array(random.random((60, 12)) * (random.random((60, 12)) < 0.3))
    whole = likenesses(attention, least=0.3)
    monkeypatch.setattr("graphfraud.rings.candidates.stream.BLOCK_PAIRS", pairs_at_once)
    parted = likenesses(attention, least=0.3)
    assert np.array_equal(whole.one_ix, parted.one_ix)
    assert np.array_equal(whole.other_ix, parted.other_ix)
    assert parted.weight == pytest.approx(whole.weight)


def test_bots_of_one_script_are_one_group_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphfraud.rings.candidates.stream.MOST_PARTNERS", 8)
    alike = csr_array(np.ones((300, 1)))
    ties = likenesses(alike, least=0.4)
    assert len(ties.one_ix) <= 300 * 8
    groups = [communities(ties, node_count=300, fewest=3, resolution=resolution) for resolution in RESOLUTIONS]
    assert max(len(group) for found in groups for group in found) == 300


def test_communities_are_the_cliques_of_a_graph_of_cliques_and_repeat() -> None:
    pairs = [(a, b) for first in (0, 10, 20) for a in range(first, first + 8) for b in range(a + 1, first + 8)]
    one, other = np.array(pairs, np.int64).T
    ties = Ties(one_ix=one, other_ix=other, weight=np.ones(len(one)))
    groups = communities(ties, node_count=40, fewest=3)
    assert [group.tolist() for group in groups] == [list(range(first, first + 8)) for first in (0, 10, 20)]
    again = communities(ties, node_count=40, fewest=3)
    assert all(np.array_equal(a, b) for a, b in zip(groups, again, strict=True))


def test_no_tie_makes_no_community() -> None:
    nothing = np.zeros(0, np.int64)
    ties = Ties(one_ix=nothing, other_ix=nothing, weight=np.zeros(0))
    assert communities(ties, node_count=3, fewest=2) == []


def test_a_thin_ring_shows_at_the_level_of_accounts_where_no_two_bots_share_a_track() -> None:
    town = Town(seed=1)
    owners = town.opened(4, ages=np.full(4, 50.0))
    songs = [town.uploaded(int(owner), 600, ages=np.array(30.0)) for owner in owners]
    bots = town.joined(40, ages=np.array(40.0))
    for place, bot in enumerate(bots):
        own = np.concatenate([tracks[place * 15 : place * 15 + 15] for tracks in songs])
        town.played(int(bot), np.repeat(own, 2), device=7_000 + place)
    seeds = co_listening_seeds(town.platform(), RingSettings())
    best = {
        level: max((jaccard(seed.member_ix, bots) for seed in seeds if seed.level == level), default=0.0)
        for level in ("track", "account")
    }
    assert best["account"] > 0.95
    assert best["track"] < 0.5


def test_the_hijacked_are_proposed_by_the_devices_that_play_in_their_names() -> None:
    """Each of them likes other things, and is played a little only."""
    town = Town(seed=6)
    songs = town.uploaded(int(town.opened(1, ages=np.array([50.0]))[0]), 20, ages=np.array(30.0))
    victims = np.sort(town.random.choice(400, 60, replace=False))
    for victim in victims:
        town.played(int(victim), town.random.choice(songs, 6), device=9_000 + int(victim) % 8)
    seeds = [seed for seed in co_listening_seeds(town.platform(), RingSettings()) if seed.level == "device"]
    together = np.unique(np.concatenate([seed.member_ix for seed in seeds]))
    assert len(np.intersect1d(together, victims)) > 0.9 * len(together)
    assert len(np.intersect1d(together, victims)) > 0.5 * len(victims)


def test_strays_and_what_bots_hide_among_are_left_out_of_a_suspicion() -> None:
    town = Town(seed=2)
    bots, owners, songs = town.farm(camouflage=0.5)
    for listener in range(0, 400, 3):
        town.played(listener, town.random.choice(songs, 2), device=listener)
    half = Seed(members="listeners", level="test", member_ix=bots[::2])
    whole = assembled(town.platform(), half, max_listeners=300)
    assert whole is not None
    assert jaccard(whole.listener_ix, bots) > 0.95
    assert whole.account_ix.tolist() == owners.tolist()
    assert jaccard(whole.track_ix, songs) > 0.95


def test_a_crowd_is_no_suspicion() -> None:
    town = Town(seed=2)
    bots, _, _ = town.farm()
    seed = Seed(members="listeners", level="test", member_ix=bots)
    assert assembled(town.platform(), seed, max_listeners=20) is None


def test_listeners_whom_nothing_is_captive_to_serve_nobody() -> None:
    seed = Seed(members="listeners", level="test", member_ix=np.arange(3))
    assert assembled(Town(seed=2).platform(), seed, max_listeners=100) is None


def test_without_an_account_those_who_served_only_it_leave() -> None:
    town = Town(seed=4)
    bots, owners, songs = town.farm(bots=20)
    (other,) = town.opened(1, ages=np.array([50.0]))
    more = town.uploaded(int(other), 10, ages=np.array(30.0))
    for bot in bots[:8]:
        town.played(int(bot), np.repeat(more, 10), device=5_000)
    platform = town.platform()
    whole = assembled(platform, Seed(members="listeners", level="test", member_ix=bots), max_listeners=300)
    assert whole is not None
    assert set(whole.account_ix.tolist()) == {*owners.tolist(), int(other)}
    rest = without_accounts(platform, whole, owners)
    assert rest.account_ix.tolist() == [other]
    assert rest.listener_ix.tolist() == bots[:8].tolist()
    assert not np.isin(rest.track_ix, songs).any()


def test_those_few_who_love_one_of_many_tied_accounts_are_no_part_of_it() -> None:
    town = Town(seed=5)
    accounts = town.opened(6, ages=np.full(6, 40.0), payee=5)
    tracks = np.concatenate([town.uploaded(int(account), 10, ages=np.array(20.0)) for account in accounts])
    for listener in range(200):
        town.played(listener, town.random.choice(tracks, 4), device=listener)
    fan = town.joined(1, ages=np.array([300.0]))[0]
    town.played(int(fan), tracks[:20], device=8_000)
    seed = Seed(members="accounts", level="payee", member_ix=accounts)
    whole = assembled(town.platform(), seed, max_listeners=300)
    assert whole is not None
    assert len(whole.listener_ix) == 0


def test_titles_that_come_again_tie_their_accounts() -> None:
    town = Town(seed=3)
    town.words = list(range(100, 100 + len(town.words)))
    first, second, third = town.opened(3, ages=np.full(3, 40.0)).tolist()
    for words in range(6):
        for account in (first, second):
            town.uploaded(account, 1, ages=np.array(20.0), words=words)
        town.uploaded(third, 1, ages=np.array(20.0), words=50 + words)
    assert pairs(account_ties(town.platform(), 100)["titles"]) == {(first, second): 1.0}


def test_accounts_opened_together_that_deliver_together_are_a_burst() -> None:
    town = Town(seed=7)
    accounts = town.opened(5, ages=60 + 0.1 * town.random.random(5))
    for account in accounts:
        town.uploaded(int(account), 6, ages=20 + 0.2 * town.random.random(6))
    town.uploaded(int(town.opened(1, ages=np.array([60.0]))[0]), 6, ages=np.array(45.0))
    tied = pairs(account_ties(town.platform(), 100)["burst"])
    assert set(tied) == {(a, b) for a in accounts.tolist() for b in accounts.tolist() if a < b}


def test_a_platform_that_began_on_one_day_has_no_burst() -> None:
    town = Town(seed=7)
    town.account_age_days = [500.0] * 120
    town.upload_age_days = [400.0] * 480
    assert pairs(account_ties(town.platform(), 1_000)["burst"]) == {}


def test_accounts_are_tied_by_payee_device_recordings_and_titles() -> None:
    town = Town(seed=3)
    accounts = town.opened(3, ages=np.full(3, 40.0), payee=5)
    one, other, _ = (town.uploaded(int(account), 4, ages=np.array(20.0), words=9) for account in accounts)
    town.twins += [(int(a), int(b)) for a, b in zip(one[:2], other[:2], strict=True)]
    town.account_devices += [(int(accounts[0]), 99_999), (int(accounts[2]), 99_999)]
    platform = town.platform()
    ties = account_ties(platform, 100)
    first, second, last = accounts.tolist()
    assert pairs(ties["payee"]) == {(first, second): 0.5, (first, last): 0.5, (second, last): 0.5}
    assert pairs(ties["device"]) == {(first, last): 1.0}
    assert pairs(ties["recordings"]) == {(first, second): 0.5}
    assert set(pairs(ties["titles"])) == set()  # where the same words come everywhere, they tie nobody
    levels = {seed.level for seed in tied_account_seeds(platform, RingSettings())}
    assert {"payee", "device", "recordings", "all ties"} <= levels


def pairs(ties: Ties) -> dict[tuple[int, int], float]:
    ends = zip(ties.one_ix.tolist(), ties.other_ix.tolist(), strict=True)
    return dict(zip(ends, ties.weight.tolist(), strict=True))
