"""One town for all tests of rings: it is not changed by any of them."""

import pytest
from planted_town import Settled, Town, judged


@pytest.fixture(scope="session")
def settled() -> Settled:
    town = Town()
    crude, hidden = town.farm(), town.farm(crude=False, camouflage=0.5, bots=50)
    scenes = [town.scene() for _ in range(3)]
    hijacked = town.hijack()
    platform = town.platform()
    return Settled(platform, crude, hidden, hijacked, scenes, judged(platform, least_log_odds=-3.0))
