"""One operator's whole operation."""

import numpy as np
import pytest
from simulator.worlds import BUSY, Theatre

from graphfraud.simulator.operations.costs import RELEASE_EUR, TRACK_EUR, UPLOAD_ACCOUNT_EUR, UPLOAD_ACCOUNT_YEAR_EUR


def test_honest_people_play_an_operators_tracks_as_much_as_asked(theatre: Theatre) -> None:
    for share in (0.1, 1.5):
        ring = theatre.ring("bot_farm", **BUSY, organic_share=share, camouflage_share=0)
        honest = ring.plays.count - ring.fake.count
        assert honest / ring.fake.count == pytest.approx(share, rel=0.35)


def test_a_small_budget_buys_fewer_bots(theatre: Theatre) -> None:
    rich = theatre.entered("bot_farm", **BUSY)
    put_up = ("cost of upload accounts", "cost of tracks", "cost of distribution")
    each_eur = sum(cost for item, cost in rich.costs_eur.items() if item not in put_up) / rich.rows.listeners.height
    for budget_eur, bots in (
        (0.5 * each_eur, 2),
        (10.5 * each_eur, 10),
        (1_000 * each_eur, rich.rows.listeners.height),
    ):
        act = theatre.entered("bot_farm", **{**BUSY, "budget_eur": budget_eur})
        assert act.rows.listeners.height == bots


def test_louder_rings_play_more_or_show_plainer_signs(theatre: Theatre) -> None:
    quiet = {"sleep_share": 1, "just_paid_share": 0, "devices_per_bot": 1}

    def loudness(**knobs: float) -> float:
        return theatre.entered("bot_farm", **{**BUSY, **quiet, **knobs}).loudness

    assert loudness() > 0
    for louder in ({"plays_per_day": 60}, {"sleep_share": 0}, {"just_paid_share": 1}, {"devices_per_bot": 0.1}):
        assert loudness(**louder) > 1.2 * loudness()


def test_a_ring_begins_on_the_day_of_its_first_bot(theatre: Theatre) -> None:
    ring = theatre.ring("bot_farm", **{**BUSY, "start_share": 0.5})
    assert ring.group.act.first_day == ring.day[ring.plays.fake].min() == 14


def test_costs_are_for_the_bots_accounts_tracks_and_releases_that_are_there(theatre: Theatre) -> None:
    act = theatre.entered("bot_farm", **BUSY, preparation_days=365)
    costs, rows = act.costs_eur, act.rows
    assert costs["cost of tracks"] / rows.tracks.height == pytest.approx(TRACK_EUR)
    assert costs["cost of distribution"] / rows.tracks["release_id"].n_unique() == pytest.approx(RELEASE_EUR)
    per_account = costs["cost of upload accounts"] / rows.accounts.height
    assert per_account == pytest.approx(UPLOAD_ACCOUNT_EUR + UPLOAD_ACCOUNT_YEAR_EUR)


def test_plays_of_different_days_are_different(theatre: Theatre) -> None:
    ring = theatre.ring("bot_farm", **BUSY)
    of_day = [ring.plays.played_ms[(ring.day == day) & ring.plays.fake] for day in (3, 4)]
    assert not np.array_equal(of_day[0], of_day[1])
