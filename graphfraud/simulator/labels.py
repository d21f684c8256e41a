"""What a review team leaves behind: few labels, late ones, of the loudest kinds, a little wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float
from numpy.random import Generator

from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.cast import Group, lookalike_subjects
from graphfraud.simulator.platform.chance import Floats, rng_for
from graphfraud.simulator.platform.rows import ACCOUNT, DAY_MS, INSTANT, LISTENER, TRACK, Rows

CLEARED_SHARE: Final = {ACCOUNT: 0.03, TRACK: 0.008, LISTENER: 0.01}
"""Of the honest subjects, those that somebody looked at by chance."""
CLEARED_LOOKALIKE_SHARE: Final = 0.3
STOPPED_SHARE: Final = {LISTENER: 0.93, TRACK: 0.8, ACCOUNT: 0.0}
"""Of a found ring's subjects, labelled or not: bots that are stopped, and tracks that are taken down."""
LOUDER: Final = 1.5
"""The share of rings is raised to this power for the quietest, and to its inverse for the loudest."""

LABEL: Final = ("subject_kind", "subject_id", "label", "decided_at", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTeam:
    """How much the team sees."""

    ring_share: float = 0.35
    """Of the rings, found in part; the loud ones sooner than the others."""
    delay_days: float = 9.0
    """From a ring's first play to its first label, in the middle."""
    wrong_share: float = 0.02
    """Of the labels, the wrong way round."""
    blind_to: tuple[str, ...] = ()
    """Kinds of attack that are never labelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What came of the reviews."""

    found: list[str]
    """Names of the rings that carry labels."""
    labels: pl.DataFrame
    stops: pl.DataFrame
    """Bots stopped and tracks taken down: subject_kind, subject_id, stopped_at."""


def review(
    groups: list[Group], honest_counts: Mapping[str, int], *, team: ReviewTeam, window: Window, seed: int
) -> Review:
    """The reviews of the window; `honest_counts` says how many subjects of each kind there are, from 0 on."""
    rings = [group for group in groups if group.is_attack]
    decided = [_decided(group, team, window, rng_for(seed, "review", ix)) for ix, group in enumerate(rings)]
    found = [
        (group.name, rows)
        for group, rows, seen in zip(rings, decided, _seen(rings, team, seed), strict=True)
        if seen and rows["is_labelled"].any()
    ]
    members = pl.concat([_NOTHING, *(rows for _, rows in found)])
    cleared = _cleared(lookalike_subjects(groups), honest_counts, window, rng_for(seed, "clearing"))
    labels = pl.concat([members.filter("is_labelled").select(LABEL), cleared.select(LABEL)])
    labels = labels.unique(["subject_kind", "subject_id"], keep="first", maintain_order=True)
    stops = members.filter("is_stopped").select("subject_kind", "subject_id", stopped_at="decided_at")
    return Review(
        found=[name for name, _ in found],
        labels=_partly_wrong(labels, team.wrong_share, rng_for(seed, "mistakes")),
        stops=stops,
    )


def of_those_there(reviewed: Review, rows: Rows) -> Review:
    """The same, without what was decided about subjects before they were there."""
    born = pl.concat(
        [
            rows.accounts.select(subject_kind=pl.lit(ACCOUNT), subject_id="account_id", born_at="created_at"),
            rows.tracks.select(subject_kind=pl.lit(TRACK), subject_id="track_id", born_at="uploaded_at"),
            rows.listeners.select(subject_kind=pl.lit(LISTENER), subject_id="listener_id", born_at="created_at"),
        ]
    )

    def known(decisions: pl.DataFrame, at: str) -> pl.DataFrame:
        dated = decisions.join(born, on=["subject_kind", "subject_id"], maintain_order="left")
        return dated.filter(pl.col(at) >= pl.col("born_at")).drop("born_at")

    return replace(reviewed, labels=known(reviewed.labels, "decided_at"), stops=known(reviewed.stops, "stopped_at"))


def _seen(rings: list[Group], team: ReviewTeam, seed: int) -> list[bool]:
    """Whether each ring is found: by chance, the louder the likelier; one at least of those that can be."""
    can_be = np.array([ring.kind not in team.blind_to for ring in rings], np.bool_)
    loudness = np.array([ring.act.loudness for ring in rings])
    rank = np.argsort(np.argsort(loudness)) / max(1, len(rings) - 1)
    likely = can_be * team.ring_share ** (LOUDER ** (1 - 2 * rank))
    luck = np.array([rng_for(seed, f"luck of {ring.name}").random() for ring in rings])
    seen = luck < likely
    if can_be.any() and team.ring_share > 0 and not seen.any():
        seen[np.argmax(np.where(can_be, likely / np.maximum(luck, 1e-9), -1))] = True
    return [bool(each) for each in seen]


_NOTHING: Final = pl.DataFrame(
    schema={
        "subject_kind": pl.String,
        "subject_id": pl.Int64,
        "label": pl.String,
        "decided_at": INSTANT,
        "source": pl.String,
        "is_labelled": pl.Boolean,
        "is_stopped": pl.Boolean,
    }
)


def _decided(group: Group, team: ReviewTeam, window: Window, rng: Generator) -> pl.DataFrame:
    """One ring's decisions, within hours of each other; some kinds of members are covered better than others."""
    members = group.subjects.filter(pl.col("role") == "member")
    began_ms = window.day_start_ms(group.act.first_day)
    found_ms = began_ms + team.delay_days * rng.lognormal(0, 0.5) * DAY_MS
    decided_ms = np.minimum(found_ms + rng.exponential(4 * 3_600_000, members.height), window.end_ms)
    coverage = {kind: rng.uniform(0.2, 0.9) for kind in CLEARED_SHARE}
    covered = members["subject_kind"].replace_strict(coverage, return_dtype=pl.Float64)
    stopped = members["subject_kind"].replace_strict(STOPPED_SHARE, return_dtype=pl.Float64)
    in_time = pl.Series(decided_ms < window.end_ms)
    return members.select(
        "subject_kind",
        "subject_id",
        label=pl.lit("fraud"),
        decided_at=_instants(decided_ms),
        source=pl.lit("review" if rng.random() < 0.7 else "partner report"),
        is_labelled=(pl.Series(rng.random(members.height)) < covered) & in_time,
        is_stopped=(pl.Series(rng.random(members.height)) < stopped) & in_time,
    )


def _cleared(
    lookalikes: pl.DataFrame, honest_counts: Mapping[str, int], window: Window, rng: Generator
) -> pl.DataFrame:
    """Honest subjects that were looked at: some by chance, more of those who look like fraud."""
    by_chance = [
        pl.DataFrame({"subject_id": np.flatnonzero(rng.random(honest_counts[kind]) < share)}).select(
            pl.lit(kind).alias("subject_kind"), "subject_id"
        )
        for kind, share in CLEARED_SHARE.items()
    ]
    suspects = lookalikes.select("subject_kind", "subject_id").unique().sort("subject_kind", "subject_id")
    suspects = suspects.filter(pl.Series(rng.random(suspects.height) < CLEARED_LOOKALIKE_SHARE))
    cleared = pl.concat([*by_chance, suspects]).unique().sort("subject_kind", "subject_id")
    decided_ms = rng.uniform(window.start_ms, window.end_ms - 1, cleared.height)
    appealed = pl.Series(rng.random(cleared.height) < 0.2)
    return cleared.with_columns(
        label=pl.lit("legitimate"),
        decided_at=_instants(decided_ms),
        source=pl.when(appealed).then(pl.lit("appeal")).otherwise(pl.lit("review")),
    )


def _partly_wrong(labels: pl.DataFrame, wrong_share: float, rng: Generator) -> pl.DataFrame:
    """The labels, some of them the wrong way round."""
    wrong = pl.Series(rng.random(labels.height) < wrong_share)
    other = pl.when(pl.col("label") == "fraud").then(pl.lit("legitimate")).otherwise(pl.lit("fraud"))
    return labels.with_columns(label=pl.when(wrong).then(other).otherwise("label"))


def _instants(instants_ms: Float[Floats, " decision"]) -> pl.Series:
    return pl.Series(instants_ms.astype(np.int64) * 1_000).cast(INSTANT)
