"""Who comes on after the honest platform; a new attack or look-alike is one file and one line in `CAST`.

Actors come on one after the other, each with draws and numbers of its own, and each sees only the
honest platform, so that one actor more changes nothing of what the others do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl
from numpy.random import Generator

from graphfraud.simulator.attacks import bot_farm, upload_ring
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.lookalikes import scene, shop, sleepers, super_fans
from graphfraud.simulator.platform.chance import rng_for
from graphfraud.simulator.platform.rows import SCHEMAS, Keys, Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An attack or a look-alike; `rows_added` is called once for each of its groups."""

    kind: str
    rows_added: Callable[[Stage, Keys, Generator], Rows]
    fewest: int
    per_scale: int
    is_attack: bool

    def group_count(self, scale: float) -> int:
        """Groups on a platform of this scale."""
        return max(self.fewest, round(self.per_scale * scale))


CAST: Final = (
    Actor(kind="bot_farm", rows_added=bot_farm.rows_added, fewest=2, per_scale=4, is_attack=True),
    Actor(kind="upload_ring", rows_added=upload_ring.rows_added, fewest=2, per_scale=4, is_attack=True),
    Actor(kind="super_fans", rows_added=super_fans.rows_added, fewest=2, per_scale=3, is_attack=False),
    Actor(kind="scene", rows_added=scene.rows_added, fewest=1, per_scale=3, is_attack=False),
    Actor(kind="shop", rows_added=shop.rows_added, fewest=1, per_scale=3, is_attack=False),
    Actor(kind="sleepers", rows_added=sleepers.rows_added, fewest=1, per_scale=3, is_attack=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One ring, or one group of honest people who look like one."""

    name: str
    kind: str
    is_attack: bool
    rows: Rows

    @property
    def subjects(self) -> pl.DataFrame:
        """Whom the truth names: `ring` (the group's name), kind, subject_kind, subject_id, role."""
        return self.rows.subjects.select(pl.lit(self.name).alias("ring"), pl.lit(self.kind).alias("kind"), pl.all())


NO_GROUP: Final = pl.DataFrame(schema={"ring": pl.String, "kind": pl.String, **SCHEMAS["subjects"]})
"""The subjects of no group at all."""


def groups_played(stage: Stage, *, scale: float, seed: int, cast: tuple[Actor, ...] = CAST) -> list[Group]:
    """Every group of every actor of the cast."""
    calls = [(actor, index) for actor in cast for index in range(actor.group_count(scale))]
    return [
        Group(
            name=f"{actor.kind}-{index}",
            kind=actor.kind,
            is_attack=actor.is_attack,
            rows=actor.rows_added(stage, Keys(1 + place), rng_for(seed, actor.kind, index)),
        )
        for place, (actor, index) in enumerate(calls)
    ]
