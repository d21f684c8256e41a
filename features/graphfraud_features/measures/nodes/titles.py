"""What titles say: mass uploads turn the same words around."""

import polars as pl

from graphfraud_features.view import View


def title_words() -> pl.Expr:
    """The words of a track's title in lower case, whatever their order, with a space between."""
    return pl.col("title").str.to_lowercase().str.extract_all(r"[\p{L}\p{N}]+").list.sort().list.join(" ")


def same_titles(view: View) -> pl.LazyFrame:
    """For each track: how many other tracks, of other accounts and of its own, have a title of the same words.

    Columns: track_id, same_title_count, own_title_count.
    """
    titled = view.tracks.select("track_id", "account_id", words=title_words())
    everywhere = pl.len().over("words")
    own = pl.len().over("words", "account_id")
    has_words = pl.col("words") != ""
    return titled.select(
        "track_id",
        same_title_count=pl.when(has_words).then(everywhere - own).otherwise(0),
        own_title_count=pl.when(has_words).then(own - 1).otherwise(0),
    )
