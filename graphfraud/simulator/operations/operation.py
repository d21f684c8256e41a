"""One operator's whole operation: what is put up, the bots that play it, the people who stumble on it."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.audience.plays import Plays
from graphfraud.simulator.audience.regulars import Habit, casual_habit, habit_plays
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.costs import affordable_bots, costs_of
from graphfraud.simulator.operations.crews import Aim, Crew, crew_drawn, crew_plays, listener_rows, login_rows
from graphfraud.simulator.operations.fronts import Content, Front, front_drawn, front_rows
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.platform.chance import Floats, Ints
from graphfraud.simulator.platform.rows import LISTENER, Numbers, Rows, subjects_of, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Who works for whom."""

    front: Front
    crew: Crew
    aim: Aim
    casual: Habit
    """What honest people play of it."""
    takes_over: bool


def operation_drawn(
    knobs: Knobs,
    content: Content,
    *,
    stage: Stage,
    numbers: Numbers,
    rng: Generator,
    takes_over: bool = False,
    front: Front | None = None,
    aim: Aim | None = None,
) -> Operation:
    """An operation on this content; without an `aim`, each bot has its own stretch of the tracks."""
    wanted = max(4, round(knobs.bots * stage.crew_scale))
    bot_count = affordable_bots(knobs, wanted, takes_over=takes_over)
    front = front or front_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)
    crew = crew_drawn(knobs, bot_count, stage=stage, numbers=numbers, rng=rng, takes_over=takes_over)
    casual = casual_habit(
        stage,
        track_id=front.track_id,
        duration_ms=content.duration_ms,
        weight=front.weight,
        plays_per_day=knobs.organic_share * target_plays_per_day(crew),
        rng=rng,
    )
    own_stretch = stretches(knobs, crew.count, front.weight, rng)
    return Operation(front=front, crew=crew, aim=aim or own_stretch, casual=casual, takes_over=takes_over)


def act_drawn(
    knobs: Knobs,
    content: Content,
    *,
    stage: Stage,
    numbers: Numbers,
    rng: Generator,
    takes_over: bool = False,
    front: Front | None = None,
    aim: Aim | None = None,
) -> Act:
    """The act of an operation on this content; see `operation_drawn`."""
    operation = operation_drawn(
        knobs, content, stage=stage, numbers=numbers, rng=rng, takes_over=takes_over, front=front, aim=aim
    )
    return act_of(operation, stage=stage, numbers=numbers, rng=rng)


def target_plays_per_day(crew: Crew) -> float:
    """Expected plays of the tracks that pay, on a day."""
    return float(crew.pace.sum()) * (1 - crew.knobs.idle_day_share) * (1 - crew.knobs.camouflage_share)


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
    taken_over = Rows(subjects=subjects_of(LISTENER, crew.listener_id, "victim"))
    put_up = front_rows(front, crew.knobs, stage=stage, numbers=numbers, rng=rng)

    def plays_on(day: int, rng: Generator) -> list[Plays]:
        fake = crew_plays(
            crew,
            day,
            aim=operation.aim,
            track_id=front.track_id,
            duration_ms=front.content.duration_ms,
            stage=stage,
            rng=rng,
        )
        return [fake, habit_plays(stage, operation.casual, day, rng)]

    return Act(
        rows=together([put_up, taken_over if operation.takes_over else own]),
        plays_on=plays_on,
        earning_track_id=front.track_id,
        costs_eur=costs_of(
            crew.knobs,
            bots=crew.count,
            accounts=front.account_id.size,
            tracks=front.track_id.size,
            releases=int(front.release_ix.max()) + 1,
            takes_over=operation.takes_over,
        ),
        loudness=loudness(crew),
        first_day=int(crew.first_day.min()),
    )


def loudness(crew: Crew) -> float:
    """Plays a day, twice as loud where bots never sleep, stop at 30 s, or share machines."""
    knobs = crew.knobs
    signs = (1 - knobs.sleep_share) + knobs.just_paid_share + max(0.0, 1 - knobs.devices_per_bot)
    return float(crew.pace.sum()) * (1 + signs)
