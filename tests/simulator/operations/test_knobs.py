"""Knobs: drawn inside their ranges, each by itself, careful where attackers have adapted."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator.worlds import RING_KINDS

from graphfraud.simulator.cast import ATTACKS
from graphfraud.simulator.operations.knobs import (
    HIGHEST_LEVEL,
    KNOB_NAMES,
    LIMITS,
    USUAL,
    Care,
    Knobs,
    Span,
    even,
    knobs_drawn,
    wide,
)

seeds, levels, kinds = st.integers(0, 2**40), st.integers(0, HIGHEST_LEVEL), st.sampled_from(RING_KINDS)


def drawn(ranges: Mapping[str, Span | Care], seed: int, level: int = 0) -> Knobs:
    return knobs_drawn(ranges, level=level, rng=np.random.default_rng(seed))


def lies_in(span: Span, value: float) -> bool:
    return span.low * (1 - 1e-9) <= value <= span.high * (1 + 1e-9)


def spans(range_: Span | Care) -> tuple[Span, ...]:
    return (range_,) if isinstance(range_, Span) else (range_.loud, range_.careful)


@given(kinds, seeds, levels)
def test_every_knob_is_drawn_inside_its_ranges_and_its_limits(kind: str, seed: int, level: int) -> None:
    knobs = drawn(ATTACKS[kind].ranges, seed, level)
    for name in KNOB_NAMES:
        value = getattr(knobs, name)
        assert any(lies_in(span, value) for span in spans(ATTACKS[kind].ranges.get(name, USUAL[name]))), name
        assert lies_in(Span(LIMITS[name].least, LIMITS[name].most), value), name


@given(kinds, seeds, levels, st.sampled_from(KNOB_NAMES), st.floats(0, 1))
def test_asking_for_one_knob_leaves_the_others_as_they_were(
    kind: str, seed: int, level: int, name: str, value: float
) -> None:
    asked = drawn({**ATTACKS[kind].ranges, name: Span(value, value)}, seed, level)
    usual = drawn(ATTACKS[kind].ranges, seed, level)
    assert getattr(asked, name) == value
    assert [getattr(asked, each) for each in KNOB_NAMES if each != name] == [
        getattr(usual, each) for each in KNOB_NAMES if each != name
    ]


@given(seeds, levels)
def test_who_has_adapted_is_careful_about_all_up_to_the_level_and_about_nothing_else_than_before(
    seed: int, level: int
) -> None:
    before, adapted = drawn({}, seed), drawn({}, seed, level)
    for name in KNOB_NAMES:
        range_, value = USUAL[name], getattr(adapted, name)
        if LIMITS[name].level <= level and isinstance(range_, Care):
            assert lies_in(range_.careful, value), name
        else:
            assert value == getattr(before, name), name


def test_each_level_is_careful_about_more() -> None:
    careful_about = [{name for name in KNOB_NAMES if LIMITS[name].level <= level} for level in range(HIGHEST_LEVEL + 1)]
    assert not careful_about[0]
    assert all(few < more for few, more in pairwise(careful_about))
    assert "sleep_share" in careful_about[1]


@pytest.mark.parametrize("name", [name for name in KNOB_NAMES if isinstance(USUAL[name], Care)])
def test_without_adapting_some_rings_are_loud_about_a_knob_and_some_careful(name: str) -> None:
    usual = USUAL[name]
    assert isinstance(usual, Care)
    values = [getattr(drawn({name: Care(even(0, 0), even(1, 1))}, seed), name) for seed in range(60)]
    assert 0.15 < np.mean(values) < 0.85


def test_a_wide_span_is_as_likely_in_each_order_of_magnitude() -> None:
    values = np.array([wide(1, 1_000).at(luck) for luck in np.linspace(0, 0.999, 999)])
    for low in (1, 10, 100):
        assert abs(((values >= low) & (values < 10 * low)).mean() - 1 / 3) < 0.01
    assert even(1, 1_000).at(0.5) == 500.5


@given(st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0, 1), st.booleans())
def test_a_span_gives_values_between_its_ends(low: float, more: float, luck: float, by_magnitude: bool) -> None:  # noqa: FBT001 - Hypothesis draws it
    span = Span(low, low + more, by_magnitude=by_magnitude)
    assert lies_in(span, span.at(luck))
