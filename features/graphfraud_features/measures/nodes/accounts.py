"""Features of accounts, as declared in `graphfraud.tables.AccountFeatures`."""

import polars as pl

from graphfraud.vocabulary import ACCOUNT
from graphfraud_features.measures.means import most_shared
from graphfraud_features.measures.measured import Measured
from graphfraud_features.measures.nodes.audience import audience_features, company_features
from graphfraud_features.measures.nodes.finish import days_between, finished_features, log1p, share
from graphfraud_features.measures.nodes.titles import same_titles
from graphfraud_features.measures.passes.mixes import evenness, mix_fp
from graphfraud_features.measures.platform import Platform
from graphfraud_features.view import View


def account_features(
    view: View, platform: Platform, measured: Measured, company: pl.DataFrame, used: pl.LazyFrame
) -> pl.LazyFrame:
    """One row for each account of the view; `company` has the sums of `passes.company.effort` by track."""
    key = "account_id"
    joined = (
        view.accounts.select(key, "created_at", pl.col("verified").cast(pl.Float64))
        .join(platform.accounts.lazy(), on=key)
        .join(_catalogue(view), on=key, how="left")
        .join(most_shared(used, ACCOUNT).rename({"subject_id": key}), on=key, how="left")
    )
    for part in (measured.accounts, _owned(measured.tracks, company, platform)):
        joined = joined.join(part.lazy(), on="account_ix", how="left")
    finished = joined.with_columns(**audience_features(), **company_features(), **_uploads(), **_spread(), **_sharing())
    return finished_features(ACCOUNT, key, finished)


def uploads_before_the_end(view: View) -> pl.LazyFrame:
    """Tracks that their account had uploaded before its end."""
    ends = view.accounts.select("account_id", account_end="end_at")
    return view.tracks.join(ends, on="account_id").filter(pl.col("uploaded_at") < pl.col("account_end"))


def _catalogue(view: View) -> pl.LazyFrame:
    """Tracks, the busiest upload day, the first upload and how common the titles are."""
    uploads = uploads_before_the_end(view)
    ends = uploads.select("track_id", end_at="account_end")
    uploads = uploads.join(same_titles(view.tracks, ends), on="track_id")
    days = uploads.group_by("account_id", pl.col("uploaded_at").dt.date().alias("day")).len()
    peaks = days.group_by("account_id").agg(peak_upload_count=pl.col("len").max())
    catalogue = uploads.group_by("account_id").agg(
        track_count=pl.len(),
        first_upload_at=pl.col("uploaded_at").min(),
        same_title_mean=pl.col("same_title_count").sum() / pl.len(),
        own_title_share=(pl.col("own_title_count") > 0).sum() / pl.len(),
    )
    return catalogue.join(peaks, on="account_id")


def _owned(tracks: pl.DataFrame, company: pl.DataFrame, platform: Platform) -> pl.DataFrame:
    """Sums over each account's tracks: of how their plays and their income spread, and of who listens."""
    played, paid = pl.col("play_count"), pl.col("is_paid")
    owned = tracks.join(company, on="track_ix", maintain_order="left").lazy()
    by_account = owned.with_columns(account_ix=platform.tracks["account_ix"]).filter(played > 0).group_by("account_ix")
    return by_account.agg(
        played_track_count=pl.len(),
        track_audience_count=pl.col("audience_count").sum(),
        top_track_plays=played.max(),
        paid_track_count=(paid > 0).sum().cast(pl.Int64),
        income_mix_fp=mix_fp(paid.filter(paid > 0)),
        effort_fp=pl.col("effort_fp").sum(),
        closed_plays=pl.col("closed_plays").sum(),
        oddness_fp=pl.col("oddness_fp").sum(),
    ).collect()


def _uploads() -> dict[str, pl.Expr]:
    return {
        "track_log": log1p(pl.col("track_count")),
        "peak_upload_log": log1p(pl.col("peak_upload_count")),
        "peak_upload_share": pl.col("peak_upload_count") / pl.col("track_count"),
        "same_title_log": log1p(pl.col("same_title_mean")),
        "age_at_upload_log": days_between(pl.col("created_at"), pl.col("first_upload_at")).log1p(),
    }


def _spread() -> dict[str, pl.Expr]:
    """How an account's plays spread over its tracks."""
    overlap = share("track_audience_count", "audience_count") / pl.col("played_track_count")
    income = evenness(pl.col("income_mix_fp"), pl.col("is_paid"), pl.col("paid_track_count"))
    return {
        "overlap_share": pl.when(pl.col("played_track_count") > 1).then(overlap),
        "top_track_share": share("top_track_plays", "play_count"),
        # Whatever is earned by one track is as uneven as can be, be it by a single play.
        "income_evenness": pl.when(pl.col("is_paid") > 0).then(income.fill_null(0.0)),
    }


def _sharing() -> dict[str, pl.Expr]:
    return {f"{kind}_sharing_log": log1p(pl.col(f"{kind}_others")) for kind in ("device", "address", "payee")}
