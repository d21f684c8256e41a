"""What rings earn, and the ledger that tells it."""

import polars as pl
import pytest
from simulator.worlds import BUSY, World, made_world, only

from graphfraud.simulator.labels import ReviewTeam
from graphfraud.simulator.money import ELIGIBLE_FROM_COUNT, PAYABLE_FROM_MS, PAYOUT_PER_STREAM_EUR, Takings, ledger_rows

BLIND = ReviewTeam(ring_share=0)
Ledger = dict[str, dict[str, float]]


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
