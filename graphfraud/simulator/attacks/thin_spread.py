"""A thin spread: bots that play very many generated tracks, each of them hardly ever."""

from typing import Final

import numpy as np
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import Content, layout_drawn, song_durations_ms
from graphfraud.simulator.operations.knobs import Care, Knobs, even, wide
from graphfraud.simulator.operations.operation import act_drawn
from graphfraud.simulator.platform.chance import choices
from graphfraud.simulator.platform.owners import GENRE_SHARE
from graphfraud.simulator.platform.rows import Numbers
from graphfraud.simulator.platform.sound import sounds_drawn


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One farm and its catalogue."""
    content = _generated(knobs, stage, rng)
    return act_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)


def _generated(knobs: Knobs, stage: Stage, rng: Generator) -> Content:
    """What a generator makes by the hour: a few prompts, each for many releases."""
    layout, prompt_count = layout_drawn(knobs, stage, rng), int(rng.integers(3, 40))
    prompt_ix = rng.integers(0, prompt_count, layout.release_count)[layout.release_ix]
    genre_ix = choices(GENRE_SHARE, prompt_count, rng)[prompt_ix]
    return Content(
        layout=layout,
        genre_ix=genre_ix,
        duration_ms=song_durations_ms(np.full(layout.track_count, rng.uniform(90, 240)), rng),
        sounds=sounds_drawn(stage.sound_space, genre_ix, prompt_ix, layout.release_ix, rng),
    )


ATTACK: Final = Attack(
    kind="thin_spread",
    entered=entered,
    ranges={
        "bots": wide(20, 250),
        "accounts": Care(wide(4, 40), wide(40, 400)),
        "tracks": wide(250, 2_000),
        "camouflage_share": even(0.2, 0.8),
        "breadth_share": even(0.05, 1),
        "organic_share": Care(wide(0.01, 0.2), wide(0.05, 0.8)),
        "upload_days": wide(1, 200),
    },
)
