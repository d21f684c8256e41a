"""A farm for hire: bots that serve many clients, who have nothing to do with each other but the farm."""

from typing import Final

import numpy as np
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import Front, usual_content
from graphfraud.simulator.operations.knobs import Care, Knobs, even, wide
from graphfraud.simulator.operations.operation import act_drawn
from graphfraud.simulator.operations.shifts import Aim
from graphfraud.simulator.platform.chance import Ints, choices
from graphfraud.simulator.platform.rows import Numbers


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One farm and its clients, each of whom has people who listen, too."""
    content = usual_content(knobs, stage, rng, own_ways=True)
    return act_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng, aim_of=lambda front: _campaigns(front, rng))


def _campaigns(front: Front, rng: Generator) -> Aim:
    """Each client has booked some days and some plays; what it promotes are its tracks, one more than the other."""
    clients = front.account_id.size
    booked = rng.lognormal(0, 1, clients)
    begins = rng.uniform(-0.4, 0.9, clients)
    ends = begins + rng.uniform(0.15, 1, clients)
    account_ix = front.content.layout.account_ix
    first_ix, size = np.searchsorted(account_ix, np.arange(clients)), np.bincount(account_ix)

    def aimed(progress: float, bot_ix: Int[Ints, " play"], rng: Generator) -> Int[Ints, " play"]:
        runs = (begins <= progress) & (progress <= ends)
        client_ix = choices(booked * (runs if runs.any() else 1), bot_ix.size, rng)
        place = rng.random(bot_ix.size) ** 1.5 * size[client_ix]
        return first_ix[client_ix] + place.astype(np.int64)

    return aimed


ATTACK: Final = Attack(
    kind="farm_for_hire",
    entered=entered,
    ranges={
        "bots": wide(50, 400),
        "accounts": wide(8, 40),
        "tracks": wide(15, 120),
        "camouflage_share": even(0.1, 0.7),
        "shared_payee": even(0, 0),
        "shared_device": even(0, 0),
        "permuted_titles": even(0, 0),
        "preparation_days": wide(200, 2_500),
        "upload_days": wide(200, 2_000),
        "organic_share": Care(wide(0.1, 0.7), wide(0.3, 3)),
    },
)
