"""What is known of a platform before its plays are measured: who is numbered how, and when people are awake."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from graphfraud_features.view import View

FIXED_POINT: Final = 2**20
"""One unit of a share or of a nat, in the integers that sums accumulate in."""
CURVE_PRIOR_PLAYS: Final = 200
"""A country's day curve starts as the platform's, with the weight of so many plays."""
NIGHT_HOURS: Final = 8


def fixed(share: pl.Expr) -> pl.Expr:
    """A share or a number of nats as an integer in fixed point."""
    return (share * FIXED_POINT).round(0).cast(pl.Int64)


@dataclass(frozen=True, slots=True)
class Platform:
    """Subjects by row number (the rank of their id), and the days of their countries."""

    listeners: pl.DataFrame
    """listener_id, listener_ix, joined_at, home, listener_end."""
    tracks: pl.DataFrame
    """track_id, track_ix, account_ix, duration_ms, uploaded_at, track_end (its own or its account's)."""
    accounts: pl.DataFrame
    """account_id, account_ix."""
    day_curves: pl.DataFrame
    """home, hour, is_night, flat_day_fp."""


def platform_of(view: View) -> Platform:
    """The platform of a view; reads two columns of its streams."""
    listeners = numbered(view.listeners, "listener").select(
        "listener_id", "listener_ix", joined_at="created_at", home="country", listener_end="end_at"
    )
    accounts = numbered(view.accounts, "account").select("account_id", "account_ix", account_end="end_at")
    tracks = (
        numbered(view.tracks, "track")
        .join(accounts, on="account_id", how="left", maintain_order="left")
        .select(
            *("track_id", "track_ix", "account_ix", "duration_ms", "uploaded_at"),
            track_end=pl.min_horizontal("end_at", "account_end"),
        )
    )
    at_home = view.streams.join(listeners, on="listener_id").select("home", hour=pl.col("started_at").dt.hour())
    hours = at_home.group_by("home", "hour").len().collect(engine="streaming")
    return Platform(
        listeners=listeners.collect(),
        tracks=tracks.collect(),
        accounts=accounts.drop("account_end").collect(),
        day_curves=day_curves(hours),
    )


def numbered(subjects: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """The subjects in the order of their ids, with their row number."""
    rows = subjects.sort(f"{kind}_id").with_row_index(f"{kind}_ix")
    return rows.with_columns(pl.col(f"{kind}_ix").cast(pl.Int32))


def day_curves(plays: pl.DataFrame) -> pl.DataFrame:
    """For each home country and UTC hour: is_night, and flat_day_fp = log((1/24) / share of plays).

    `plays` counts them (`len`) by home and hour. Averaged over a listener's plays, the latter says in nats how
    much better a flat day explains them than the country's; its mean does not depend on how many plays there are.
    """
    hours = pl.DataFrame({"hour": range(24)}, schema={"hour": pl.Int8})
    everywhere = plays.group_by("hour").agg(pl.col("len").sum())
    platform = hours.join(everywhere, on="hour", how="left").select(
        "hour", platform_share=(pl.col("len").fill_null(0) + 1) / (pl.col("len").fill_null(0) + 1).sum()
    )
    grid = plays.select("home").unique().join(platform, how="cross")
    seen = grid.join(plays, on=["home", "hour"], how="left").with_columns(pl.col("len").fill_null(0))
    smoothed = pl.col("len") + CURVE_PRIOR_PLAYS * pl.col("platform_share")
    share = smoothed / (pl.col("len").sum().over("home") + CURVE_PRIOR_PLAYS)
    quietness = pl.struct(share=share, hour="hour").rank("ordinal").over("home")
    return seen.select("home", "hour", is_night=quietness <= NIGHT_HOURS, flat_day_fp=fixed(-(24 * share).log()))
