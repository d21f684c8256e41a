"""What each track hears around it: its nearest tracks in one embedding model, and how near is typical there.

A release that the same payee delivers again under the same ISRC, by another account, is no second recording.
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
class Near:
    """Neighbours of some tracks, and which of them belong to somebody else; -1 where there is none to compare with."""

    asked_ix: Int64[np.ndarray, " asked"]
    neighbour_ix: Int64[np.ndarray, "asked neighbour"]
    cosine: Float64[np.ndarray, "asked neighbour"]
    is_foreign: Bool[np.ndarray, "asked neighbour"]

    @property
    def distance(self) -> Float64[np.ndarray, "asked neighbour"]:
        """Cosine distance, never so small that re-encoding explains the rest."""
        return np.clip(1.0 - self.cosine, SMALLEST_DISTANCE, 2.0)

    def is_twin(self, typical: float) -> Bool[np.ndarray, "asked neighbour"]:
        """Whether each neighbour, whosever it is, lies so near that it is the same recording in another coat."""
        return np.asarray((self.neighbour_ix >= 0) & (self.distance * TWIN_RATIO < typical))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the tracks of one embedding model hear around them."""

    track_id: pl.Series
    uploaded_us: Int64[np.ndarray, " track"]
    near: Near
    """Of every track."""
    wider: Near
    """Of those that hear only their own account's near them."""
    typical: float
    """Median distance from a track to the nearest one of another account."""

    @property
    def parts(self) -> tuple[Near, Near]:
        """Near and wider."""
        return self.near, self.wider


def sights(
    embeddings: pl.DataFrame, tracks: pl.DataFrame, settings: AudioSettings, *, threads: int, seed: int
) -> list[Sight]:
    """What tracks hear in each embedding model that has enough of them, in the order of the models' names.

    Of tracks: track_id, account_id, uploaded_at, and delivery, equal where the same is delivered again, null where
    that is unknown.
    """
    facts = tracks.select("track_id", "account_id", "uploaded_at", "delivery")
    owned = embeddings.join(facts, on="track_id").sort("track_id")
    return [
        _sight_in_model(rows, settings, threads=threads, seed=seed)
        for _, rows in sorted(owned.group_by("model"), key=lambda group: str(group[0]))
        if rows.height >= FEWEST_TRACKS
    ]


def _sight_in_model(rows: pl.DataFrame, settings: AudioSettings, *, threads: int, seed: int) -> Sight:
    vectors = rows["vector"].list.to_array(rows["vector"].list.len()[0]).to_numpy()
    neighbours = indexed(vectors, exact_up_to_count=settings.exact_up_to_count, threads=threads, seed=seed)
    of = _Belonging(owner=_numbers(rows["account_id"]), delivery=_numbers(rows["delivery"]))
    near = _neighbourhood(neighbours, np.arange(rows.height), of, settings.neighbour_count)
    alone_ix = np.flatnonzero(~near.is_foreign.any(axis=1))
    wider = _neighbourhood(neighbours, alone_ix, of, settings.neighbour_count * WIDER_SEARCH)
    nearest = _nearest_foreign(near)
    nearest[alone_ix] = _nearest_foreign(wider)
    in_sight = np.isfinite(nearest)
    return Sight(
        track_id=rows["track_id"],
        uploaded_us=rows["uploaded_at"].to_physical().to_numpy(),
        near=near,
        wider=wider,
        typical=float(np.median(nearest[in_sight])) if in_sight.any() else 1.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Belonging:
    """Whose each track is, and which delivery of it; -1 where that is unknown."""

    owner: Int64[np.ndarray, " track"]
    delivery: Int64[np.ndarray, " track"]


def _numbers(values: pl.Series) -> Int64[np.ndarray, " track"]:
    """Numbers that are equal where the values are; -1 for null."""
    return np.asarray((values.rank("dense").cast(pl.Int64) - 1).fill_null(-1).to_numpy())


def _neighbourhood(neighbours: Neighbours, asked_ix: Int64[np.ndarray, " asked"], of: _Belonging, count: int) -> Near:
    cosine, neighbour_ix = neighbours.of(asked_ix, count)
    is_other = of.owner[neighbour_ix] != of.owner[asked_ix][:, None]
    own_delivery = of.delivery[asked_ix][:, None]
    is_again = is_other & (own_delivery >= 0) & (of.delivery[neighbour_ix] == own_delivery)
    neighbour_ix = np.where(is_again, -1, neighbour_ix)
    is_foreign = (neighbour_ix >= 0) & is_other
    return Near(asked_ix=asked_ix, neighbour_ix=neighbour_ix, cosine=cosine.astype(np.float64), is_foreign=is_foreign)


def _nearest_foreign(near: Near) -> Float64[np.ndarray, " asked"]:
    nearest: Float64[np.ndarray, " asked"] = np.where(near.is_foreign, near.distance, np.inf).min(axis=1)
    return nearest
