"""Features that tracks and accounts share: how they are played, and by whom."""

import polars as pl

from graphfraud_features.measures.nodes.finish import log1p, share
from graphfraud_features.measures.passes.mixes import evenness
from graphfraud_features.measures.platform import FIXED_POINT
from graphfraud_features.measures.plays import play_shape


def audience_features() -> dict[str, pl.Expr]:
    """What totals say of an audience, but for what needs the listeners to be known."""
    shape = play_shape()
    return {
        **shape,
        "play_log": log1p(pl.col("play_count")),
        "audience_log": log1p(pl.col("audience_count")),
        "audience_28d_log": log1p(pl.col("recent_audience_count")),
        "loyalty_log": share("play_count", "audience_count").log1p(),
        "top_listener_share": share("top_listener_plays", "play_count"),
        "audience_evenness": evenness(pl.col("listener_mix_fp"), pl.col("play_count"), pl.col("audience_count")),
        "audience_age_log": shape["age_at_play_log"],
    }


def company_features() -> dict[str, pl.Expr]:
    """What the listeners of an audience are, by the sums of `passes.company.effort`; null without a play."""
    return {
        "effort_share": share("effort_fp", "play_count") / FIXED_POINT,
        "closed_audience_share": share("closed_plays", "play_count"),
        "audience_oddness": share("oddness_fp", "play_count") / FIXED_POINT,
    }
