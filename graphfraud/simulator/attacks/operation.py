"""One operator's whole operation: what is put up, the bots that play it, the people who stumble on it."""

from dataclasses import dataclass

from numpy.random import Generator

from graphfraud.simulator.attacks.bots import BotKnobs, bot_rows
from graphfraud.simulator.attacks.fronts import Content, FrontKnobs, front_drawn, front_rows
from graphfraud.simulator.audience.few_tracks import stray_rows
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.rows import Keys, Rows, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What an attack draws."""

    front: FrontKnobs
    content: Content
    bots: BotKnobs
    mean_stray_count: float
    """Honest plays that each track gets."""


def operation_rows(operation: Operation, *, stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """Accounts, tracks and bots, all members of one ring, and all plays of its tracks."""
    front = front_drawn(operation.front, operation.content, stage=stage, keys=keys, rng=rng)
    strays = stray_rows(
        stage,
        track_id=front.track_id,
        duration_ms=operation.content.duration_ms,
        mean_count=operation.mean_stray_count,
        rng=rng,
    )
    return together(
        [
            front_rows(front, operation.front, stage=stage, keys=keys, rng=rng),
            bot_rows(operation.bots, front, stage=stage, keys=keys, rng=rng),
            Rows(streams=strays),
        ]
    )
