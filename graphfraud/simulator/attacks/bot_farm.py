"""A bot farm: bots that play an operator's few tracks, hidden or not.

Every knob is drawn from a wide range, so some farms shout and some whisper: a farm may loop round
the clock on one machine, or keep its country's day on devices of its own and play mostly hits.
"""

from typing import Final

import numpy as np
from numpy.random import Generator

from graphfraud.simulator.attacks.bots import BotKnobs
from graphfraud.simulator.attacks.fronts import Content, FrontKnobs
from graphfraud.simulator.attacks.operation import Operation, operation_rows
from graphfraud.simulator.audience.plays import API, ARTIST, LIBRARY, PLAYLIST, RADIO, SEARCH
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import choices, log_uniform
from graphfraud.simulator.platform.owners import GENRE_SHARE
from graphfraud.simulator.platform.rows import Keys, Rows
from graphfraud.simulator.platform.sound import sounds_drawn
from graphfraud.simulator.platform.titles import titles_drawn

SOURCES_USED: Final = (PLAYLIST, PLAYLIST, LIBRARY, SEARCH, ARTIST, RADIO, API)
FEWEST_BOTS: Final = 6


def rows_added(stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """One farm: its accounts, tracks and bots, and the honest plays that its tracks get."""
    start_day, careful = int(rng.integers(0, 13)), rng.random() < 0.5
    front = _front_knobs(start_day, careful=careful, stage=stage, rng=rng)
    operation = Operation(
        front=front,
        content=_content(front, stage, rng),
        bots=_bot_knobs(start_day, careful=careful, stage=stage, rng=rng),
        mean_stray_count=log_uniform(rng, 0.5, 25),
    )
    return operation_rows(operation, stage=stage, keys=keys, rng=rng)


def _content(front: FrontKnobs, stage: Stage, rng: Generator) -> Content:
    """Tracks like everybody's, of an artist an account."""
    count = front.track_count
    genre_ix = rng.choice(choices(GENRE_SHARE, int(rng.integers(1, 4)), rng), count)
    artist_ix = np.arange(count) * front.account_count // count
    return Content(
        genre_ix=genre_ix,
        duration_ms=rng.integers(int(rng.integers(45_000, 180_000)), int(rng.integers(190_000, 300_000)), count),
        sounds=sounds_drawn(stage.sound_space, genre_ix, artist_ix, artist_ix, rng),
        titles=titles_drawn(count, rng),
    )


def _front_knobs(start_day: int, *, careful: bool, stage: Stage, rng: Generator) -> FrontKnobs:
    account_count = int(rng.integers(1, 6))
    return FrontKnobs(
        account_count=account_count,
        track_count=account_count + round(log_uniform(rng, 6, 50) * stage.crew_scale),
        start_day=start_day,
        preparation_days=log_uniform(rng, 60, 900) if careful else log_uniform(rng, 8, 90),
        upload_days=log_uniform(rng, 0.2, 200),
        shares_payee=rng.random() < (0.4 if careful else 0.8),
        shares_device=rng.random() < (0.3 if careful else 0.7),
    )


def _bot_knobs(start_day: int, *, careful: bool, stage: Stage, rng: Generator) -> BotKnobs:
    return BotKnobs(
        bot_count=max(FEWEST_BOTS, round(log_uniform(rng, 10, 45) * stage.crew_scale)),
        start_day=start_day,
        day_count=int(rng.integers(8, stage.window.day_count - start_day + 1)),
        plays_per_day=log_uniform(rng, 5, 16) if careful else log_uniform(rng, 8, 45),
        evenness=log_uniform(rng, 1, 4) if careful else log_uniform(rng, 2, 100),
        plays_per_session=log_uniform(rng, 2, 14) if careful else log_uniform(rng, 1, 40),
        idle_day_share=rng.uniform(0.1, 0.5) if careful else rng.uniform(0, 0.15),
        camouflage_share=rng.uniform(0.3, 0.7) if careful else rng.uniform(0, 0.45),
        breadth_share=rng.uniform(0.2, 1) if careful else 1.0,
        just_paid_share=rng.uniform(0, 0.1) if careful or rng.random() < 0.3 else rng.uniform(0.2, 0.98),
        skip_share=rng.uniform(0.1, 0.3) if careful else rng.uniform(0, 0.15),
        sleeps=rng.random() < (0.8 if careful else 0.25),
        machine_share=rng.uniform(0.6, 2) if careful else log_uniform(rng, 0.05, 1),
        address_share=rng.uniform(0.4, 2) if careful else log_uniform(rng, 0.03, 1),
        proxy_share=rng.uniform(0, 0.8) if careful else 0.0,
        country_count=int(rng.integers(1, 4)),
        age_days=log_uniform(rng, 60, 1_500) if careful else log_uniform(rng, 3, 200),
        source_ix=tuple(rng.choice(SOURCES_USED, int(rng.integers(1, 7 if careful else 4))).tolist()),
        plan_ix=tuple(rng.integers(0, 5, int(rng.integers(1, 4))).tolist()),
    )
