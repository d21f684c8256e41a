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

from graphfraud.audio.neighbours import Neighbours, indexed
from graphfraud.config import AudioSettings

FEWEST_TRACKS: Final = 50
"""With fewer embeddings of a model there is no typical distance to judge by."""
SMALLEST_DISTANCE: Final = 1e-4
"""Cosine distance below which re-encoding hides any difference."""
WIDER_SEARCH: Final = 16
"""A track that sees only its own account's around it looks so many times further: copies must not hide a copy."""
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
    A track that sees nobody else's has no row. Of several embedding models the one that finds the
    greater likeness speaks.
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
    vectors = rows["vector"].list.to_array(rows["vector"].list.len()[0]).to_numpy()
    neighbours = indexed(vectors, exact_up_to_count=settings.exact_up_to_count, threads=threads, seed=seed)
    _, owner = np.unique(rows["account_id"].to_numpy(), return_inverse=True)
    uploaded_us = rows["uploaded_at"].to_physical().to_numpy()
    every_ix = np.arange(rows.height)
    near = _foreign(neighbours, every_ix, owner, settings.neighbour_count)
    alone_ix = np.flatnonzero(~near.is_foreign.any(axis=1))
    wider = _foreign(neighbours, alone_ix, owner, settings.neighbour_count * WIDER_SEARCH)
    nearest = np.where(near.is_foreign, near.distance, np.inf).min(axis=1)
    nearest[alone_ix] = np.where(wider.is_foreign, wider.distance, np.inf).min(axis=1)
    in_sight = np.isfinite(nearest)
    typical = float(np.median(nearest[in_sight])) if in_sight.any() else 1.0
    found = [_likeness(rows["track_id"], part, uploaded_us, typical) for part in (near, wider)]
    return pl.concat([part.filter("in_sight").drop("in_sight") for part in found])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """Neighbours of some tracks, and which of them belong to somebody else."""

    asked_ix: Int64[np.ndarray, " asked"]
    neighbour_ix: Int64[np.ndarray, "asked neighbour"]
    cosine: Float64[np.ndarray, "asked neighbour"]
    is_foreign: Bool[np.ndarray, "asked neighbour"]

    @property
    def distance(self) -> Float64[np.ndarray, "asked neighbour"]:
        """Cosine distance, never so small that re-encoding explains the rest."""
        return np.clip(1.0 - self.cosine, SMALLEST_DISTANCE, 2.0)


def _foreign(
    neighbours: Neighbours, asked_ix: Int64[np.ndarray, " asked"], owner: Int64[np.ndarray, " track"], count: int
) -> _Near:
    cosine, neighbour_ix = neighbours.of(asked_ix, count)
    is_foreign = (neighbour_ix >= 0) & (owner[neighbour_ix] != owner[asked_ix][:, None])
    return _Near(asked_ix=asked_ix, neighbour_ix=neighbour_ix, cosine=cosine.astype(np.float64), is_foreign=is_foreign)


def _comes_before(near: _Near, uploaded_us: Int64[np.ndarray, " track"]) -> Bool[np.ndarray, "asked neighbour"]:
    """Whether each neighbour was uploaded before the track; of one instant, whether its id is smaller."""
    own_us, own_ix = uploaded_us[near.asked_ix][:, None], near.asked_ix[:, None]
    same_instant = uploaded_us[near.neighbour_ix] == own_us
    earlier = uploaded_us[near.neighbour_ix] < own_us
    return np.asarray(earlier | (same_instant & (near.neighbour_ix < own_ix)))


def _likeness(
    track_ids: pl.Series, near: _Near, uploaded_us: Int64[np.ndarray, " track"], typical: float
) -> pl.DataFrame:
    """The evidence about the tracks asked for, and whether a track of another account was `in_sight` at all."""
    row = np.arange(len(near.asked_ix))
    earlier = near.is_foreign & _comes_before(near, uploaded_us)
    nearest = np.where(earlier, near.distance, np.inf).argmin(axis=1)
    has_earlier = earlier.any(axis=1)
    twin_count = (earlier & (near.distance * TWIN_RATIO < typical)).sum(axis=1)
    nearness = np.log(typical / near.distance[row, nearest]) + np.log1p(np.maximum(twin_count - 1, 0))
    twin_ids = track_ids.gather(np.maximum(near.neighbour_ix[row, nearest], 0))
    measured = pl.DataFrame(
        {
            "track_id": track_ids.gather(near.asked_ix),
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
