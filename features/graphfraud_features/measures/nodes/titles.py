"""What titles say: mass uploads turn the same words around."""

import polars as pl


def title_words() -> pl.Expr:
    """The words of a track's title in lower case, whatever their order, with a space between."""
    return pl.col("title").str.to_lowercase().str.extract_all(r"[\p{L}\p{N}]+").list.sort().list.join(" ")


def same_titles(tracks: pl.LazyFrame, ends: pl.LazyFrame) -> pl.LazyFrame:
    """For each track of `ends`: how many others, of other accounts and of its own, have a title of the same words.

    `ends` has track_id and end_at, and only what was uploaded before counts: an account whose label is the end is not
    to be learned from what was uploaded after it.

    Columns: track_id, same_title_count, own_title_count.
    """
    titled = tracks.select("track_id", "account_id", "uploaded_at", words=title_words()).filter(pl.col("words") != "")
    asked = ends.select("track_id", "end_at").join(titled, on="track_id", how="left")
    by_owner = ["words", "account_id"]
    counted = _with_earlier(_with_earlier(asked, titled, ["words"], "everywhere"), titled, by_owner, "own")
    itself = (pl.col("uploaded_at") < pl.col("end_at")).fill_null(value=False).cast(pl.Int64)
    return counted.select(
        "track_id",
        same_title_count=pl.col("everywhere") - pl.col("own"),
        own_title_count=pl.col("own") - itself,
    )


def _with_earlier(asked: pl.LazyFrame, titled: pl.LazyFrame, alike: list[str], name: str) -> pl.LazyFrame:
    """The tracks asked for with how many of those that are alike were uploaded before their end."""
    by_instant = titled.group_by(*alike, "uploaded_at").agg(uploads=pl.len().cast(pl.Int64)).sort("uploaded_at")
    up_to = by_instant.select(*alike, "uploaded_at", pl.col("uploads").cum_sum().over(alike).alias(name))
    joined = asked.sort("end_at").join_asof(
        up_to.rename({"uploaded_at": "last_upload_at"}),
        left_on="end_at",
        right_on="last_upload_at",
        by=alike,
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return joined.drop("last_upload_at", strict=False).with_columns(pl.col(name).fill_null(0))
