"""A bot farm: bots that play an operator's few tracks, hidden or not."""

from typing import Final

from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import usual_content
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.operations.operation import act_drawn
from graphfraud.simulator.platform.rows import Numbers


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One farm: its accounts, tracks and bots, and the honest plays that its tracks get."""
    content = usual_content(knobs, stage, rng)
    return act_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)


ATTACK: Final = Attack(kind="bot_farm", entered=entered, ranges={})
