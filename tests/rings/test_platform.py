"""What rings look past: means of so many users that they tie nobody."""

import numpy as np
import pytest
from planted_town import Town

from graphfraud.rings.platform import Platform
from graphfraud.vocabulary import ACCOUNT_USED, LISTENER_USED

USERS = 6


def with_a_shared_device(user_count: int) -> Platform:
    """A town where nobody shares a device but so many listeners and one account."""
    town = Town()
    joined = town.joined(user_count - 1, ages=np.full(user_count - 1, 100.0))
    for listener in joined:
        town.played(int(listener), np.arange(4), device=5_000)
    town.account_devices.append((0, 5_000))
    return town.platform()


@pytest.mark.parametrize(("more", "tied"), [(0, USERS), (1, 0)])
def test_a_means_of_more_users_than_a_hubs_ties_nobody_and_stays_in_the_graph(
    monkeypatch: pytest.MonkeyPatch, more: int, tied: int
) -> None:
    monkeypatch.setattr("graphfraud.rings.platform.HUB_USERS", USERS)
    platform = with_a_shared_device(USERS + more)
    edges = [platform.graph.edges[name] for name in (LISTENER_USED.name, ACCOUNT_USED.name)]
    users = sum(np.diff(one.target_offsets) for one in edges)
    assert (users == USERS + more).any()
    assert platform.users_of_means[users == USERS + more].tolist() == [tied]
    assert sum(used.nnz for used in platform.means.values()) == users[users <= USERS].sum()
