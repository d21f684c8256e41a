"""What reviewers decided: some rings found in part, honest subjects cleared, and found bots stopped.

Only true things are decided; what reviewers never looked at carries no label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float
from numpy.random import Generator

from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.platform.chance import Floats, rng_for
from graphfraud.simulator.platform.owners import DAY_MS
from graphfraud.simulator.platform.rows import INSTANT

FOUND_SHARE: Final = 0.6
"""Of the rings of each kind; one at least is found, and one at least is not."""
REVIEW_DAYS: Final = 10
STOPPED_SHARE: Final = 0.93
"""Of a found ring's bots, labelled or not."""
CLEARED_SHARE: Final = {"account": 0.06, "track": 0.02, "listener": 0.04}
CLEARED_LOOKALIKE_SHARE: Final = 0.4

LABEL: Final = ("subject_kind", "subject_id", "label", "decided_at", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What came of the last days' reviews."""

    found: pl.Series
    """Names of the rings that carry labels."""
    labels: pl.DataFrame
    stops: pl.DataFrame
    """Bots that were stopped: listener_id, stopped_at."""


def review(
    rings: pl.DataFrame, lookalikes: pl.DataFrame, honest_counts: Mapping[str, int], *, window: Window, seed: int
) -> Review:
    """The reviews of the window's last ten days; `honest_counts` says how many subjects of each kind, from 0 on."""
    found = _found(rings, seed)
    by_ring = rings.filter(pl.col("ring").is_in(found.implode())).group_by("ring", maintain_order=True)
    decided = pl.concat(
        [
            _decided(rings.clear(), window, rng_for(seed, "review of nobody")),
            *(_decided(members, window, rng_for(seed, f"review of {ring}")) for (ring,), members in by_ring),
        ]
    )
    cleared = _cleared(lookalikes, honest_counts, window, rng_for(seed, "clearing"))
    stopped = decided.filter("is_stopped", pl.col("subject_kind") == "listener")
    return Review(
        found=found,
        labels=pl.concat([decided.filter("is_labelled").select(LABEL), cleared.select(LABEL)]),
        stops=stopped.select(listener_id="subject_id", stopped_at="decided_at"),
    )


def without_stopped(events: pl.DataFrame, stops: pl.DataFrame, *, listener: str, at: str) -> pl.DataFrame:
    """The events without those of bots after they were stopped; `listener` and `at` name columns."""
    known = events.join(stops.rename({"listener_id": listener}), on=listener, how="left", maintain_order="left")
    return known.filter(pl.col("stopped_at").is_null() | (pl.col(at) < pl.col("stopped_at"))).drop("stopped_at")


def _found(rings: pl.DataFrame, seed: int) -> pl.Series:
    """The rings that reviewers find."""
    named = rings.select("ring", "kind").unique().sort("ring")
    luck = pl.Series("luck", [rng_for(seed, f"luck of {ring}").random() for ring in named["ring"]], dtype=pl.Float64)
    ring_count = pl.len().over("kind")
    found_count = (FOUND_SHARE * ring_count).round().clip(1, ring_count - 1)
    return named.with_columns(luck).filter(pl.col("luck").rank().over("kind") <= found_count)["ring"]


def _decided(members: pl.DataFrame, window: Window, rng: Generator) -> pl.DataFrame:
    """One ring's decisions, within hours of each other; some kinds of members are covered better than others."""
    found_ms = window.end_ms - rng.uniform(1, REVIEW_DAYS) * DAY_MS
    decided_ms = found_ms + rng.exponential(4 * 3_600_000, members.height)
    coverage = {kind: rng.uniform(0.4, 0.95) for kind in CLEARED_SHARE}
    covered = members["subject_kind"].replace_strict(coverage, return_dtype=pl.Float64)
    return members.with_columns(
        label=pl.lit("fraud"),
        decided_at=_instants(np.minimum(decided_ms, window.end_ms - 1)),
        source=pl.lit("review" if rng.random() < 0.7 else "partner report"),
        is_labelled=pl.Series(rng.random(members.height)) < covered,
        is_stopped=pl.Series(rng.random(members.height) < STOPPED_SHARE),
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
    decided_ms = window.end_ms - 1 - rng.random(cleared.height) * REVIEW_DAYS * DAY_MS
    appealed = pl.Series(rng.random(cleared.height) < 0.2)
    return cleared.with_columns(
        label=pl.lit("legitimate"),
        decided_at=_instants(decided_ms),
        source=pl.when(appealed).then(pl.lit("appeal")).otherwise(pl.lit("review")),
    )


def _instants(instants_ms: Float[Floats, " decision"]) -> pl.Series:
    return pl.Series(instants_ms.astype(np.int64) * 1_000).cast(INSTANT)
