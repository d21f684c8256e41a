"""Worlds and stages that are made once for all tests that only look at them."""

import pytest
from simulator.worlds import Theatre, World, made_world, theatre_of


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """All attacks and look-alikes on one small platform."""
    return made_world(tmp_path_factory.mktemp("small") / "world", scale=0.01, seed=11)


@pytest.fixture(scope="session")
def theatre() -> Theatre:
    """A small platform."""
    return theatre_of(0.02)


@pytest.fixture(scope="session")
def tiny_theatre() -> Theatre:
    """The smallest platform there is."""
    return theatre_of(0.002, seed=2)
