"""Near-duplicate risk: does a track sound like an earlier one of somebody else?

What counts as near is judged against the platform: the typical distance from a track to the
nearest track of another account. The earliest of a group of twins is taken for the original and
gets no evidence from those that came after it: a copied artist must not pay for the copy.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from jaxtyping import Bool, Float64, Int64

from graphfraud.audio.sight import Near, Sight


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


def duplicate_evidence(seen: list[Sight]) -> pl.DataFrame:
    """For each track with an embedding: its likeness to earlier tracks of other accounts.

    Columns: track_id, likeness_nats (log of how many times nearer than typical its nearest earlier
    twin lies, and of how many twins it has), twin_count, twin_track_id (the nearest), twin_cosine.
    A track that sees nobody else's has no row. Of several embedding models the one that finds the
    greater likeness speaks.
    """
    schema = {
        "track_id": pl.String,
        "likeness_nats": pl.Float64,
        "twin_count": pl.Int64,
        "twin_track_id": pl.String,
        "twin_cosine": pl.Float64,
    }
    found = [_likeness(sight, part).filter("in_sight").drop("in_sight") for sight in seen for part in sight.parts]
    together = pl.concat([pl.DataFrame(schema=schema), *found])
    return together.sort("track_id", "likeness_nats", descending=[False, True]).unique(
        "track_id", keep="first", maintain_order=True
    )


def _comes_before(near: Near, uploaded_us: Int64[np.ndarray, " track"]) -> Bool[np.ndarray, "asked neighbour"]:
    """Whether each neighbour was uploaded before the track; of one instant, whether its id is smaller."""
    own_us, own_ix = uploaded_us[near.asked_ix][:, None], near.asked_ix[:, None]
    same_instant = uploaded_us[near.neighbour_ix] == own_us
    earlier = uploaded_us[near.neighbour_ix] < own_us
    return np.asarray(earlier | (same_instant & (near.neighbour_ix < own_ix)))


def _likeness(sight: Sight, near: Near) -> pl.DataFrame:
    """The evidence about the tracks asked for, and whether a track of another account was `in_sight` at all."""
    row = np.arange(len(near.asked_ix))
    earlier = near.is_foreign & _comes_before(near, sight.uploaded_us)
    nearest = np.where(earlier, near.distance, np.inf).argmin(axis=1)
    has_earlier = earlier.any(axis=1)
    twin_count = (earlier & near.is_twin(sight.typical)).sum(axis=1)
    nearness = np.log(sight.typical / near.distance[row, nearest]) + np.log1p(np.maximum(twin_count - 1, 0))
    twin_ids = sight.track_id.gather(np.maximum(near.neighbour_ix[row, nearest], 0))
    measured = pl.DataFrame(
        {
            "track_id": sight.track_id.gather(near.asked_ix),
            "likeness_nats": np.where(has_earlier, nearness, 0.0),
            "twin_count": twin_count.astype(np.int64),
            "twin_track_id": twin_ids,
            "twin_cosine": near.cosine[row, nearest],
            "has_earlier": has_earlier,
            "in_sight": near.is_foreign.any(axis=1),
        }
    )
    told = (pl.when("has_earlier").then(name).alias(name) for name in ("twin_track_id", "twin_cosine"))
    return measured.with_columns(told).drop("has_earlier")


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
