"""A framed artist: somebody else's bots play an honest artist, to harm or to hide; the artist is a bystander."""

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack
from graphfraud.simulator.audience.repertoire import both, honest_repertoire
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.fronts import usual_content
from graphfraud.simulator.operations.knobs import Knobs, even, wide
from graphfraud.simulator.operations.operation import act_of, operation_drawn
from graphfraud.simulator.operations.shifts import Aim
from graphfraud.simulator.platform.chance import Ints
from graphfraud.simulator.platform.rows import ACCOUNT, TRACK, Numbers, subjects_of

KNOWN: Final = (0.3, 0.95)
"""How well known, among all artists, is whoever is framed."""
FRAMING_SHARE: Final = (0.1, 0.7)
"""Of the farm's effort."""


def entered(stage: Stage, numbers: Numbers, knobs: Knobs, rng: Generator) -> Act:
    """A farm with tracks of its own, which plays a few of an honest artist's, too."""
    content = usual_content(knobs, stage, rng)
    operation = operation_drawn(knobs, content, stage=stage, numbers=numbers, rng=rng)
    framed_ix = _framed_tracks(stage, rng)
    own_count = operation.targets.count
    framing = replace(
        operation,
        targets=both(operation.targets, honest_repertoire(stage, framed_ix)),
        aim=_framing(operation.aim, own_count, framed_ix.size, rng.uniform(*FRAMING_SHARE)),
    )
    act = act_of(framing, stage=stage, numbers=numbers, rng=rng)
    artist_id = np.unique(stage.catalogue.account_ix[framed_ix])
    framed = [subjects_of(ACCOUNT, artist_id, "bystander"), subjects_of(TRACK, framed_ix, "bystander")]
    return replace(act, rows=replace(act.rows, subjects=pl.concat([act.rows.subjects, *framed])))


def _framed_tracks(stage: Stage, rng: Generator) -> Int[Ints, " framed"]:
    """One to five tracks of one honest artist, out before the window."""
    catalogue = stage.catalogue
    out = np.flatnonzero(catalogue.uploaded_ms < stage.window.start_ms)
    artists = np.unique(catalogue.account_ix[out])
    known = artists[np.argsort(catalogue.owners.pull[artists])]
    artist_ix = known[int(rng.uniform(*KNOWN) * known.size)]
    return rng.permutation(out[catalogue.account_ix[out] == artist_ix])[: int(rng.integers(1, 6))]


def _framing(own_aim: Aim, own_count: int, framed_count: int, framing_share: float) -> Aim:
    """The farm's own aim, but for the share of the plays that goes to the framed artist."""

    def aimed(progress: float, bot_ix: Int[Ints, " play"], rng: Generator) -> Int[Ints, " play"]:
        frames = rng.random(bot_ix.size) < framing_share
        framed = own_count + rng.integers(0, framed_count, bot_ix.size)
        return np.where(frames, framed, own_aim(progress, bot_ix, rng))

    return aimed


ATTACK: Final = Attack(
    kind="framed_artist",
    entered=entered,
    ranges={"bots": wide(20, 200), "camouflage_share": even(0.1, 0.7), "tracks": wide(8, 80)},
)
