"""Pairs of tracks that are the same recording in another coat, whosever they are."""

import numpy as np
import polars as pl

from graphfraud.audio.sight import Near, Sight


def twin_pairs(seen: list[Sight]) -> pl.DataFrame:
    """Each pair of twins once: track_id and twin_track_id, the smaller id first, and their cosine.

    Of several embedding models the one that finds the greater likeness speaks.
    """
    schema = {"track_id": pl.String, "twin_track_id": pl.String, "cosine": pl.Float64}
    found = [_pairs(sight, part) for sight in seen for part in sight.parts]
    key = ["track_id", "twin_track_id"]
    return pl.concat([pl.DataFrame(schema=schema), *found]).group_by(key).agg(pl.col("cosine").max()).sort(key)


def _pairs(sight: Sight, near: Near) -> pl.DataFrame:
    row, place = np.nonzero(near.is_twin(sight.typical))
    one = sight.track_id.gather(near.asked_ix[row]).alias("one")
    other = sight.track_id.gather(near.neighbour_ix[row, place]).alias("other")
    pairs = pl.DataFrame([one, other, pl.Series("cosine", near.cosine[row, place])])
    return pairs.select(
        track_id=pl.min_horizontal("one", "other"), twin_track_id=pl.max_horizontal("one", "other"), cosine="cosine"
    )
