"""The cast: every attack and look-alike that has a file, and the groups that they bring onto the stage.

Actors come on one after the other, each with draws of its own, and each sees only the honest platform,
so that one actor more changes nothing of what the others do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

import polars as pl

import graphfraud.simulator.attacks
import graphfraud.simulator.lookalikes
from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Attack, Lookalike
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.knobs import Care, Span, knobs_drawn
from graphfraud.simulator.platform.chance import rng_for
from graphfraud.simulator.platform.rows import SCHEMAS, Numbers

BYSTANDER: Final = "bystander"
"""The role of honest subjects that an attack drags in; the truth names them among the look-alikes."""


def _named_in(package: ModuleType, name: str) -> list[object]:
    """What each module of the package calls `name`, in the order of the modules' names."""
    modules = sorted(module.name for module in iter_modules(package.__path__))
    return [getattr(import_module(f"{package.__name__}.{module}"), name) for module in modules]


ATTACKS: Final = {
    attack.kind: attack for attack in _named_in(graphfraud.simulator.attacks, "ATTACK") if isinstance(attack, Attack)
}
LOOKALIKES: Final = {
    lookalike.kind: lookalike
    for lookalike in _named_in(graphfraud.simulator.lookalikes, "LOOKALIKE")
    if isinstance(lookalike, Lookalike)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAttack:
    """What is asked of one kind of attack."""

    ring_count: int | None = None
    """None for as many as there are on a platform of this scale."""
    ranges: Mapping[str, Span | Care] = field(default_factory=dict)
    """Of the knobs that are asked for; the others keep the attack's own."""


EVERY_ATTACK: Final[Mapping[str, AskedAttack]] = dict.fromkeys(ATTACKS, AskedAttack())


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One ring, or one group of honest people who look like one."""

    kind: str
    index: int
    is_attack: bool
    act: Act

    @property
    def name(self) -> str:
        """What the truth calls it."""
        return f"{self.kind}-{self.index}"

    @property
    def subjects(self) -> pl.DataFrame:
        """Whom the truth names: `ring` (the group's name), kind, subject_kind, subject_id, role."""
        named = self.act.rows.subjects
        return named.select(pl.lit(self.name).alias("ring"), pl.lit(self.kind).alias("kind"), pl.all())


NO_GROUP: Final = pl.DataFrame(schema={"ring": pl.String, "kind": pl.String, **SCHEMAS["subjects"]})
"""The subjects of no group at all."""


def group_count(per_scale: float, scale: float) -> int:
    """Groups on a platform of this scale: one at least."""
    return max(1, round(per_scale * scale))


def rings_entered(
    stage: Stage, numbers: Numbers, asked: Mapping[str, AskedAttack], *, level: int, seed: int
) -> list[Group]:
    """Every ring of every attack asked for, by attackers who have adapted to this level."""
    groups = []
    for kind in sorted(asked):
        attack, count = ATTACKS[kind], asked[kind].ring_count
        ranges = {**attack.ranges, **asked[kind].ranges}
        for index in range(group_count(attack.per_scale, stage.scale) if count is None else count):
            rng = rng_for(seed, kind, index)
            knobs = knobs_drawn(ranges, level=level, rng=rng)
            act = attack.entered(stage, numbers, knobs, rng)
            groups.append(Group(kind=kind, index=index, is_attack=True, act=act))
    return groups


def lookalikes_entered(stage: Stage, numbers: Numbers, *, seed: int) -> list[Group]:
    """Every group of every look-alike."""
    return [
        Group(kind=kind, index=index, is_attack=False, act=each.entered(stage, numbers, rng_for(seed, kind, index)))
        for kind, each in sorted(LOOKALIKES.items())
        for index in range(group_count(each.per_scale, stage.scale))
    ]


def ring_subjects(groups: list[Group]) -> pl.DataFrame:
    """Members and victims of every ring."""
    found = pl.concat([NO_GROUP, *(group.subjects for group in groups if group.is_attack)])
    return found.filter(pl.col("role") != BYSTANDER)


def lookalike_subjects(groups: list[Group]) -> pl.DataFrame:
    """Honest people who look like fraud, and those whom an attack drags in; none of them a member of a ring."""
    named = pl.concat([NO_GROUP, *(group.subjects for group in groups)])
    honest = [group.name for group in groups if not group.is_attack]
    found = named.filter(
        pl.col("ring").is_in(pl.Series(honest, dtype=pl.String).implode()) | (pl.col("role") == BYSTANDER)
    )
    members = named.filter(
        pl.col("role") == "member", ~pl.col("ring").is_in(pl.Series(honest, dtype=pl.String).implode())
    )
    return found.join(members, on=["subject_kind", "subject_id"], how="anti", maintain_order="left")
