"""Where people sit down to listen, and on what."""

import numpy as np
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.audience.plays import Sessions
from graphfraud.simulator.audience.sittings import people_sessions, present_share


@pytest.fixture(scope="module")
def sittings(theatre: Theatre) -> Sessions:
    people = theatre.stage.people
    listener_ix = np.repeat(np.arange(people.count), 10)
    same = np.ones(listener_ix.size, np.int64)
    return people_sessions(
        people,
        theatre.stage.window,
        5,
        listener_ix=listener_ix,
        play_count=same,
        source_ix=same,
        rng=np.random.default_rng(0),
    )


def test_people_are_there_from_joining_until_leaving(theatre: Theatre) -> None:
    people, window = theatre.stage.people, theatre.stage.window
    everybody = np.arange(people.count)
    share = present_share(people, window, 10, everybody)
    day_ms, next_ms = window.day_start_ms(10), window.day_start_ms(11)
    assert (share[(people.created_ms >= next_ms) | (people.left_ms <= day_ms)] == 0).all()
    assert (share[(people.created_ms <= day_ms) & (people.left_ms >= next_ms)] == 1).all()
    assert ((share >= 0) & (share <= 1)).all()


def test_people_listen_on_their_devices_at_home_or_through_their_carrier(theatre: Theatre, sittings: Sessions) -> None:
    people, who = theatre.stage.people, sittings.listener_id
    assert (people.device_id[who] == sittings.device_id[:, None]).any(axis=1).all()
    at_home = people.home_ip[who] == sittings.ip_hash
    by_carrier = (people.carrier_ip[who] == sittings.ip_hash[:, None]).any(axis=1)
    assert (at_home | by_carrier).all()
    assert 0.5 < at_home.mean() < 0.95


def test_few_listen_from_abroad(theatre: Theatre, sittings: Sessions) -> None:
    abroad = theatre.stage.people.country_ix[sittings.listener_id] != sittings.country_ix
    assert 0.001 < abroad.mean() < 0.1


def test_a_day_begins_and_ends_at_midnight_utc(theatre: Theatre, sittings: Sessions) -> None:
    window = theatre.stage.window
    assert (sittings.start_ms >= window.day_start_ms(5)).all()
    assert (sittings.start_ms < window.day_start_ms(6)).all()
