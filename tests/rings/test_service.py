"""What a group plays of something, beside all others, however loud one of them is."""

import numpy as np
import planted_town  # noqa: F401 - checks shapes
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graphfraud.rings.service import MOST_OF_ONE, service

GROUP = np.arange(10)


def plays(inside: float, outside: list[float]) -> csr_array:
    return csr_array(np.array([[inside] * 10 + outside]))


def share(inside: float, outside: list[float]) -> float:
    return float(service(plays(inside, outside), np.array([0]), GROUP).share[0])


def test_it_is_the_share_of_plays_where_nobody_is_loud() -> None:
    assert share(5.0, [1.0, 4.0, 5.0]) == 50 / 60


def test_one_outsider_counts_as_a_few_of_the_group_at_most() -> None:
    assert share(5.0, [1e6]) == 50 / (50 + MOST_OF_ONE * 5)


def test_what_the_group_does_not_play_is_not_its_own() -> None:
    assert share(0.0, [7.0]) == 0.0
    assert share(0.0, [0.0]) == 0.0


@given(st.floats(1, 50), st.lists(st.floats(0, 1e4), min_size=1, max_size=8), st.floats(0, 1e4))
def test_more_plays_by_others_never_add_to_the_share(inside: float, outside: list[float], more: float) -> None:
    assert share(inside, [outside[0] + more, *outside[1:]]) <= share(inside, outside) + 1e-12
