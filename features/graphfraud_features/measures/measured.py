"""What is measured of every listener, track and account, in passes over slices of the plays.

First each slice of listeners gives its habits, its pairs and its share of what tracks and accounts get; then the
pairs are read again for what needs all audiences to be known; last, slices of tracks give their days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from graphfraud.config import FeatureSettings
from graphfraud_features.measures.hours import HoursFile
from graphfraud_features.measures.passes.calendar import track_days
from graphfraud_features.measures.passes.company import Standing, company, standing
from graphfraud_features.measures.passes.crowds import MEANS, crowding, crowds
from graphfraud_features.measures.passes.mixes import KIND_COUNT, MIX_FP, MOST_PLAYS, mixes
from graphfraud_features.measures.passes.pairs import (
    EDGE,
    audience,
    recent_choice,
    slice_pairs,
    slice_totals,
    with_accounts,
)
from graphfraud_features.measures.passes.rhythm import rhythm
from graphfraud_features.measures.passes.slices import Slice, listener_slices
from graphfraud_features.measures.passes.totals import Totals
from graphfraud_features.measures.platform import Platform
from graphfraud_features.measures.plays import enriched_plays, summed
from graphfraud_features.view import View

WEEK_HOUR: Final = pl.col("started_at").dt.weekday().cast(pl.Int16) * 24 + pl.col("started_at").dt.hour()
LISTENER_MIXES: Final = (
    (pl.col("source"), {"top_source_plays": MOST_PLAYS, "source_mix_fp": MIX_FP}),
    (WEEK_HOUR, {"week_hour_mix_fp": MIX_FP}),
    (pl.col("country"), {"country_count": KIND_COUNT}),
)
"""What is read of a listener's mixes: over which values, and the columns."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts and sums of a platform's subjects, by row number; those without a play have zeros, or no row."""

    listeners: pl.DataFrame
    tracks: pl.DataFrame
    accounts: pl.DataFrame
    track_sources: pl.DataFrame
    """track_ix, source, plays."""
    pairs: list[pl.DataFrame]
    """What the streamed edges say: listener_ix, track_ix, plays and the relation's facts; in order, a frame a slice."""
    standing: Standing


def measured(
    view: View,
    platform: Platform,
    used: pl.LazyFrame,
    settings: FeatureSettings,
    *,
    slice_plays: int,
    hours: HoursFile | None = None,
) -> Measured:
    """All that is measured of a view's plays, at most `slice_plays` of them held at once.

    `hours` gets the hours of all pairs.
    """
    tally = _Tally(
        tracks=Totals("track_ix", platform.tracks.height),
        accounts=Totals("account_ix", platform.accounts.height),
        platform=platform,
        hours=hours,
    )
    sizes = crowds(used)
    for cut in listener_slices(view.streams, platform.listeners, slice_plays):
        tally.add(_slice_plays(view, platform, cut, settings), sizes)
    tracks, accounts = tally.tracks.frame(), tally.accounts.frame()
    accounts = accounts.join(_by_account(tracks, platform), on="account_ix", how="left", maintain_order="left")
    known = standing(tracks, accounts, platform.tracks["account_ix"])
    listeners = pl.concat(tally.listeners).join(
        pl.concat(company(pairs, known) for pairs in tally.pairs), on="listener_ix", how="left"
    )
    days = track_days(view.streams, platform.tracks, tracks["play_count"], slice_plays)
    tracks = tracks.join(days, on="track_ix", how="left", maintain_order="left")
    return Measured(listeners, tracks, accounts, tally.track_sources, tally.pairs, known)


def _slice_plays(view: View, platform: Platform, cut: Slice, settings: FeatureSettings) -> pl.DataFrame:
    among = replace(platform, listeners=cut.subjects)
    return enriched_plays(cut.of(view.streams), among, settings).collect(engine="streaming")


def _by_account(tracks: pl.DataFrame, platform: Platform) -> pl.DataFrame:
    """The sums over an account's tracks of what its plays are."""
    sums = tracks.select(
        "play_count", *(c for c in tracks.columns if c.startswith(("is_", "in_")) or c.endswith("_fp"))
    )
    owned = sums.drop("listener_mix_fp").with_columns(account_ix=platform.tracks["account_ix"])
    return owned.group_by("account_ix").sum()


@dataclass(slots=True)
class _Tally:
    """What the slices gave so far."""

    tracks: Totals
    accounts: Totals
    platform: Platform
    hours: HoursFile | None
    listeners: list[pl.DataFrame] = field(default_factory=list)
    pairs: list[pl.DataFrame] = field(default_factory=list)
    track_sources: pl.DataFrame = field(default_factory=lambda: _counted_sources([]))

    def add(self, plays: pl.DataFrame, sizes: Mapping[str, pl.DataFrame]) -> None:
        pairs = self._pairs(plays)
        self.pairs.append(pairs.select(EDGE))
        self.listeners.append(_habits(plays, pairs, sizes))
        self.tracks.add(plays.lazy().group_by("track_ix").agg(summed()).collect())
        self.tracks.add(audience(pairs, "track_ix"))
        self.accounts.add(audience(with_accounts(pairs), "account_ix"))
        sources = plays.lazy().group_by("track_ix", "source").agg(plays=pl.len().cast(pl.Int64)).collect()
        self.track_sources = _counted_sources([self.track_sources, sources])

    def _pairs(self, plays: pl.DataFrame) -> pl.DataFrame:
        """The slice's pairs; their hours go to disk before anything else is made of the plays."""
        totals = slice_totals(plays, by_hour=self.hours is not None)
        if self.hours is not None:
            self.hours.add(totals, self.platform.listeners["listener_id"], self.platform.tracks["track_id"])
        return slice_pairs(plays, totals, self.platform.tracks["account_ix"])


def _habits(plays: pl.DataFrame, pairs: pl.DataFrame, sizes: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row a listener of the slice who played: all that its own plays tell."""
    own = plays.lazy().group_by("listener_ix").agg(summed()).collect()
    parts = [
        recent_choice(pairs),
        rhythm(plays),
        *(mixes(plays, "listener_ix", of, wanted) for of, wanted in LISTENER_MIXES),
        *(crowding(plays, kind, sizes[kind]) for kind in MEANS),
    ]
    for part in parts:
        own = own.join(part, on="listener_ix", how="left")
    return own


def _counted_sources(parts: list[pl.DataFrame]) -> pl.DataFrame:
    none = pl.DataFrame(schema={"track_ix": pl.Int32, "source": pl.String, "plays": pl.Int64})
    return pl.concat([none, *parts]).group_by("track_ix", "source").agg(pl.col("plays").sum())
