"""Features of tracks, as declared in `graphfraud.tables.TrackFeatures`."""

from typing import Final

import polars as pl

from graphfraud.vocabulary import TRACK
from graphfraud_features.measures.measured import Measured
from graphfraud_features.measures.nodes.audience import audience_features, company_features
from graphfraud_features.measures.nodes.finish import days_between, finished_features, log1p, share
from graphfraud_features.measures.nodes.titles import same_titles
from graphfraud_features.measures.platform import FIXED_POINT, Platform, fixed
from graphfraud_features.view import View

SOURCE_PRIOR_PLAYS: Final = 10
"""A track's mix of sources starts as the platform's, with the weight of so many plays."""


def track_features(view: View, platform: Platform, measured: Measured, company: pl.DataFrame) -> pl.LazyFrame:
    """One row for each track of the view; `company` has the sums of `passes.company.effort`."""
    key = "track_id"
    joined = platform.tracks.lazy().select(key, "track_ix", "uploaded_at", "duration_ms", end_at="track_end")
    titles = same_titles(view.tracks, joined)
    for part in (measured.tracks, company, _sources(measured.track_sources)):
        joined = joined.join(part.lazy(), on="track_ix", how="left")
    finished = joined.join(titles, on=key, how="left").with_columns(
        **audience_features(),
        **company_features(),
        top_source_share=share("top_source_plays", "play_count"),
        devices_per_listener_log=(pl.col("device_count") / pl.col("audience_count")).log(),
        duration_log=log1p(pl.col("duration_ms")),
        same_title_log=log1p(pl.col("same_title_count")),
        age_log=log1p(days_between(pl.col("uploaded_at"), pl.col("end_at"))),
    )
    return finished_features(TRACK, key, finished)


def _sources(plays: pl.DataFrame) -> pl.DataFrame:
    """Of each played track top_source_plays, and source_nats: the divergence of its mix from the platform's.

    The sum of p log(p / q) over all sources, p drawn to q where there are few plays; sources that the track
    lacks, which together have the rest of q, count as well.
    """
    usual = pl.col("plays").sum().over("source") / pl.col("plays").sum()
    count = pl.col("plays").sum().over("track_ix")
    ratio = (pl.col("plays") + SOURCE_PRIOR_PLAYS * usual) / (usual * (count + SOURCE_PRIOR_PLAYS))
    of_source = plays.lazy().select("track_ix", "plays", usual=usual, nats_fp=fixed(usual * ratio * ratio.log()))
    mixed = (
        of_source.with_columns(usual_fp=fixed(pl.col("usual")))
        .group_by("track_ix")
        .agg(
            pl.col("plays").max().alias("top_source_plays"),
            count=pl.col("plays").sum(),
            nats=pl.col("nats_fp").sum() / FIXED_POINT,
            lacking=1 - pl.col("usual_fp").sum() / FIXED_POINT,
        )
    )
    thinned = SOURCE_PRIOR_PLAYS / (pl.col("count") + SOURCE_PRIOR_PLAYS)
    nats = pl.col("nats") + pl.col("lacking") * thinned * thinned.log()
    return mixed.select("track_ix", "top_source_plays", source_nats=nats.clip(lower_bound=0.0)).collect()
