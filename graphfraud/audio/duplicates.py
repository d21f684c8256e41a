"""Near-duplicate risk: does a track sound like an earlier one of somebody else?

What counts as near is judged against the platform: the typical distance from a track to the
nearest track of another account. The earliest of a group of twins is taken for the original and
gets no evidence from those that came after it: a copied artist must not pay for the copy.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Bool, Float64, Int64

from graphfraud.audio.neighbours import nearest_neighbours
from graphfraud.config import AudioSettings

FEWEST_TRACKS: Final = 50
"""With fewer embeddings of a model there is no typical distance to judge by."""
SMALLEST_DISTANCE: Final = 1e-4
"""Cosine distance below which re-encoding hides any difference."""
TWIN_RATIO: Final = 8.0
"""A twin is so many times nearer than is typical."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateCalibration:
    """How much a near twin says: a share `prior` of fraud tracks have one; the rest look like any other."""

    prior: float
    slope: float
    offset: float

    def log_likelihood_ratio(self, likeness_nats: Float64[np.ndarray, " track"]) -> Float64[np.ndarray, " track"]:
        """Log of how much likelier the likeness is for a fraudulent track than for an honest one."""
        copied = np.log(self.prior) + self.slope * (likeness_nats - self.offset)
        return np.asarray(np.logaddexp(np.log1p(-self.prior), copied))


def duplicate_evidence(
    embeddings: pl.DataFrame, tracks: pl.DataFrame, settings: AudioSettings, *, threads: int, seed: int
) -> pl.DataFrame:
    """For each track with an embedding: its likeness to earlier tracks of other accounts.

    Columns: track_id, likeness_nats (log of how many times nearer than typical its nearest earlier
    twin lies, and of how many twins it has), twin_count, twin_track_id (the nearest), twin_cosine.
    Of several embedding models the one that finds the greater likeness speaks.
    """
    owned = embeddings.join(tracks.select("track_id", "account_id", "uploaded_at"), on="track_id").sort("track_id")
    found = [
        _evidence_of_model(rows, settings, threads=threads, seed=seed)
        for _, rows in sorted(owned.group_by("model"), key=lambda group: str(group[0]))
        if rows.height >= FEWEST_TRACKS
    ]
    schema = {
        "track_id": pl.String,
        "likeness_nats": pl.Float64,
        "twin_count": pl.Int64,
        "twin_track_id": pl.String,
        "twin_cosine": pl.Float64,
    }
    together = pl.concat([pl.DataFrame(schema=schema), *found])
    return together.sort("track_id", "likeness_nats", descending=[False, True]).unique(
        "track_id", keep="first", maintain_order=True
    )


def _evidence_of_model(rows: pl.DataFrame, settings: AudioSettings, *, threads: int, seed: int) -> pl.DataFrame:
    vectors = np.array(rows["vector"].to_list(), dtype=np.float32)
    cosine, neighbour_ix = nearest_neighbours(
        vectors,
        neighbour_count=settings.neighbour_count,
        exact_up_to_count=settings.exact_up_to_count,
        threads=threads,
        seed=seed,
    )
    _, owner = np.unique(rows["account_id"].to_numpy(), return_inverse=True)
    uploaded_us = rows["uploaded_at"].to_physical().to_numpy()
    foreign = (neighbour_ix >= 0) & (owner[neighbour_ix] != owner[:, None])
    earlier = foreign & _comes_before(uploaded_us, neighbour_ix)
    distance = np.clip(1.0 - cosine.astype(np.float64), SMALLEST_DISTANCE, 2.0)
    typical = _typical_distance(distance, foreign)
    return _likeness(rows["track_id"], cosine, neighbour_ix, distance, typical, earlier)


def _comes_before(
    uploaded_us: Int64[np.ndarray, " track"], neighbour_ix: Int64[np.ndarray, "track neighbour"]
) -> Bool[np.ndarray, "track neighbour"]:
    """Whether each neighbour was uploaded before the track; of one instant, whether its id is smaller."""
    own_us, own_ix = uploaded_us[:, None], np.arange(len(uploaded_us))[:, None]
    same_instant = uploaded_us[neighbour_ix] == own_us
    earlier = uploaded_us[neighbour_ix] < own_us
    return np.asarray(earlier | (same_instant & (neighbour_ix < own_ix)))


def _typical_distance(
    distance: Float64[np.ndarray, "track neighbour"], foreign: Bool[np.ndarray, "track neighbour"]
) -> float:
    """Median over tracks of the distance to the nearest track of another account, where one is in sight."""
    nearest = np.where(foreign, distance, np.inf).min(axis=1)
    seen = nearest[np.isfinite(nearest)]
    return float(np.median(seen)) if seen.size else 1.0


def _likeness(
    track_ids: pl.Series,
    cosine: Float64[np.ndarray, "track neighbour"],
    neighbour_ix: Int64[np.ndarray, "track neighbour"],
    distance: Float64[np.ndarray, "track neighbour"],
    typical: float,
    earlier: Bool[np.ndarray, "track neighbour"],
) -> pl.DataFrame:
    row = np.arange(len(track_ids))
    nearest = np.where(earlier, distance, np.inf).argmin(axis=1)
    has_earlier = earlier.any(axis=1)
    twin_count = (earlier & (distance * TWIN_RATIO < typical)).sum(axis=1)
    nearness = np.log(typical / distance[row, nearest]) + np.log1p(np.maximum(twin_count - 1, 0))
    twin_ids = track_ids.gather(np.maximum(neighbour_ix[row, nearest], 0))
    return pl.DataFrame(
        {
            "track_id": track_ids,
            "likeness_nats": np.where(has_earlier, nearness, 0.0),
            "twin_count": twin_count.astype(np.int64),
            "twin_track_id": twin_ids,
            "twin_cosine": cosine[row, nearest].astype(np.float64),
            "has_earlier": has_earlier,
        }
    ).select(
        "track_id",
        "likeness_nats",
        "twin_count",
        pl.when("has_earlier").then("twin_track_id").alias("twin_track_id"),
        pl.when("has_earlier").then("twin_cosine").alias("twin_cosine"),
    )


def account_log_odds(track_log_odds: pl.DataFrame, tracks: pl.DataFrame) -> pl.DataFrame:
    """Mean evidence of an account's tracks, as if two more spoke neither way: one track judges no account.

    Columns: account_id, log_odds.
    """
    owned = track_log_odds.join(tracks.select("track_id", "account_id"), on="track_id").sort("track_id")
    return (
        owned.group_by("account_id", maintain_order=True)
        .agg(log_odds=pl.col("log_odds").sum() / (pl.len() + 2))
        .sort("account_id")
    )
