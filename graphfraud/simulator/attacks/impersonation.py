"""Impersonation: tracks under a star's name, with a later copy of the star's sound, found by people who search."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import Content, layout_drawn
from graphfraud.simulator.operations.knobs import Care, Knobs, even, wide
from graphfraud.simulator.operations.operation import act_drawn
from graphfraud.simulator.platform.chance import Ints, choices
from graphfraud.simulator.platform.rows import DAY_MS, Numbers
from graphfraud.simulator.platform.sound import near_copies
from graphfraud.simulator.platform.titles import languages_drawn, titles_drawn

DISGUISES: Final = ("{}", "{}", "{}", "{} ", "{}.", "{} Official", "{} Topic", "The {}", "{}\u200b")
"""How the name is written: as it is mostly, or so that nobody sees the difference."""
STAR_SHARE: Final = 0.03
"""Of the artists, the most heard."""


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One impostor of one star, with a few bots to begin with."""
    content = _stolen(knobs, stage, rng)
    return act_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)


def _stolen(knobs: Knobs, stage: Stage, rng: Generator) -> Content:
    catalogue, layout = stage.catalogue, layout_drawn(knobs, stage, rng)
    count = layout.track_count
    source_ix = _star_tracks(stage, count, stage.window.start_ms - int(knobs.preparation_days * DAY_MS), rng)
    tempo = rng.choice([1.0, 1.0, 1.05, 0.9, 1.2], count)
    return Content(
        layout=layout,
        genre_ix=catalogue.genre_ix[source_ix],
        duration_ms=np.maximum(31_000, catalogue.duration_ms[source_ix] / tempo).astype(np.int64),
        sounds=near_copies(stage.sounds[source_ix], low=0.05, high=rng.uniform(0.15, 0.7), rng=rng),
        title=titles_drawn(languages_drawn(catalogue.owners.country_ix[catalogue.account_ix[source_ix]], rng), rng),
        artist_name=_disguised(stage.artist_names.gather(catalogue.account_ix[source_ix]), rng),
    )


def _star_tracks(stage: Stage, count: int, before_ms: int, rng: Generator) -> Int[Ints, " track"]:
    """Tracks of one star that were out before the impostor set up; of the oldest, where nothing was."""
    catalogue, pull = stage.catalogue, stage.catalogue.owners.pull
    out = catalogue.uploaded_ms < max(before_ms, int(catalogue.uploaded_ms.min()) + 1)
    has_work = np.bincount(catalogue.account_ix[out], minlength=pull.size) > 0
    stars = np.flatnonzero(has_work & (pull >= np.quantile(pull[has_work], 1 - STAR_SHARE)))
    works = np.flatnonzero(out & (catalogue.account_ix == rng.choice(stars)))
    return works[choices(catalogue.pull[works], count, rng)]


def _disguised(names: pl.Series, rng: Generator) -> pl.Series:
    before, after = str(rng.choice(np.array(DISGUISES, dtype=object))).split("{}")
    return before + names + after


ATTACK: Final = Attack(
    kind="impersonation",
    entered=entered,
    ranges={
        "bots": wide(4, 60),
        "accounts": wide(1, 4),
        "tracks": wide(2, 25),
        "organic_share": wide(0.5, 8),
        "camouflage_share": even(0.1, 0.9),
        "permuted_titles": even(0, 0),
        "preparation_days": Care(wide(4, 40), wide(20, 400)),
        "plays_per_day": Care(wide(5, 30), wide(2, 12)),
    },
)
