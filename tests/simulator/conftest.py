"""One small world, made once for all tests that only look at it."""

import pytest

from graphfraud.simulator.world import World, simulated_world

SMALL_SCALE = 0.1


@pytest.fixture(scope="session")
def small_world() -> World:
    return simulated_world(scale=SMALL_SCALE, seed=11)
