"""What each month of each track is worth: its streams, how many nobody listened to, what is withheld.

Withholding is arithmetic, never a penalty: it follows who played and touches nobody's verdict.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import polars as pl

from graphfraud.config import Payout

ONE: Final = 2**32
"""A risk of 1 in fixed point. Sums of integers do not depend on row order, and up to 2**31 streams
of one track-month stay within 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stolen:
    """Plays that somebody else makes in honest listeners' names: a victim's plays of its ring's tracks."""

    victims: pl.LazyFrame
    """suspicion, listener_id, risk (that the victim's plays of the ring are stolen), waits (their payment does)."""
    tracks: pl.LazyFrame
    """suspicion, track_id."""


def track_months(
    streams: pl.LazyFrame, listener_risk: pl.LazyFrame, payout: Payout, as_of: datetime, *, stolen: Stolen | None = None
) -> pl.LazyFrame:
    """One row for each month of each track with a stream before `as_of`, as `tables.TrackMonths`, in key order.

    `streams` has listener_id, track_id, started_at and played_ms; `listener_risk` listener_id, risk
    and verdict. A listener without a risk counts as an honest one. Withheld are the payable streams
    that listeners under a verdict other than allow are expected to have faked, and those that somebody
    else made in a victim's name, rounded.
    """
    before = streams.filter(pl.col("started_at") < as_of)
    first_stream = before.select(pl.col("started_at").min()).collect(engine="streaming").item()
    plays = _monthly_plays(before, payout).collect(engine="streaming").lazy()
    risky = plays.join(_fixed_point_risk(listener_risk), on="listener_id", how="left")
    months = (risky if stolen is None else _with_stolen(risky, stolen)).group_by("track_id", "month")
    counted = months.agg(
        pl.col("streams").sum(),
        pl.col("payable_streams").sum(),
        artificial=_expected_fakes("streams", "risk"),
        withheld=_expected_fakes("payable_streams", "withheld_risk"),
    )
    eligibility = _eligibility(plays, first_stream, payout)
    return (
        counted.join(eligibility, on=["track_id", "month"], how="left")
        .select(
            "track_id",
            "month",
            "streams",
            "payable_streams",
            artificial_streams=pl.col("artificial") / ONE,
            artificial_share=pl.col("artificial") / ONE / pl.col("streams"),
            withheld_streams=(pl.col("withheld") + ONE // 2) // ONE,
            eligible="eligible",
        )
        .sort("track_id", "month")
    )


def _monthly_plays(streams: pl.LazyFrame, payout: Payout) -> pl.LazyFrame:
    """Streams and payable streams of each track by each listener in each month."""
    return streams.group_by("track_id", "listener_id", month=pl.col("started_at").dt.date().dt.month_start()).agg(
        streams=pl.len().cast(pl.Int64),
        payable_streams=(pl.col("played_ms") >= payout.payable_from_ms).sum().cast(pl.Int64),
    )


def _fixed_point_risk(listener_risk: pl.LazyFrame) -> pl.LazyFrame:
    """Risk of each listener in units of 1 / ONE, and the same where its plays wait for payment, else 0."""
    risk = (pl.col("risk") * ONE).round().cast(pl.Int64)
    pays = pl.col("verdict") == "allow"
    return listener_risk.select("listener_id", risk=risk, withheld_risk=pl.when(pays).then(0).otherwise(risk))


def _with_stolen(plays: pl.LazyFrame, stolen: Stolen) -> pl.LazyFrame:
    """The plays, those of a victim on its ring's tracks at the risk that they are stolen where that is greater."""
    taken = (
        plays.join(stolen.victims.rename({"risk": "stolen"}), on="listener_id")
        .join(stolen.tracks, on=["suspicion", "track_id"], how="semi")
        .with_columns((pl.col("stolen") * ONE).round().cast(pl.Int64))
        .group_by("listener_id", "track_id")
        .agg(pl.col("stolen").max(), waiting=pl.col("stolen").filter("waits").max())
    )
    return plays.join(taken, on=["listener_id", "track_id"], how="left").with_columns(
        risk=pl.max_horizontal("risk", "stolen"), withheld_risk=pl.max_horizontal("withheld_risk", "waiting")
    )


def _expected_fakes(count: str, risk: str) -> pl.Expr:
    """Expected fakes among a track-month's plays, in units of 1 / ONE."""
    return (pl.col(count) * pl.col(risk).fill_null(0)).sum()


def _eligibility(plays: pl.LazyFrame, first_stream: datetime | None, payout: Payout) -> pl.LazyFrame:
    """track_id, month, eligible: whether the 12 months before earn it a payment.

    Only for months that the feed covers so far back, by the day on which it begins.
    """
    nobody = plays.select("track_id", "month", eligible=pl.lit(None, pl.Boolean)).clear()
    if first_stream is None:
        return nobody
    months: list[date] = plays.select(pl.col("month").unique().sort()).collect()["month"].to_list()
    covered = [month for month in months if _year_before(month) >= first_stream.date()]
    return pl.concat([nobody, *(_eligible_in(plays, month, payout) for month in covered)])


def _eligible_in(plays: pl.LazyFrame, month: date, payout: Payout) -> pl.LazyFrame:
    """track_id, month, eligible for one covered month."""
    of_month = plays.filter(pl.col("month") == month).select("track_id", "month").unique()
    year = plays.filter(pl.col("month").is_between(_year_before(month), month, closed="left"))
    earned = (
        year.filter(pl.col("payable_streams") > 0)
        .group_by("track_id")
        .agg(pl.col("payable_streams").sum(), listener_count=pl.col("listener_id").n_unique())
    )
    has_streams = pl.col("payable_streams").fill_null(0) >= payout.min_yearly_streams_count
    has_listeners = pl.col("listener_count").fill_null(0) >= payout.min_yearly_listeners_count
    joined = of_month.join(earned, on="track_id", how="left")
    return joined.select("track_id", "month", eligible=has_streams & has_listeners)


def _year_before(month: date) -> date:
    return month.replace(year=month.year - 1)
