from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from graphfraud.audio.sight import sights
from graphfraud.audio.twins import twin_pairs
from graphfraud.config import AudioSettings

DIMENSION = 16


def twins_of(*models: np.ndarray, reverse: bool = False) -> list[tuple[str, str]]:
    """Which of 200 tracks of 200 accounts are twins, by one or more embedding models."""
    ids = [f"t{n:03d}" for n in range(len(models[0]))]
    tracks = pl.DataFrame(
        {
            "track_id": ids,
            "account_id": [f"a{n}" for n in range(len(ids))],
            "uploaded_at": [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(len(ids))],
            "delivery": pl.Series([None] * len(ids), dtype=pl.String),
        }
    )
    schema = {"track_id": pl.String, "model": pl.String, "vector": pl.List(pl.Float32)}
    columns = [{"track_id": ids, "model": [f"m{n}"] * len(ids), "vector": v.tolist()} for n, v in enumerate(models)]
    embeddings = pl.concat([pl.DataFrame(each, schema=schema) for each in columns])
    seen = sights(embeddings.reverse() if reverse else embeddings, tracks, AudioSettings(), threads=1, seed=0)
    return twin_pairs(seen).select("track_id", "twin_track_id").rows()


def vectors(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(200, DIMENSION))


def test_each_pair_of_one_recording_is_named_once_the_smaller_id_first() -> None:
    sound = vectors(0)
    sound[150] = sound[20] + 0.001
    sound[160] = sound[20] - 0.001
    assert twins_of(sound) == [("t020", "t150"), ("t020", "t160"), ("t150", "t160")]


def test_the_order_of_rows_leaves_no_trace() -> None:
    sound = vectors(0)
    sound[150] = sound[20] + 0.001
    assert twins_of(sound, reverse=True) == twins_of(sound) == [("t020", "t150")]


def test_what_one_of_two_models_hears_counts() -> None:
    deaf, keen = vectors(0), vectors(1)
    keen[150] = keen[20] + 0.001
    assert twins_of(deaf, keen) == [("t020", "t150")]


def test_without_sound_there_are_no_twins() -> None:
    assert twin_pairs([]).is_empty()
