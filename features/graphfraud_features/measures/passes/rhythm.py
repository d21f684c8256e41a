"""What the order of a listener's plays tells: days, gaps, sleep, and journeys."""

from typing import Final

import polars as pl

from graphfraud_features.measures.platform import FIXED_POINT, fixed

SLEEP_HOURS: Final = 4
"""A pause that the shortest of sleepers needs."""
FLIGHT_HOURS: Final = 1
"""From a play in one country to a play in the next no flight takes less."""
SEAM_MS: Final = 2_000
"""A play that starts this close to the end of the last one was started by nobody."""


def rhythm(plays: pl.DataFrame) -> pl.DataFrame:
    """One row a listener: day_count, span_days, gap_spread_nats, longest_awake_h, and counts of kinds of gaps.

    The counts: gap_count, seam_count (back to back), placed_gap_count (country known at both ends) and leap_count
    (from one country to another within FLIGHT_HOURS).
    """
    # What is sorted by is all that is read: plays of one instant leave no trace of their order.
    ordered = plays.lazy().select("listener_ix", "started_at", "played_ms", "country")
    steps = ordered.sort("listener_ix", "started_at", "played_ms", "country").with_columns(**_steps()).collect().lazy()
    stretches = steps.group_by("listener_ix", "stretch").agg(
        awake=pl.col("started_at").max() - pl.col("started_at").min()
    )
    awake = stretches.group_by("listener_ix").agg(longest_awake_h=pl.col("awake").max().dt.total_seconds() / 3_600)
    return (
        steps.group_by("listener_ix")
        .agg(**_counts(), **_gap_moments())
        .join(awake, on="listener_ix")
        .select(
            pl.exclude("gap_fp", "gap_square"),
            gap_spread_nats=_spread(),
        )
        .collect()
    )


def _steps() -> dict[str, pl.Expr]:
    """Of each play what it is to the one before of its listener; null or true where it is the first."""
    first = pl.col("listener_ix") != pl.col("listener_ix").shift(1, fill_value=-1)
    gap_ms = pl.when(~first).then((pl.col("started_at") - pl.col("started_at").shift(1)).dt.total_milliseconds())
    known = ~first & pl.col("country").is_not_null() & pl.col("country").shift(1).is_not_null()
    day = pl.col("started_at").dt.date()
    return {
        "gap_ms": gap_ms,
        "is_new_day": first | (day != day.shift(1)),
        "stretch": (first | (gap_ms > SLEEP_HOURS * 3_600_000)).fill_null(value=True).cum_sum(),
        "is_seam": ((gap_ms - pl.col("played_ms").shift(1)).abs() <= SEAM_MS).fill_null(value=False),
        "is_placed": known,
        "is_leap": known
        & (pl.col("country") != pl.col("country").shift(1)).fill_null(value=False)
        & (gap_ms < FLIGHT_HOURS * 3_600_000).fill_null(value=False),
        "gap_fp": fixed((gap_ms / 1_000).log1p()),
    }


def _counts() -> dict[str, pl.Expr]:
    days = pl.col("started_at").max().dt.date() - pl.col("started_at").min().dt.date()
    return {
        "day_count": pl.col("is_new_day").sum().cast(pl.Int64),
        "span_days": days.dt.total_days() + 1,
        "gap_count": pl.col("gap_ms").count().cast(pl.Int64),
        "seam_count": pl.col("is_seam").sum().cast(pl.Int64),
        "placed_gap_count": pl.col("is_placed").sum().cast(pl.Int64),
        "leap_count": pl.col("is_leap").sum().cast(pl.Int64),
    }


def _gap_moments() -> dict[str, pl.Expr]:
    # A square of fixed point would overflow: ten bits fewer are precise enough.
    return {
        "gap_fp": pl.col("gap_fp").sum(),
        "gap_square": (pl.col("gap_fp") // 1_024).pow(2).sum(),
    }


def _spread() -> pl.Expr:
    """The deviation of log(1 + seconds) between plays."""
    count = pl.when(pl.col("gap_count") > 0).then(pl.col("gap_count"))
    mean = pl.col("gap_fp") / (count * FIXED_POINT)
    square = pl.col("gap_square") / (count * (FIXED_POINT / 1_024) ** 2)
    return (square - mean.pow(2)).clip(lower_bound=0.0).sqrt()
