"""An upload ring: accounts that flood the catalogue with near copies, and play them a little.

The sounds vary a few sources, of their own or taken from others; the accounts share a payee, or do not.
"""

from typing import Final

import numpy as np
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import Content, Layout, layout_drawn, song_durations_ms
from graphfraud.simulator.operations.knobs import Care, Knobs, even, wide
from graphfraud.simulator.operations.operation import act_drawn
from graphfraud.simulator.platform.chance import Ints, choices
from graphfraud.simulator.platform.owners import GENRE_SHARE
from graphfraud.simulator.platform.rows import Numbers
from graphfraud.simulator.platform.sound import near_copies, sounds_drawn

OWN_SHARE: Final = 0.6
"""Of the rings, those that copy sounds of their own; the others take well-known ones."""


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """One ring: its accounts, its tracks, a few bots, and honest listeners who stumble on them."""
    content = _copies(layout_drawn(knobs, stage, rng), stage, rng)
    return act_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)


def _copies(layout: Layout, stage: Stage, rng: Generator) -> Content:
    """Copies of some sounds, new or taken from well-known tracks, a genre a sound."""
    source_count = max(2, layout.track_count // int(rng.integers(3, 40)))
    genre_ix = choices(GENRE_SHARE, source_count, rng)
    artist_ix = np.arange(source_count)
    own = sounds_drawn(stage.sound_space, genre_ix, artist_ix, artist_ix, rng)
    taken_ix = choices(stage.catalogue.pull, source_count, rng)
    takes = rng.random() >= OWN_SHARE
    sources = stage.sounds[taken_ix] if takes else own
    genre_ix = stage.catalogue.genre_ix[taken_ix] if takes else genre_ix
    source_ix = _sources(layout, genre_ix, rng)
    return Content(
        layout=layout,
        genre_ix=genre_ix[source_ix],
        duration_ms=song_durations_ms(np.full(layout.track_count, rng.uniform(90, 240)), rng),
        sounds=near_copies(sources[source_ix], low=0.06, high=rng.uniform(0.15, 0.6), rng=rng),
    )


def _sources(layout: Layout, genre_ix: Int[Ints, " source"], rng: Generator) -> Int[Ints, " track"]:
    """The sound that each track copies: any of the genre that its release has."""
    of_release = genre_ix[rng.integers(0, genre_ix.size, layout.release_count)]
    by_genre = np.argsort(genre_ix, kind="stable")
    wanted = of_release[layout.release_ix]
    first = np.searchsorted(genre_ix[by_genre], wanted, side="left")
    past = np.searchsorted(genre_ix[by_genre], wanted, side="right")
    source_ix: Int[Ints, " track"] = by_genre[rng.integers(first, past)]
    return source_ix


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
