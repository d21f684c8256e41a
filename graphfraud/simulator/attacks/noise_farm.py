"""Functional-noise farming: rain and hum cut to 31 seconds, so that a night pays a thousand times."""

from typing import Final

import numpy as np
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import Content, layout_drawn
from graphfraud.simulator.operations.knobs import Care, Knobs, even, wide
from graphfraud.simulator.operations.operation import act_drawn
from graphfraud.simulator.platform.chance import log_uniform
from graphfraud.simulator.platform.owners import GENRES, SLEEP_GENRES
from graphfraud.simulator.platform.rows import Numbers
from graphfraud.simulator.platform.sound import sounds_drawn

CUT_SHARE: Final = 0.55
AS_SHORT_AS_PAYS_MS, AS_SHORT_AS_ASKED_MS = (31_000, 36_000), (100_000, 130_000)
"""Most farms cut at what pays, the others at the two minutes that platforms ask of noise."""
CALLED: Final = (*SLEEP_GENRES, GENRES.index("ambient"), GENRES.index("lo-fi"))


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One farm, whose tracks are as short as pays."""
    return act_drawn(knobs, _noise(knobs, stage, rng), stage=stage, numbers=numbers, rng=rng)


def _noise(knobs: Knobs, stage: Stage, rng: Generator) -> Content:
    layout = layout_drawn(knobs, stage, rng)
    count = layout.track_count
    genre_ix = np.repeat(rng.choice(CALLED), count)
    shortest_ms = int(rng.integers(*(AS_SHORT_AS_PAYS_MS if rng.random() < CUT_SHARE else AS_SHORT_AS_ASKED_MS)))
    return Content(
        layout=layout,
        genre_ix=genre_ix,
        duration_ms=rng.integers(shortest_ms, shortest_ms + int(log_uniform(rng, 500, 90_000)), count),
        sounds=sounds_drawn(stage.sound_space, genre_ix, layout.account_ix, layout.release_ix, rng),
    )


ATTACK: Final = Attack(
    kind="noise_farm",
    entered=entered,
    ranges={
        "bots": wide(5, 120),
        "accounts": Care(wide(1, 8), wide(5, 60)),
        "tracks": wide(30, 400),
        "plays_per_day": Care(wide(10, 120), wide(4, 25)),
        "plays_per_session": Care(wide(8, 80), wide(2, 15)),
        "sources": even(2, 7),
        "just_paid_share": even(0, 0.1),
        "organic_share": Care(wide(0.02, 0.3), wide(0.1, 1.5)),
    },
)
