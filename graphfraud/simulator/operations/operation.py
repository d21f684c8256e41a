"""One operator's whole operation: what is put up, the bots that play it, the people who stumble on it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.audience.plays import Plays
from graphfraud.simulator.audience.regulars import Habit, casual_habit, habit_plays
from graphfraud.simulator.audience.repertoire import Repertoire
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.costs import affordable_bots, costs_of
from graphfraud.simulator.operations.crews import Crew, crew_drawn, listener_rows, login_rows
from graphfraud.simulator.operations.fronts import Content, Front, front_drawn, front_rows
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.operations.shifts import Aim, crew_plays
from graphfraud.simulator.platform.chance import Floats, Ints
from graphfraud.simulator.platform.rows import LISTENER, Numbers, Rows, subjects_of, together

LOGS_IN_SHARE: Final = 0.5
"""Of the hijackers, those who log in where the platform sees it; the others stole a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Who works for whom."""

    front: Front
    crew: Crew
    aim: Aim
    targets: Repertoire
    """What is aimed at: the front's tracks, and after them any others."""
    casual: Habit
    """What honest people play of the front's tracks."""
    takes_over: bool


def operation_drawn(
    knobs: Knobs,
    content: Content,
    *,
    stage: Stage,
    numbers: Numbers,
    rng: Generator,
    takes_over: bool = False,
    aim_of: Callable[[Front], Aim] | None = None,
) -> Operation:
    """An operation on this content; without an aim of its own, each bot has its own stretch of the tracks."""
    day_count, bot_count = stage.window.day_count, bots_bought(knobs, stage, takes_over=takes_over)
    front = front_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)
    crew = crew_drawn(knobs, bot_count, stage=stage, numbers=numbers, rng=rng, takes_over=takes_over)
    casual = casual_habit(
        stage,
        front.repertoire,
        weight=front.weight,
        plays_per_day=knobs.organic_share * target_plays(knobs, crew.count, day_count) / day_count,
        rng=rng,
    )
    aim = aim_of(front) if aim_of else stretches(knobs, crew.count, front.weight, rng)
    return Operation(front=front, crew=crew, aim=aim, targets=front.repertoire, casual=casual, takes_over=takes_over)


def act_drawn(
    knobs: Knobs,
    content: Content,
    *,
    stage: Stage,
    numbers: Numbers,
    rng: Generator,
    takes_over: bool = False,
    aim_of: Callable[[Front], Aim] | None = None,
) -> Act:
    """The act of an operation on this content; see `operation_drawn`."""
    operation = operation_drawn(
        knobs, content, stage=stage, numbers=numbers, rng=rng, takes_over=takes_over, aim_of=aim_of
    )
    return act_of(operation, stage=stage, numbers=numbers, rng=rng)


def bots_bought(knobs: Knobs, stage: Stage, *, takes_over: bool = False) -> int:
    """As many bots as are wanted on a platform of this scale, or as the budget buys."""
    wanted = max(4, round(knobs.bots * stage.crew_scale))
    return affordable_bots(knobs, wanted, stage.window.day_count, takes_over=takes_over)


def target_plays(knobs: Knobs, bot_count: int, day_count: int) -> float:
    """Expected plays of the tracks that pay, in the window."""
    return bot_count * knobs.plays_of_a_bot(day_count) * (1 - knobs.camouflage_share)


def stretches(knobs: Knobs, bot_count: int, weight: Float[Floats, " track"], rng: Generator) -> Aim:
    """Every bot plays its own stretch of the tracks, if not all, and what the operator wants to be hits."""
    track_count = weight.size
    first_ix = rng.integers(0, track_count, bot_count)
    stretch_count = max(1, math.ceil(knobs.breadth_share * track_count))
    steepness = rng.uniform(1, 2.5)
    pushed = np.argsort(-weight)

    def aimed(_: float, bot_ix: Int[Ints, " play"], rng: Generator) -> Int[Ints, " play"]:
        own = (first_ix[bot_ix] + (rng.random(bot_ix.size) ** steepness * stretch_count).astype(np.int64)) % track_count
        hit = pushed[(rng.random(bot_ix.size) ** (2 * steepness) * track_count).astype(np.int64)]
        return np.where(rng.random(bot_ix.size) < knobs.hit_share, hit, own)

    return aimed


def act_of(operation: Operation, *, stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """Accounts, tracks and bots, all members of one ring, and all plays of its tracks."""
    front, crew = operation.front, operation.crew
    own = Rows(
        listeners=listener_rows(crew, numbers, rng),
        logins=login_rows(crew, stage=stage, rng=rng),
        subjects=subjects_of(LISTENER, crew.listener_id),
    )
    taken_over = Rows(
        logins=login_rows(crew, stage=stage, rng=rng) if rng.random() < LOGS_IN_SHARE else Rows().logins,
        subjects=subjects_of(LISTENER, crew.listener_id, "victim"),
    )
    put_up = front_rows(front, crew.knobs, stage=stage, numbers=numbers, rng=rng)

    def plays_on(day: int, rng: Generator) -> list[Plays]:
        fake = crew_plays(crew, day, aim=operation.aim, targets=operation.targets, stage=stage, rng=rng)
        return [fake, habit_plays(stage, operation.casual, day, rng)]

    return Act(
        rows=together([put_up, taken_over if operation.takes_over else own]),
        plays_on=plays_on,
        earning_track_id=front.repertoire.track_id,
        costs_eur=costs_of(
            crew.knobs,
            stage.window.day_count,
            bots=crew.count,
            accounts=front.account_id.size,
            tracks=front.content.layout.track_count,
            releases=front.content.layout.release_count,
            takes_over=operation.takes_over,
        ),
        loudness=loudness(crew),
        first_day=int(crew.first_day.min()),
    )


def loudness(crew: Crew) -> float:
    """Plays a day; up to four times as loud where bots never sleep, stop at 30 s, and share machines."""
    knobs = crew.knobs
    signs = (1 - knobs.sleep_share) + knobs.just_paid_share + max(0.0, 1 - knobs.devices_per_bot)
    return float(crew.pace.sum()) * (1 + signs)
