"""Shops."""

import numpy as np
import pytest
from simulator.worlds import Performance, Theatre

from graphfraud.simulator.audience.plays import PLAYLIST


@pytest.fixture(scope="module")
def chains(theatre: Theatre) -> list[Performance]:
    """Single shops, and chains of many."""
    return [theatre.lookalike("shop", seed=seed) for seed in range(8)]


def test_a_shop_never_skips(chains: list[Performance]) -> None:
    for chain in chains:
        lasts = chain.stage.catalogue.duration_ms[chain.plays.track_id]
        np.testing.assert_array_equal(chain.plays.played_ms, lasts)


def test_each_branch_plays_through_one_device_and_one_address_of_its_own(chains: list[Performance]) -> None:
    for chain in chains:
        branches = np.unique(chain.plays.listener_id).size
        for column in (chain.plays.device_id, chain.plays.ip_hash, chain.plays.lane):
            assert np.unique(column).size == branches
            assert np.unique(np.column_stack([chain.plays.listener_id, column]), axis=0).shape[0] == branches


def test_a_chain_plays_one_list_all_opening_hours(chains: list[Performance]) -> None:
    for chain in chains:
        assert set(chain.plays.source_ix) == {PLAYLIST}
        assert np.unique(chain.plays.context_id).size == 1
        hours = [
            chain.plays.played_ms[(chain.plays.listener_id == shop) & (chain.day == chain.day[0])].sum() / 3_600_000
            for shop in np.unique(chain.plays.listener_id)
        ]
        assert 4 < min(hours) <= max(hours) < 16


def test_some_are_alone_and_some_are_chains(theatre: Theatre) -> None:
    branches = [theatre.entered("shop", seed=seed).rows.listeners.height for seed in range(20)]
    assert min(branches) == 1
    assert max(branches) >= 3
