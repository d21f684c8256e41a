"""A family that shares one account: several people on several devices at once, some of them in other countries."""

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.listening import heard_on
from graphfraud.simulator.audience.people import People, people_drawn, people_login_rows, people_rows
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import Ints
from graphfraud.simulator.platform.rows import DAY_MS, LISTENER, Numbers, Rows, subjects_of

GROUP_COUNT: Final = 12
"""Families in a group."""


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """Some families, each with one listener's id and a lane a head."""
    family_count = max(2, round(GROUP_COUNT * stage.crew_scale))
    heads = rng.integers(3, 7, family_count)
    people = _sharing(stage, heads, numbers, rng)
    shown = people_rows(people).unique("listener_id", maintain_order=True, keep="first")
    return Act(
        rows=Rows(
            listeners=shown,
            logins=people_login_rows(people, window=stage.window, rng=rng),
            subjects=subjects_of(LISTENER, np.unique(people.listener_id)),
        ),
        plays_on=lambda day, rng: [heard_on(stage, people, day, rng)],
    )


def _sharing(stage: Stage, heads: Int[Ints, " family"], numbers: Numbers, rng: Generator) -> People:
    """People like others, but for the account that each family shares."""
    drawn = people_drawn(int(heads.sum()), stage.scenes, window=stage.window, numbers=numbers, rng=rng)
    family_ix = np.repeat(np.arange(heads.size), heads)
    first_ix = np.cumsum(heads) - heads
    joined_ms = stage.window.start_ms - rng.integers(DAY_MS, 1_500 * DAY_MS, heads.size)
    lives_elsewhere = rng.random(family_ix.size) < 0.15
    same = first_ix[family_ix]
    return replace(
        drawn,
        listener_id=drawn.listener_id[same],
        created_ms=joined_ms[family_ix],
        left_ms=np.full(family_ix.size, stage.window.end_ms + DAY_MS),
        plan_ix=drawn.plan_ix[same],
        plan_group=drawn.plan_group[same],
        country_ix=np.where(lives_elsewhere, drawn.country_ix, drawn.country_ix[same]),
        zone_h=np.where(lives_elsewhere, drawn.zone_h, drawn.zone_h[same]),
        carrier_ip=stage.people.carrier_ip[stage.compatriots.drawn(drawn.country_ix[same], rng)],
        home_ip=np.where(lives_elsewhere, drawn.home_ip, drawn.home_ip[same]),
    )


LOOKALIKE: Final = Lookalike(kind="family_account", entered=entered)
