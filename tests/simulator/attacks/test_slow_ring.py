"""A slow ring."""

import numpy as np
from simulator.worlds import Theatre


def test_it_grows_from_week_to_week(theatre: Theatre) -> None:
    growth = []
    for seed in range(4):
        ring = theatre.ring("slow_ring", seed=seed, bots=250, days=28, start_share=0, idle_day_share=0.2)
        weeks = np.bincount(ring.day[ring.plays.fake] // 7, minlength=4)
        growth.append(weeks / weeks.sum())
    mean = np.mean(growth, axis=0)
    assert mean[0] < mean[1] < mean[3]
    assert mean[3] > 2 * mean[0]


def test_no_day_of_it_stands_out(theatre: Theatre) -> None:
    ring = theatre.ring("slow_ring", bots=250, days=28, start_share=0)
    days = np.bincount(ring.day[ring.plays.fake], minlength=28)
    assert days.max() < 0.25 * days.sum()


def test_its_bots_join_one_after_the_other(theatre: Theatre) -> None:
    asked = {"bots": 250, "days": 28, "start_share": 0, "turnover": 1, "account_age_days": 0.5}
    window = theatre.stage.window
    joined_ms = theatre.entered("slow_ring", **asked).rows.listeners["created_at"].dt.epoch("ms")
    weeks = (joined_ms - window.start_ms) // (7 * 86_400_000)
    assert weeks.n_unique() >= 3
