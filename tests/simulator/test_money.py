"""What fraud costs and earns, and the ledger that tells it."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator.worlds import BUSY, RING_KINDS, World, made_world, only

from graphfraud.simulator.cast import ATTACKS
from graphfraud.simulator.labels import ReviewTeam
from graphfraud.simulator.money import (
    ELIGIBLE_FROM_COUNT,
    PAYABLE_FROM_MS,
    PAYOUT_PER_STREAM_EUR,
    Takings,
    affordable_bots,
    bot_bill,
    costs_of,
    ledger_rows,
)
from graphfraud.simulator.operations.knobs import HIGHEST_LEVEL, Knobs, Span, knobs_drawn

BLIND = ReviewTeam(ring_share=0)
Ledger = dict[str, dict[str, float]]
CAREFUL_IS_MORE = ("devices_per_bot", "addresses_per_bot", "residential_share", "sleep_share", "account_age_days")


def knobs(seed: int = 0, level: int = 0, kind: str = "bot_farm", **asked: float) -> Knobs:
    ranges = {**ATTACKS[kind].ranges, **{name: Span(value, value) for name, value in asked.items()}}
    return knobs_drawn(ranges, level=level, rng=np.random.default_rng(seed))


def ledger_of(world: World) -> Ledger:
    amounts: Ledger = {}
    for ring, item, amount in world.truth["ledger"].select("ring", "item", "amount").iter_rows():
        amounts.setdefault(ring, {})[item] = amount
    return amounts


@pytest.fixture(scope="module")
def rich_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two farms whose few tracks get far more plays than a track needs."""
    farms = only("bot_farm", rings=2, **{**BUSY, "bots": 300}, tracks=10, accounts=1, camouflage_share=0.2)
    return made_world(tmp_path_factory.mktemp("rich") / "world", attacks=farms, payout_eur=0.01, team=BLIND)


def test_the_ledger_counts_what_each_rings_bots_play(small_world: World) -> None:
    crews = small_world.truth["rings"].filter(subject_kind="listener")
    played = small_world.plays.filter("fake").join(crews, left_on="listener_id", right_on="subject_id")
    counted = dict(played.group_by("ring").len().iter_rows())
    ledger = ledger_of(small_world)
    assert {ring: items["artificial streams"] for ring, items in ledger.items()} == {
        ring: counted.get(ring, 0) for ring in ledger
    }
    assert all(items["earning streams"] <= items["artificial streams"] for items in ledger.values())


def test_what_earns_is_long_enough_and_on_the_rings_own_tracks(rich_world: World) -> None:
    rings = rich_world.truth["rings"]
    crew = rings.filter(subject_kind="listener").select("ring", listener_id="subject_id")
    own = rings.filter(subject_kind="track").select("ring", track_id="subject_id")
    pays = rich_world.plays.filter(pl.col("played_ms") >= PAYABLE_FROM_MS)
    known = pays.group_by("track_id").len().filter(pl.col("len") >= ELIGIBLE_FROM_COUNT)
    earns = pays.filter("fake").join(crew, on="listener_id").join(own, on=["ring", "track_id"])
    for ring, items in ledger_of(rich_world).items():
        assert items["earning streams"] == earns.filter(ring=ring).height
        eligible = earns.filter(pl.col("ring") == ring).join(known, on="track_id", how="semi").height
        assert items["eligible streams"] == eligible > 0


def test_costs_add_up_and_profit_is_what_is_paid_less_them(rich_world: World) -> None:
    for items in ledger_of(rich_world).values():
        spent = sum(amount for item, amount in items.items() if item.startswith("cost of"))
        assert items["costs"] == pytest.approx(spent, abs=0.1)
        assert items["royalty"] == pytest.approx(items["earning streams"] * 0.01, abs=0.01)
        assert items["royalty of eligible tracks"] == pytest.approx(items["eligible streams"] * 0.01, abs=0.01)
        assert items["profit"] == pytest.approx(items["royalty of eligible tracks"] - items["costs"], abs=0.02)


def test_a_ledger_tells_each_item_once_in_order() -> None:
    takings = Takings(artificial=10, earning=6, eligible=4)
    rows = ledger_rows("farm-0", takings, {"cost of tracks": 2.5}, PAYOUT_PER_STREAM_EUR)
    assert set(rows["ring"]) == {"farm-0"}
    assert rows["item"].is_sorted()
    assert rows["item"].is_unique().all()
    assert rows.filter(item="profit")["amount"].item() == pytest.approx(4 * 0.003 - 2.5, abs=0.005)


@given(st.integers(0, 2**32), st.integers(2, 500), st.floats(1, 1e6), st.booleans())
def test_a_budget_buys_what_it_pays_for_and_two_at_least(
    seed: int,
    wanted: int,
    budget_eur: float,
    takes_over: bool,  # noqa: FBT001 - Hypothesis draws it
) -> None:
    drawn = knobs(seed, budget_eur=budget_eur)
    bots, each_eur = (
        affordable_bots(drawn, wanted, takes_over=takes_over),
        bot_bill(drawn, takes_over=takes_over).each_eur,
    )
    assert 2 <= bots <= wanted
    assert bots == 2 or bots * each_eur <= budget_eur * (1 + 1e-9)
    assert bots == wanted or (bots + 1) * each_eur > budget_eur * (1 - 1e-9)


@pytest.mark.parametrize("name", [*CAREFUL_IS_MORE, "premium_share"])
def test_more_care_costs_more(name: str) -> None:
    bills = [bot_bill(knobs(**{name: value}), takes_over=False).each_eur for value in (0.1, 0.5, 0.9)]
    assert bills[0] < bills[1] < bills[2]


def test_to_hear_tracks_out_costs_more_than_to_stop_when_they_pay() -> None:
    short, long = (bot_bill(knobs(just_paid_share=share), takes_over=False).playing_eur for share in (1.0, 0.0))
    assert 1 < long / short < 20


def test_who_takes_over_buys_passwords_and_no_plans() -> None:
    bill = bot_bill(knobs(premium_share=1), takes_over=True)
    assert bill.plan_eur == 0
    assert bill.account_eur > 0


def test_an_operation_pays_for_each_bot_and_for_what_it_puts_up() -> None:
    drawn = knobs()
    costs = costs_of(drawn, bots=10, accounts=2, tracks=7, releases=3)
    twice = costs_of(drawn, bots=20, accounts=4, tracks=14, releases=6)
    assert twice == pytest.approx({item: 2 * amount for item, amount in costs.items()})
    bots = sum(amount for item, amount in costs.items() if item.split("cost of ")[1] not in PUT_UP)
    assert bots == pytest.approx(10 * bot_bill(drawn, takes_over=False).each_eur)


PUT_UP = ("upload accounts", "tracks", "distribution")


@pytest.mark.parametrize("kind", RING_KINDS)
def test_each_level_of_adaptation_costs_more_a_play_and_all_of_them_more_a_bot(kind: str) -> None:
    each_eur, play_eur = np.zeros((2, HIGHEST_LEVEL + 1))
    for level in range(HIGHEST_LEVEL + 1):
        for seed in range(150):
            drawn = knobs(seed, level, kind)
            bill_eur = bot_bill(drawn, takes_over=kind == "hijack").each_eur
            each_eur[level] += bill_eur
            play_eur[level] += bill_eur / (drawn.days * (1 - drawn.idle_day_share) * drawn.plays_per_day)
    assert (np.diff(play_eur) >= -1e-9).all()
    assert each_eur[-1] > each_eur[0]
