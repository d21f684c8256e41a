"""Planted rings are found whole, honest groups stay under the bar, and what is found hangs on nothing else."""

import numpy as np
import pytest
from planted_town import Judged, Settled, Town, jaccard, judged

from graphfraud.graph.typed import Graph
from graphfraud.prior.shipped import shipped_ring_weights
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK


def like(found: list[Judged], listeners: np.ndarray) -> Judged:
    """What was found that overlaps these listeners most."""
    return max(found, key=lambda one: jaccard(one.members[LISTENER].extent_ix, listeners))


@pytest.mark.parametrize("planted", ["crude", "hidden", "hijacked"])
def test_a_planted_ring_is_found_whole(settled: Settled, planted: str) -> None:
    listeners, accounts, tracks = getattr(settled, planted)
    found = like(settled.found, listeners)
    assert found.risk > 0.9
    assert found.kind == "stream"
    assert jaccard(found.members[LISTENER].extent_ix, listeners) > 0.9
    assert found.members[ACCOUNT].extent_ix.tolist() == accounts.tolist()
    assert jaccard(found.members[TRACK].extent_ix, tracks) > 0.9


def test_a_scene_stays_under_the_bar(settled: Settled) -> None:
    planted = np.concatenate([settled.crude[0], settled.hidden[0], settled.hijacked[0]])
    for found in settled.found:
        inside = len(np.intersect1d(found.members[LISTENER].extent_ix, planted))
        if inside < len(found.members[LISTENER].extent_ix) / 2:
            assert found.log_odds < 0


def test_an_honest_town_has_no_ring() -> None:
    town = Town(seed=5)
    for _ in range(5):
        town.scene()
    assert judged(town.platform()) == []


def test_no_two_rings_are_about_the_same_thing(settled: Settled) -> None:
    rings = [set(one.members[LISTENER].extent_ix.tolist()) for one in settled.found if one.log_odds > 0]
    for ix, one in enumerate(rings):
        assert not any(one & other for other in rings[:ix])


def test_the_same_platform_gives_the_same_rings_again(settled: Settled) -> None:
    again = judged(settled.platform, least_log_odds=-3.0)
    assert [one.log_odds for one in again] == [one.log_odds for one in settled.found]
    for one, other in zip(again, settled.found, strict=True):
        for kind in (ACCOUNT, TRACK, LISTENER):
            assert np.array_equal(one.members[kind].ix, other.members[kind].ix)
            assert one.members[kind].role == other.members[kind].role


def test_numbered_anew_it_is_the_same_rings() -> None:
    town = Town(seed=8)
    town.farm()
    town.hijack()
    counts = {LISTENER: town.listener_age_days, ACCOUNT: town.account_age_days, TRACK: town.owner}
    random = np.random.default_rng(1)
    new = {kind: random.permutation(len(rows)) for kind, rows in counts.items()}
    found = judged(town.platform())
    again = judged(town.renumbered(new[LISTENER], new[ACCOUNT], new[TRACK]).platform())
    assert len(found) == len(again) == 2
    for one, other in zip(found, again, strict=True):
        assert other.log_odds == pytest.approx(one.log_odds, abs=0.5)  # other random groups give another chance
        for kind in (LISTENER, ACCOUNT, TRACK):
            assert jaccard(np.sort(new[kind][one.members[kind].extent_ix]), other.members[kind].extent_ix) > 0.95


def test_evidence_and_prior_add_up_to_the_log_odds(settled: Settled) -> None:
    for found in settled.found:
        total = sum(each.log_odds for each in found.evidence) + shipped_ring_weights().prior_log_odds
        assert found.log_odds == pytest.approx(total)


def copies(town: Town, *, payee: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Young accounts that uploaded the same recordings within days; hardly anybody plays them."""
    accounts = town.opened(6, ages=25 + town.random.random(6), payee=payee)
    tracks = np.concatenate(
        [town.uploaded(account, 20, ages=12 + town.random.random(20), words=50 + account % 2) for account in accounts]
    )
    for ix, track in enumerate(tracks[20:], start=20):
        town.twins.append((int(tracks[ix % 20]), int(track)))
    for track in tracks[::2]:
        town.played(int(town.random.integers(0, 400)), np.array([track]), device=0)
    return accounts, tracks


@pytest.mark.parametrize("payee", [77, None])
def test_an_upload_ring_without_bots_is_found_with_and_without_a_shared_payee(payee: int | None) -> None:
    town = Town(seed=3)
    accounts, tracks = copies(town, payee=payee)
    (found,) = judged(town.platform())
    assert found.kind == "upload"
    assert found.members[ACCOUNT].extent_ix.tolist() == accounts.tolist()
    assert jaccard(found.members[TRACK].extent_ix, tracks) > 0.9


def test_a_label_that_delivers_its_catalogue_at_once_is_no_ring() -> None:
    town = Town(seed=4)
    accounts = town.opened(8, ages=20 + town.random.random(8), payee=88)
    tracks = np.concatenate([town.uploaded(account, 10, ages=10 + town.random.random(10)) for account in accounts])
    for listener in range(0, 400, 2):
        town.played(listener, town.random.choice(tracks, 3), device=listener)
    assert judged(town.platform()) == []


def test_a_bot_pool_that_serves_two_operators_is_found_for_both() -> None:
    """Farms for hire: what overlaps must stand on whom it serves that the better one does not."""
    town = Town(seed=6)
    bots, owners, _ = town.farm(bots=30)
    others = town.opened(2, ages=np.array([55.0, 56.0]), payee=9)
    more = np.concatenate([town.uploaded(int(owner), 12, ages=np.array(33.0)) for owner in others])
    for bot in bots:
        town.played(int(bot), town.random.choice(more, 100), device=5_000 + int(bot) // 4, flat=True, just_paid=0.6)
    served = np.concatenate([one.members[ACCOUNT].extent_ix for one in judged(town.platform())])
    assert set(served.tolist()) == {*owners.tolist(), *others.tolist()}
    assert len(served) == len(set(served.tolist()))


@pytest.mark.parametrize("missing", ["devices", "sound", "payees"])
def test_a_ring_is_found_where_some_facts_are_missing(missing: str) -> None:
    town = Town(seed=7)
    listeners, _, _ = town.farm()
    if missing == "payees":
        town.payee = list(range(len(town.payee)))
    platform = town.platform()
    if missing == "devices":
        platform.log.device[:] = -1
    if missing == "sound":
        platform.facts.has_sound[:] = False
    found = like(judged(platform), listeners)
    assert jaccard(found.members[LISTENER].extent_ix, listeners) > 0.9


def test_the_graph_it_works_on_is_left_as_it_was(settled: Settled) -> None:
    graph: Graph = settled.platform.graph
    assert all((edges.weight > 0).all() for edges in graph.edges.values())
    assert settled.platform.means["account_used"].nnz == graph.edges["account_used"].count
