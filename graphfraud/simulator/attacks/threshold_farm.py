"""Threshold farming: each track is played just past the 1,000 streams from which it earns, then the next.

How many tracks there are follows from what the bots can play; the knob `tracks` is not heeded.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.money import ELIGIBLE_FROM_COUNT
from graphfraud.simulator.operations.fronts import usual_content
from graphfraud.simulator.operations.knobs import Care, Knobs, even, wide
from graphfraud.simulator.operations.operation import act_drawn, bots_bought, target_plays
from graphfraud.simulator.operations.shifts import Aim
from graphfraud.simulator.platform.chance import Ints, log_uniform
from graphfraud.simulator.platform.rows import Numbers

AT_A_TIME: Final = (2, 25)
"""Tracks that are played side by side."""
PAST_IT: Final = (1.03, 1.4)
"""Plays that a track gets, as a multiple of the threshold."""
SEEN_SHARE: Final = (0.06, 1.4)
"""Of them, how many fall into the window: the threshold counts twelve months. From 1 on, all do."""


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One farm, which takes its tracks one after the other past the threshold."""
    heard_short_share = (1 - knobs.just_paid_share) * knobs.skip_share
    plays = target_plays(knobs, bots_bought(knobs, stage), stage.window.day_count) * (1 - heard_short_share)
    each = ELIGIBLE_FROM_COUNT * rng.uniform(*PAST_IT) * min(1.0, log_uniform(rng, *SEEN_SHARE))
    tracks = max(1.0, plays / each)
    accounts = min(knobs.accounts, tracks)
    fitted = replace(knobs, tracks=max(0.0, tracks - accounts) / stage.crew_scale, accounts=accounts)
    content, at_a_time = usual_content(fitted, stage, rng), int(rng.integers(*AT_A_TIME))
    aim = _in_turn(content.layout.track_count, at_a_time)
    return act_drawn(fitted, content, stage=stage, numbers=numbers, rng=rng, aim_of=lambda _: aim)


def _in_turn(track_count: int, at_a_time: int) -> Aim:
    """A few tracks at a time, moving on as the days go by."""
    side_by_side = min(at_a_time, track_count)

    def aimed(progress: float, bot_ix: Int[Ints, " play"], rng: Generator) -> Int[Ints, " play"]:
        first_ix = progress * (track_count - side_by_side + 1)
        return (first_ix + rng.uniform(0, side_by_side, bot_ix.size)).astype(np.int64).clip(0, track_count - 1)

    return aimed


ATTACK: Final = Attack(
    kind="threshold_farm",
    entered=entered,
    ranges={
        "bots": wide(80, 600),
        "ramp_share": even(0, 0),
        "start_share": even(0, 0.3),
        "turnover": Care(even(0.5, 1), even(0.1, 0.6)),
        "accounts": Care(wide(1, 8), wide(4, 40)),
        "plays_per_day": Care(wide(6, 40), wide(2, 10)),
        "organic_share": Care(wide(0.1, 0.7), wide(0.3, 3)),
    },
)
