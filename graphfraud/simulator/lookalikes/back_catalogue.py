"""A label's back catalogue: hundreds of tracks under many names, delivered in an hour, paid through one payee."""

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.regulars import casual_habit, habit_plays
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import front_drawn, front_rows, usual_content
from graphfraud.simulator.operations.knobs import even, knobs_drawn, wide
from graphfraud.simulator.platform.chance import log_uniform
from graphfraud.simulator.platform.rows import Numbers

RANGES: Final = {
    "accounts": wide(3, 15),
    "tracks": wide(60, 600),
    "start_share": even(0, 0.5),
    "preparation_days": wide(3, 60),
    "upload_days": wide(0.05, 1.5),
    "shared_payee": even(1, 1),
    "shared_device": even(0.7, 1),
    "permuted_titles": even(0, 0),
    "ramp_share": even(0, 0),
}
"""Operators and labels deliver alike; what differs is who listens."""


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """One label's artists, whom a scattered audience has waited for."""
    knobs = knobs_drawn(RANGES, level=0, rng=rng)
    content = usual_content(knobs, stage, rng)
    front = front_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)
    rows = front_rows(front, knobs, stage=stage, numbers=numbers, rng=rng)
    leads = np.arange(front.account_id.size) == 0
    accounts = rows.accounts.with_columns(
        account_type=pl.when(pl.Series(leads)).then(pl.lit("label")).otherwise("account_type")
    )
    habit = casual_habit(
        stage,
        front.repertoire,
        weight=front.weight,
        plays_per_day=log_uniform(rng, 0.02, 1.5) * front.repertoire.count,
        rng=rng,
    )
    return Act(
        rows=replace(rows, accounts=accounts),
        plays_on=lambda day, rng: [habit_plays(stage, habit, day, rng)],
    )


LOOKALIKE: Final = Lookalike(kind="back_catalogue", entered=entered)
