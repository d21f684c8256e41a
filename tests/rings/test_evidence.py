"""Measures: each reads its sign where it is planted and not where it is absent; words, limits and sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_town import Settled, Town, case_of

from graphfraud.prior.shipped import shipped_ring_weights
from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.measures import content, effort, gain, means, origin, rhythm
from graphfraud.rings.evidence.reading import Reading, on_log_scale, on_scale
from graphfraud.rings.evidence.weigh import FAMILIES, Limit, RingWeights, Word, weighed_evidence
from graphfraud.vocabulary import RING_FAMILIES, RING_MEASURES


def test_every_measure_is_named_weighed_and_of_a_family_that_people_can_read(settled: Settled) -> None:
    weights = shipped_ring_weights()
    registered = {measure.__name__: family for family, measures in FAMILIES.items() for measure in measures}
    assert registered == {name: measure.family for name, measure in RING_MEASURES.items()}
    assert set(weights.words) == set(registered)
    assert set(weights.limits) == set(FAMILIES) == set(RING_FAMILIES)
    for found in settled.found:
        for each in found.evidence:
            assert registered[each.reading.measure] == each.family
            assert np.isfinite([each.reading.value, each.reading.expected, each.log_odds]).all()
            assert 0.0 <= each.reading.reliability <= 1.0
            assert each.reading.sentence


@pytest.mark.parametrize(
    "measure",
    [
        effort.closure,
        effort.alikeness,
        rhythm.just_paid,
        rhythm.day_curve,
        means.shared_means,
        gain.payees,
        origin.listener_ages,
        origin.account_ages,
        content.tied_accounts,
    ],
)
def test_a_measure_accuses_a_crude_farm_and_not_a_scene(settled: Settled, measure: object) -> None:
    assert callable(measure)
    bots, owners, _ = settled.crude
    fans, account = settled.scenes[0]
    farm = measure(case_of(settled.platform, bots, owners))
    scene = measure(case_of(settled.platform, fans, np.array([account])))
    assert farm.strength > 0.3
    if scene is not None and measure is not gain.payees:
        assert scene.strength < 0.65 * farm.strength


def test_plays_from_foreign_devices_are_seen_where_somebody_else_plays(settled: Settled) -> None:
    victims, owners, _ = settled.hijacked
    stolen = means.away(case_of(settled.platform, victims, owners))
    assert stolen is not None
    assert stolen.value == 1.0
    assert stolen.strength > 1.0
    fans, account = settled.scenes[0]
    own = means.away(case_of(settled.platform, fans, np.array([account])))
    assert own is not None
    assert own.value == own.strength == 0.0


def test_without_devices_and_addresses_nothing_is_said_of_them() -> None:
    town = Town(seed=9)
    bots, owners, _ = town.farm()
    platform = town.platform()
    platform.log.device[:] = -1
    assert means.away(case_of(platform, bots, owners)) is None


def test_one_class_behind_one_address_is_one_fact() -> None:
    town = Town(seed=8)
    pupils = town.joined(20, ages=town.random.uniform(10, 900, 20))
    account = town.opened(1, ages=np.array([500.0]))
    songs = town.uploaded(int(account[0]), 5, ages=np.array(400.0))
    for pupil in pupils:
        for device in (801, 802, 803):  # all of them on the same three
            town.played(int(pupil), town.random.choice(songs, 3), device=device)
    reading = means.shared_means(case_of(town.platform(), pupils, account))
    assert reading is not None
    assert reading.value == 1.0


@pytest.mark.parametrize("nothing_at", [0.86, 1.0, 1.2])
def test_where_chance_reads_like_a_ring_nothing_is_told(nothing_at: float) -> None:
    assert on_scale(1.0, nothing_at=nothing_at, ring_at=1.0) == 0.0
    assert on_scale(0.2, nothing_at=nothing_at, ring_at=1.0) == 0.0
    assert on_log_scale(nothing_at, nothing_at=nothing_at, ring_at=1.1) == 0.0


def test_people_who_sleep_to_noise_have_no_flat_day() -> None:
    assert rhythm.flatness_strength(0.0) < 0 < rhythm.flatness_strength(0.6) < rhythm.flatness_strength(1.0)
    assert rhythm.flatness_strength(1.6) < 0


def test_an_outside_audience_speaks_for_the_defence(settled: Settled) -> None:
    platform = settled.platform
    account = int(np.argmax(platform.account_plays))
    audience = np.argsort(-platform.by_account[[account]].toarray()[0])[:10]
    reading = gain.outside_audience(case_of(platform, np.sort(audience), np.array([account])))
    assert reading is not None
    assert reading.value > 0.3
    assert reading.strength * reading.reliability < -0.3


def test_scales_are_even_in_ratios_and_differences_and_tell_nothing_where_chance_reads_as_a_ring() -> None:
    assert on_log_scale(0.4, nothing_at=0.1, ring_at=1.6) == pytest.approx(0.5)
    assert on_log_scale(0.4, nothing_at=1.6, ring_at=0.1) == pytest.approx(0.5)
    assert on_log_scale(0.03, nothing_at=0.03, ring_at=0.03) == 0.0
    assert on_scale(0.5, nothing_at=0.25, ring_at=0.75) == pytest.approx(0.5)


def said_together(case: Case, strengths: list[float], reliability: float) -> list[float]:
    """What readings of one family are worth, with words of 2 and 1 and limits of 2.5 and 1.5."""
    readings = [
        Reading(measure="closure", value=0.0, expected=0.0, strength=s, reliability=reliability, sentence="s")
        for s in strengths
    ]
    weights = RingWeights(
        prior_log_odds=-3.0,
        words={"closure": Word(accuses=2.0, defends=1.0)},
        limits={"effort": Limit(accuses=2.5, defends=1.5)},
    )
    family = {"effort": tuple(lambda _, r=reading: r for reading in readings)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graphfraud.rings.evidence.weigh.FAMILIES", family)
        return [each.log_odds for each in weighed_evidence(case, weights)]


@given(strengths=st.lists(st.floats(-50, 50), min_size=1, max_size=4), reliability=st.floats(0, 1))
def test_a_family_never_says_more_than_its_limit_and_keeps_the_sides(
    settled: Settled, strengths: list[float], reliability: float
) -> None:
    case = case_of(settled.platform, settled.crude[0], settled.crude[1])
    said = said_together(case, strengths, reliability)
    assert -1.5 <= sum(said) <= 2.5
    assert all(worth * strength >= 0 for worth, strength in zip(said, strengths, strict=True))
