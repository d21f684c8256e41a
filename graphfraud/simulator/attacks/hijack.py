"""Hijacked listeners: in the names of honest people, who go on listening, an operator's tracks are played."""

from typing import Final

from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import usual_content
from graphfraud.simulator.operations.knobs import Care, Knobs, even, wide
from graphfraud.simulator.operations.operation import act_drawn
from graphfraud.simulator.platform.rows import Numbers


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One operator, and the listeners taken over: victims, whose own plays stay real."""
    content = usual_content(knobs, stage, rng)
    return act_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng, takes_over=True)


ATTACK: Final = Attack(
    kind="hijack",
    entered=entered,
    ranges={
        "bots": wide(30, 350),
        "plays_per_day": Care(wide(3, 15), wide(1, 6)),
        "idle_day_share": even(0, 0.6),
        "camouflage_share": even(0, 0.3),
        "devices_per_bot": Care(wide(0.02, 0.5), even(0.3, 1)),
    },
)
