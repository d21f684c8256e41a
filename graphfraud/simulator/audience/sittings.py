"""When the people sit down to listen on a day, where, on what, and from which source."""

from typing import Final

import numpy as np
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import Window, instants_ms, local_hours_drawn
from graphfraud.simulator.audience.people import People
from graphfraud.simulator.audience.plays import Sessions
from graphfraud.simulator.platform.chance import Floats, Ints

AT_HOME_SHARE: Final = 0.7
TRAVELLING_SHARE: Final = 0.02


def present_share(people: People, window: Window, day: int, listener_ix: Int[Ints, " some"]) -> Float[Floats, " some"]:
    """How much of the day each of these listeners has yet to leave; whoever joins in it is there for all of it.

    What would be played before joining is dropped later, by the instant.
    """
    start_ms, end_ms = window.day_start_ms(day), window.day_start_ms(day + 1)
    there_ms = np.minimum(people.left_ms[listener_ix], end_ms) - start_ms
    joined = (people.created_ms[listener_ix] < end_ms).astype(np.float64)
    return joined * np.clip(there_ms / (end_ms - start_ms), 0, 1)


def people_sessions(
    people: People,
    window: Window,
    day: int,
    *,
    listener_ix: Int[Ints, " session"],
    play_count: Int[Ints, " session"],
    source_ix: Int[Ints, " session"],
    rng: Generator,
) -> Sessions:
    """Sessions of these people on this day, when they are awake, on a device of theirs, at home or away."""
    local_hour = local_hours_drawn(people.country_ix[listener_ix], rng) + people.shift_h[listener_ix]
    return Sessions(
        listener_id=people.listener_id[listener_ix],
        lane=people.lane[listener_ix],
        start_ms=instants_ms(window, day, local_hour, people.zone_h[listener_ix]),
        play_count=play_count,
        source_ix=source_ix,
        device_id=people.device_id[listener_ix, rng.integers(0, 3, listener_ix.size)],
        ip_hash=_addresses(people, listener_ix, rng),
        country_ix=_countries(people, listener_ix, rng),
    )


def _addresses(people: People, listener_ix: Int[Ints, " session"], rng: Generator) -> Int[Ints, " session"]:
    """Home, or one of the carrier's addresses on the road."""
    carrier_ip = people.carrier_ip[listener_ix, rng.integers(0, 4, listener_ix.size)]
    return np.where(rng.random(listener_ix.size) < AT_HOME_SHARE, people.home_ip[listener_ix], carrier_ip)


def _countries(people: People, listener_ix: Int[Ints, " session"], rng: Generator) -> Int[Ints, " session"]:
    elsewhere = people.country_ix[rng.integers(0, people.count, listener_ix.size)]
    return np.where(rng.random(listener_ix.size) < TRAVELLING_SHARE, elsewhere, people.country_ix[listener_ix])
