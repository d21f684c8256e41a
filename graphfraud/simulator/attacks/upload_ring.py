"""An upload ring: accounts that flood the catalogue with near copies, and play them a little.

The sounds vary a few sources, of their own or taken from others; titles turn the same words around.
"""

import numpy as np
import polars as pl
from numpy.random import Generator

from graphfraud.simulator.attacks.bots import BotKnobs
from graphfraud.simulator.attacks.fronts import Content, FrontKnobs
from graphfraud.simulator.attacks.operation import Operation, operation_rows
from graphfraud.simulator.audience.plays import AUTOPLAY, LIBRARY, PLAYLIST, RADIO, SEARCH
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import choices, log_uniform
from graphfraud.simulator.platform.owners import GENRE_SHARE
from graphfraud.simulator.platform.rows import Keys, Rows
from graphfraud.simulator.platform.sound import near_copies, sounds_drawn
from graphfraud.simulator.platform.titles import permuted_titles, titles_drawn


def rows_added(stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """One ring: its accounts, its tracks, a few bots, and honest listeners who stumble on them."""
    start_day = int(rng.integers(0, 15))
    front = _front_knobs(start_day, stage, rng)
    operation = Operation(
        front=front,
        content=_content(front.track_count, stage, rng),
        bots=_bot_knobs(start_day, stage, rng),
        mean_stray_count=log_uniform(rng, 0.2, 8),
    )
    return operation_rows(operation, stage=stage, keys=keys, rng=rng)


def _front_knobs(start_day: int, stage: Stage, rng: Generator) -> FrontKnobs:
    account_count = int(rng.integers(3, 11))
    return FrontKnobs(
        account_count=account_count,
        track_count=account_count + round(log_uniform(rng, 50, 260) * stage.crew_scale),
        start_day=start_day,
        preparation_days=log_uniform(rng, 5, 150),
        upload_days=log_uniform(rng, 0.2, 15),
        shares_payee=rng.random() < 0.6,
        shares_device=rng.random() < 0.5,
    )


def _bot_knobs(start_day: int, stage: Stage, rng: Generator) -> BotKnobs:
    return BotKnobs(
        bot_count=max(3, round(log_uniform(rng, 5, 16) * stage.crew_scale)),
        start_day=start_day,
        day_count=int(rng.integers(8, stage.window.day_count - start_day + 1)),
        plays_per_day=log_uniform(rng, 5, 30),
        evenness=log_uniform(rng, 1, 20),
        plays_per_session=log_uniform(rng, 2, 15),
        idle_day_share=rng.uniform(0, 0.5),
        camouflage_share=rng.uniform(0, 0.6),
        breadth_share=rng.uniform(0.2, 1),
        just_paid_share=rng.uniform(0.2, 0.9) if rng.random() < 0.5 else rng.uniform(0, 0.1),
        skip_share=rng.uniform(0, 0.3),
        sleeps=rng.random() < 0.6,
        machine_share=rng.uniform(0.1, 2),
        address_share=rng.uniform(0.1, 2),
        proxy_share=max(0.0, rng.uniform(-0.5, 0.5)),
        country_count=int(rng.integers(1, 3)),
        age_days=log_uniform(rng, 5, 900),
        source_ix=tuple(rng.choice((PLAYLIST, LIBRARY, SEARCH, RADIO, AUTOPLAY), int(rng.integers(1, 6))).tolist()),
        plan_ix=tuple(rng.integers(0, 5, int(rng.integers(1, 4))).tolist()),
    )


def _content(count: int, stage: Stage, rng: Generator) -> Content:
    """Copies of a few sounds, new or taken from well-known tracks, a genre a sound."""
    source_count = int(rng.integers(2, 7))
    genre_ix = choices(GENRE_SHARE, source_count, rng)
    artist_ix = np.arange(source_count)
    own = sounds_drawn(stage.sound_space, genre_ix, artist_ix, artist_ix, rng)
    taken = stage.sounds[choices(stage.catalogue.pull, source_count, rng)]
    sources = own if rng.random() < 0.6 else taken
    source_ix = rng.integers(0, source_count, count)
    return Content(
        genre_ix=genre_ix[source_ix],
        duration_ms=rng.integers(int(rng.integers(32_000, 140_000)), int(rng.integers(150_000, 280_000)), count),
        sounds=near_copies(sources[source_ix], low=0.06, high=rng.uniform(0.15, 0.6), rng=rng),
        titles=_titles(count, rng),
    )


def _titles(count: int, rng: Generator) -> pl.Series:
    """Permuted words mostly; a careful ring takes titles like everybody's."""
    permuted = permuted_titles(count, phrase_count=int(rng.integers(2, 12)), rng=rng)
    usual = titles_drawn(count, rng)
    return permuted if rng.random() < 0.65 else usual
