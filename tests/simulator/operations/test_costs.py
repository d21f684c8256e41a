"""What fraud costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator.worlds import RING_KINDS

from graphfraud.simulator.cast import ATTACKS
from graphfraud.simulator.operations.costs import affordable_bots, bot_bill, costs_of
from graphfraud.simulator.operations.knobs import HIGHEST_LEVEL, Knobs, Span, knobs_drawn

DAYS = 28
CAREFUL_IS_MORE = ("devices_per_bot", "addresses_per_bot", "residential_share", "sleep_share", "account_age_days")


def knobs(seed: int = 0, level: int = 0, kind: str = "bot_farm", **asked: float) -> Knobs:
    ranges = {**ATTACKS[kind].ranges, **{name: Span(value, value) for name, value in asked.items()}}
    return knobs_drawn(ranges, level=level, rng=np.random.default_rng(seed))


@given(st.integers(0, 2**32), st.integers(2, 500), st.floats(1, 1e6), st.booleans())
def test_a_budget_buys_what_it_pays_for_and_two_at_least(
    seed: int,
    wanted: int,
    budget_eur: float,
    takes_over: bool,  # noqa: FBT001 - Hypothesis draws it
) -> None:
    drawn = knobs(seed, budget_eur=budget_eur)
    bots, each_eur = (
        affordable_bots(drawn, wanted, DAYS, takes_over=takes_over),
        bot_bill(drawn, DAYS, takes_over=takes_over).each_eur,
    )
    assert 2 <= bots <= wanted
    assert bots == 2 or bots * each_eur <= budget_eur * (1 + 1e-9)
    assert bots == wanted or (bots + 1) * each_eur > budget_eur * (1 - 1e-9)


@pytest.mark.parametrize("name", [*CAREFUL_IS_MORE, "premium_share"])
def test_more_care_costs_more(name: str) -> None:
    bills = [bot_bill(knobs(**{name: value}), DAYS, takes_over=False).each_eur for value in (0.1, 0.5, 0.9)]
    assert bills[0] < bills[1] < bills[2]


def test_to_hear_tracks_out_costs_more_than_to_stop_when_they_pay() -> None:
    short, long = (bot_bill(knobs(just_paid_share=share), DAYS, takes_over=False).playing_eur for share in (1.0, 0.0))
    assert 1 < long / short < 20


def test_who_takes_over_buys_passwords_and_no_plans() -> None:
    bill = bot_bill(knobs(premium_share=1), DAYS, takes_over=True)
    assert bill.plan_eur == 0
    assert bill.account_eur > 0


def test_an_operation_pays_for_each_bot_and_for_what_it_puts_up() -> None:
    drawn = knobs()
    costs = costs_of(drawn, DAYS, bots=10, accounts=2, tracks=7, releases=3)
    twice = costs_of(drawn, DAYS, bots=20, accounts=4, tracks=14, releases=6)
    assert twice == pytest.approx({item: 2 * amount for item, amount in costs.items()})
    bots = sum(amount for item, amount in costs.items() if item.split("cost of ")[1] not in PUT_UP)
    assert bots == pytest.approx(10 * bot_bill(drawn, DAYS, takes_over=False).each_eur)


def test_who_is_there_for_fewer_days_pays_less_for_them() -> None:
    asked = {"start_share": 0, "days": 28, "premium_share": 1, "ramp_share": 0}
    long, short = (bot_bill(knobs(turnover=turnover, **asked), DAYS, takes_over=False) for turnover in (1, 0.25))
    for part in ("plan_eur", "device_eur", "playing_eur"):
        assert getattr(short, part) == pytest.approx(getattr(long, part) / 4)
    assert short.account_eur == long.account_eur


def test_nobody_pays_for_days_after_the_window() -> None:
    long, short = (bot_bill(knobs(start_share=0, days=days), DAYS, takes_over=False).each_eur for days in (60, DAYS))
    assert long == pytest.approx(short)


PUT_UP = ("upload accounts", "tracks", "distribution")


@pytest.mark.parametrize("kind", RING_KINDS)
def test_each_level_of_adaptation_costs_more(kind: str) -> None:
    each_eur, play_eur = np.zeros((2, HIGHEST_LEVEL + 1))
    for level in range(HIGHEST_LEVEL + 1):
        for seed in range(150):
            drawn = knobs(seed, level, kind)
            bill_eur = bot_bill(drawn, DAYS, takes_over=kind == "hijack").each_eur
            each_eur[level] += bill_eur
            play_eur[level] += bill_eur / drawn.plays_of_a_bot(DAYS)
    assert (np.diff(play_eur) >= -1e-9).all()
    assert (np.diff(each_eur) >= -1e-9).all()
    assert each_eur[-1] > each_eur[0]
