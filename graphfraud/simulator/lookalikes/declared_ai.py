"""Declared AI music that people like: much of it, made by one account, alike in sound, and honestly listened to."""

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.regulars import casual_habit, habit_plays
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import Content, front_drawn, front_rows, layout_drawn, song_durations_ms
from graphfraud.simulator.operations.knobs import even, knobs_drawn, wide
from graphfraud.simulator.platform.chance import choices, log_uniform
from graphfraud.simulator.platform.owners import GENRE_SHARE
from graphfraud.simulator.platform.rows import Numbers
from graphfraud.simulator.platform.sound import near_copies, sounds_drawn

RANGES: Final = {
    "accounts": even(1, 1),
    "tracks": wide(20, 250),
    "start_share": even(0, 0.3),
    "preparation_days": wide(20, 400),
    "upload_days": wide(5, 300),
    "permuted_titles": even(0, 0.5),
}


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """One maker, whose tracks say what they are."""
    knobs = knobs_drawn(RANGES, level=0, rng=rng)
    layout = layout_drawn(knobs, stage, rng)
    count = layout.track_count
    genre_ix = np.repeat(choices(GENRE_SHARE, 1, rng), count)
    same = np.zeros(count, np.int64)
    voice = sounds_drawn(stage.sound_space, genre_ix, same, same, rng)
    content = Content(
        layout=layout,
        genre_ix=genre_ix,
        duration_ms=song_durations_ms(np.full(count, rng.uniform(90, 240)), rng),
        sounds=near_copies(voice, low=0.05, high=rng.uniform(0.2, 0.6), rng=rng),
    )
    front = front_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)
    rows = front_rows(front, knobs, stage=stage, numbers=numbers, rng=rng)
    habit = casual_habit(
        stage,
        front.repertoire,
        weight=front.weight,
        plays_per_day=log_uniform(rng, 0.3, 6) * count,
        rng=rng,
    )
    declared = rows.tracks.with_columns(contains_ai=pl.lit("All" if rng.random() < 0.8 else "Partly"))
    return Act(rows=replace(rows, tracks=declared), plays_on=lambda day, rng: [habit_plays(stage, habit, day, rng)])


LOOKALIKE: Final = Lookalike(kind="declared_ai", entered=entered)
