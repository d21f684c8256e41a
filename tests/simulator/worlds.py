"""Worlds written and read back, and single groups on a stage of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from graphfraud.simulator.act import Act
from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.audience.plays import Plays, all_plays
from graphfraud.simulator.audience.stage import Stage, stage_set
from graphfraud.simulator.cast import ATTACKS, LOOKALIKES, AskedAttack, Group, rings_entered
from graphfraud.simulator.operations.knobs import Span
from graphfraud.simulator.platform.chance import Ints, rng_for
from graphfraud.simulator.platform.rows import Numbers, Rows
from graphfraud.simulator.world import END_AT, SMALLEST_SCALE, WorldSettings, WrittenWorld, write_world

SUBJECT = ["subject_kind", "subject_id"]
BORN = {"account": "created_at", "track": "uploaded_at", "listener": "created_at"}
"""When each kind of subject came, in the table of its name."""
FEED = ("accounts", "tracks", "listeners", "logins", "embeddings", "labels")
TRUTH = ("rings", "lookalikes", "streams", "ledger")
BUSY: Mapping[str, float] = {
    "bots": 200,
    "plays_per_day": 20,
    "plays_per_session": 3,
    "days": 60,
    "start_share": 0,
    "idle_day_share": 0,
    "turnover": 1,
    "ramp_share": 0,
    "evenness": 50,
    "budget_eur": 1e6,
}
"""Knobs of a ring that plays a lot from the first day to the last, by bots who are much alike."""


@dataclass(frozen=True, slots=True)
class World:
    """What was written, read back."""

    folder: Path
    written: WrittenWorld
    feed: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]

    @property
    def plays(self) -> pl.DataFrame:
        """The streams, each with the truth about it."""
        return self.feed["streams"].join(self.truth["streams"], on="stream_id", maintain_order="left")

    @property
    def born(self) -> pl.DataFrame:
        """Every subject, and when it came: subject_kind, subject_id, born."""
        return pl.concat(
            self.feed[f"{kind}s"].select(pl.lit(kind).alias("subject_kind"), subject_id=f"{kind}_id", born=at)
            for kind, at in BORN.items()
        )

    def ids(self, kind: str) -> pl.Series:
        """Ids of all subjects of a kind."""
        return self.feed[f"{kind}s"][f"{kind}_id"]

    def in_rings(self, kind: str, role: str = "member") -> pl.Series:
        """Ids of the subjects of a kind that rings have in this role."""
        return self.truth["rings"].filter(subject_kind=kind, role=role)["subject_id"]

    def look_like(self, lookalike: str, kind: str) -> pl.Series:
        """Ids of the subjects of a kind that look like fraud in this way."""
        return self.truth["lookalikes"].filter(kind=lookalike, subject_kind=kind)["subject_id"]


def made_world(folder: Path, **settings: Any) -> World:
    """The world of these settings, as small as they get unless they say otherwise."""
    written = write_world(folder, WorldSettings(**{"scale": SMALLEST_SCALE, "seed": 1, **settings}))
    feed = {name: pl.read_parquet(folder / "feed" / f"{name}.parquet") for name in FEED}
    truth = {name: pl.read_parquet(folder / "truth" / f"{name}.parquet") for name in TRUTH}
    return World(folder, written, feed | {"streams": pl.read_parquet(folder / "feed" / "streams")}, truth)


def only(kind: str, *, rings: int = 1, **knobs: float) -> dict[str, AskedAttack]:
    """This attack and no other, with these values of its knobs."""
    return {kind: AskedAttack(ring_count=rings, ranges={name: Span(value, value) for name, value in knobs.items()})}


@dataclass(frozen=True, slots=True)
class Performance:
    """One group alone on the stage, and all that it would play in the window."""

    stage: Stage
    numbers: Numbers
    group: Group
    plays: Plays
    day: Ints
    """Day of the window, of each play."""

    @property
    def rows(self) -> Rows:
        """What it brings before the first day."""
        return self.group.act.rows

    @property
    def fake(self) -> Plays:
        """The plays that nobody hears."""
        return Plays(**{name: getattr(self.plays, name)[self.plays.fake] for name in Plays.__slots__})

    @property
    def own_track_id(self) -> Ints:
        """The tracks that it is paid for."""
        return self.group.act.earning_track_id

    def subjects(self, kind: str, role: str = "member") -> Ints:
        """Numbers of the subjects of a kind that have this role."""
        return self.rows.subjects.filter(subject_kind=kind, role=role)["subject_id"].to_numpy()


@dataclass(frozen=True, slots=True)
class Theatre:
    """An honest platform, onto which one group at a time comes."""

    stage: Stage
    counts: Mapping[str, int]

    @property
    def numbers(self) -> Numbers:
        """The numbers that the platform has left."""
        left = Numbers()
        left.counts.update(self.counts)
        return left

    def entered(self, kind: str, *, seed: int = 1, **knobs: float) -> Act:
        """What a ring of this attack with these values of its knobs brings, or an honest group; nothing is played."""
        if kind in LOOKALIKES:
            return LOOKALIKES[kind].entered(self.stage, self.numbers, rng_for(seed, kind, 0))
        (group,) = rings_entered(self.stage, self.numbers, only(kind, **knobs), level=0, seed=seed)
        return group.act

    def ring(self, kind: str, *, seed: int = 1, **knobs: float) -> Performance:
        """A ring of this attack with these values of its knobs, and all its plays."""
        numbers = self.numbers
        (group,) = rings_entered(self.stage, numbers, only(kind, **knobs), level=0, seed=seed)
        return performance(self.stage, numbers, group, seed)

    def lookalike(self, kind: str, *, seed: int = 1) -> Performance:
        """A group of honest people of this kind."""
        numbers = self.numbers
        act = LOOKALIKES[kind].entered(self.stage, numbers, rng_for(seed, kind, 0))
        return performance(self.stage, numbers, Group(kind=kind, index=0, is_attack=False, act=act), seed)


def theatre_of(scale: float, *, seed: int = 1, day_count: int = 28) -> Theatre:
    """The honest platform of this scale."""
    numbers = Numbers()
    window = Window(end_ms=int(END_AT.timestamp()) * 1_000, day_count=day_count)
    stage = stage_set(scale=scale, window=window, seed=seed, numbers=numbers)
    return Theatre(stage, dict(numbers.counts))


def performance(stage: Stage, numbers: Numbers, group: Group, seed: int) -> Performance:
    """The group's plays of all days, drawn as a world draws them."""
    days = [
        all_plays([*group.act.plays_on(day, rng_for(seed, group.kind, group.index, day)), *NO_PLAYS])
        for day in range(stage.window.day_count)
    ]
    day = np.repeat(np.arange(len(days)), [plays.count for plays in days])
    return Performance(stage, numbers, group, all_plays(days), day)


NO_PLAYS = [Plays(**{name: np.zeros(0, bool if name == "fake" else np.int64) for name in Plays.__slots__})]
"""A part without a play, for groups that pause on a day."""
RING_KINDS = tuple(ATTACKS)
LOOKALIKE_KINDS = tuple(LOOKALIKES)
