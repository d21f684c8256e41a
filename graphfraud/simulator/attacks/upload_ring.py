"""An upload ring: accounts that flood the catalogue with near copies, and play them a little.

The sounds vary a few sources, of their own or taken from others; the accounts share a payee, or do not.
"""

from typing import Final

import numpy as np
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import Content, song_durations_ms, track_count
from graphfraud.simulator.operations.knobs import Care, Knobs, even, wide
from graphfraud.simulator.operations.operation import act_drawn
from graphfraud.simulator.platform.chance import choices
from graphfraud.simulator.platform.owners import GENRE_SHARE
from graphfraud.simulator.platform.rows import Numbers
from graphfraud.simulator.platform.sound import near_copies, sounds_drawn


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One ring: its accounts, its tracks, a few bots, and honest listeners who stumble on them."""
    content = _copies(track_count(knobs, stage), stage, rng)
    return act_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)


def _copies(count: int, stage: Stage, rng: Generator) -> Content:
    """Copies of some sounds, new or taken from well-known tracks, a genre a sound."""
    source_count = max(2, count // int(rng.integers(3, 40)))
    genre_ix = choices(GENRE_SHARE, source_count, rng)
    artist_ix = np.arange(source_count)
    own = sounds_drawn(stage.sound_space, genre_ix, artist_ix, artist_ix, rng)
    taken = stage.sounds[choices(stage.catalogue.pull, source_count, rng)]
    sources = own if rng.random() < 0.6 else taken
    source_ix = rng.integers(0, source_count, count)
    return Content(
        genre_ix=genre_ix[source_ix],
        duration_ms=song_durations_ms(count, rng),
        sounds=near_copies(sources[source_ix], low=0.06, high=rng.uniform(0.15, 0.6), rng=rng),
    )


ATTACK: Final = Attack(
    kind="upload_ring",
    entered=entered,
    ranges={
        "bots": wide(4, 60),
        "accounts": Care(wide(3, 15), wide(8, 50)),
        "tracks": wide(40, 400),
        "upload_days": Care(wide(0.1, 4), wide(2, 120)),
        "shared_payee": Care(even(1, 1), even(0, 0)),
        "permuted_titles": Care(even(0.7, 1), even(0, 0.3)),
        "organic_share": Care(wide(0.05, 0.5), wide(0.2, 3)),
        "camouflage_share": even(0, 0.9),
        "breadth_share": even(0.2, 1),
    },
)
