"""Users of one VPN."""

import numpy as np
from simulator.worlds import Theatre


def test_people_of_many_countries_share_a_few_addresses(theatre: Theatre) -> None:
    countries = set()
    for seed in range(4):
        users = theatre.lookalike("vpn", seed=seed)
        address, plays = np.unique(users.plays.ip_hash, return_counts=True)
        exits = address[np.argsort(plays)[-4:]]
        assert np.isin(users.plays.ip_hash, exits).mean() > 0.6
        countries |= set(users.rows.listeners["country"])
        assert set(exits).isdisjoint(theatre.stage.people.home_ip)
    assert len(countries) > 3


def test_else_they_are_people_like_others(theatre: Theatre) -> None:
    users = theatre.lookalike("vpn")
    listeners = users.rows.listeners
    assert set(listeners["listener_id"]) == set(users.subjects("listener"))
    devices = np.unique(np.column_stack([users.plays.device_id, users.plays.listener_id]), axis=0)
    _, shared_by = np.unique(devices[:, 0], return_counts=True)
    assert (shared_by == 1).mean() > 0.7
    assert np.unique(users.plays.track_id).size > 20
    assert len(set(users.plays.source_ix)) > 4
