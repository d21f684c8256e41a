"""What each ring took."""

from typing import Final

import polars as pl

ROYALTY_PER_STREAM_EUR: Final = 0.003
PAYABLE_FROM_MS: Final = 30_000


def ledger(rings: pl.DataFrame, streams: pl.DataFrame) -> pl.DataFrame:
    """By ring: artificial streams, the payable of them on the ring's own tracks, and their royalty in EUR.

    Camouflage earns for others, so that it is counted among the streams alone.
    """
    bots = rings.filter(pl.col("subject_kind") == "listener").select("ring", listener_id="subject_id")
    tracks = rings.filter(pl.col("subject_kind") == "track").select(track_ring="ring", track_id="subject_id")
    plays = streams.filter("fake").join(bots, on="listener_id").join(tracks, on="track_id", how="left")
    earns = (pl.col("played_ms") >= PAYABLE_FROM_MS) & pl.col("track_ring").eq_missing(pl.col("ring"))
    taken = plays.group_by("ring").agg(artificial_streams=pl.len(), earning_streams=earns.sum())
    taken = taken.with_columns(royalty_eur=(pl.col("earning_streams") * ROYALTY_PER_STREAM_EUR).round(2))
    amounts = taken.unpivot(index="ring", variable_name="item", value_name="amount")
    items = {"artificial_streams": "artificial streams", "earning_streams": "earning streams", "royalty_eur": "royalty"}
    return amounts.with_columns(pl.col("item").replace_strict(items), pl.col("amount").cast(pl.Float64)).sort(
        "ring", "item"
    )
