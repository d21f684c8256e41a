from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from graphfraud.audio.duplicates import DuplicateCalibration, account_log_odds, duplicate_evidence
from graphfraud.audio.neighbours import indexed
from graphfraud.audio.sight import sights
from graphfraud.audio.twins import twin_pairs
from graphfraud.config import AudioSettings

DAY = datetime(2026, 1, 1, tzinfo=UTC)
DIMENSION = 16


def catalogue(
    vectors: np.ndarray, owners: list[str], deliveries: dict[int, str] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Embeddings and tracks, uploaded one a day in the order of their ids."""
    ids = [f"t{n:04d}" for n in range(len(vectors))]
    embeddings = pl.DataFrame(
        {"track_id": ids, "model": ["m"] * len(ids), "vector": vectors.tolist()},
        schema_overrides={"vector": pl.List(pl.Float32)},
    )
    uploaded = [DAY + timedelta(days=n) for n in range(len(ids))]
    tracks = pl.DataFrame({"track_id": ids, "account_id": owners, "uploaded_at": uploaded})
    delivery = pl.Series([(deliveries or {}).get(n) for n in range(len(ids))], dtype=pl.String)
    return embeddings, tracks.with_columns(delivery=delivery)


def evidence_of(embeddings: pl.DataFrame, tracks: pl.DataFrame) -> pl.DataFrame:
    return duplicate_evidence(sights(embeddings, tracks, AudioSettings(), threads=1, seed=0))


def random_vectors(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, DIMENSION))


def test_the_copy_is_accused_and_the_original_is_not() -> None:
    vectors = random_vectors(200)
    vectors[150] = vectors[20] + 0.01 * random_vectors(1, seed=1)[0]
    evidence = evidence_of(*catalogue(vectors, [f"a{n}" for n in range(200)]))
    ranked = evidence.sort("likeness_nats", descending=True)
    assert ranked.select("track_id", "twin_track_id").row(0) == ("t0150", "t0020")
    original = evidence.filter(track_id="t0020").row(0, named=True)
    assert original["likeness_nats"] < ranked["likeness_nats"][0] / 2
    assert original["twin_count"] == 0


def test_a_remaster_of_ones_own_track_is_no_duplicate() -> None:
    vectors = random_vectors(200)
    vectors[150] = vectors[20]
    owners = [f"a{n}" for n in range(200)]
    owners[150] = owners[20]
    evidence = evidence_of(*catalogue(vectors, owners))
    assert evidence.filter(track_id="t0150")["twin_count"].item() == 0


def test_what_is_delivered_again_is_no_copy_and_what_others_deliver_is() -> None:
    vectors = random_vectors(200)
    vectors[150] = vectors[151] = vectors[20]
    owners = [f"a{n}" for n in range(200)]
    seen = sights(*catalogue(vectors, owners, {20: "x", 150: "x", 151: "y"}), AudioSettings(), threads=1, seed=0)
    evidence = duplicate_evidence(seen)
    assert evidence.filter(track_id="t0150")["twin_count"].item() == 0
    assert evidence.filter(track_id="t0151")["twin_count"].item() == 2
    pairs = set(twin_pairs(seen).select("track_id", "twin_track_id").iter_rows())
    assert pairs == {("t0020", "t0151"), ("t0150", "t0151")}


def test_a_series_of_twins_says_more_than_one() -> None:
    vectors = random_vectors(300)
    vectors[280:290] = vectors[280] + 0.01 * random_vectors(10, seed=2)
    vectors[295] = vectors[5] + 0.01 * random_vectors(1, seed=3)[0]
    evidence = evidence_of(*catalogue(vectors, [f"a{n}" for n in range(300)]))
    likeness = dict(evidence.select("track_id", "likeness_nats").iter_rows())
    assert likeness["t0289"] > likeness["t0295"] > 2


def test_the_order_of_rows_leaves_no_trace() -> None:
    embeddings, tracks = catalogue(random_vectors(120), [f"a{n % 30}" for n in range(120)])
    assert evidence_of(embeddings, tracks).equals(evidence_of(embeddings.reverse(), tracks.reverse()))


def test_too_few_embeddings_say_nothing() -> None:
    assert evidence_of(*catalogue(random_vectors(20), ["a"] * 20)).is_empty()


def test_cells_find_the_neighbours_that_the_exact_search_finds() -> None:
    vectors = random_vectors(4_000).astype(np.float32)
    vectors[2_000:] = vectors[:2_000] + 0.01
    found = [
        indexed(vectors, exact_up_to_count=limit, threads=1, seed=0).of(np.arange(4_000), 1)[1]
        for limit in (10_000, 100)
    ]
    assert (found[0] == found[1]).mean() > 0.99
    assert (found[0][:2_000, 0] == np.arange(2_000, 4_000)).all()


def test_a_vector_without_length_has_no_neighbour_near_it() -> None:
    vectors = random_vectors(60).astype(np.float32)
    vectors[7] = 0
    cosine, _ = indexed(vectors, exact_up_to_count=100, threads=1, seed=0).of(np.arange(60), 3)
    assert np.isfinite(cosine).all()
    assert (cosine[7] == 0).all()


def test_a_copy_does_not_hide_behind_more_copies_of_its_own() -> None:
    vectors = random_vectors(200)
    vectors[150:180] = vectors[20] + 0.01 * random_vectors(30, seed=1)
    owners = [f"a{n}" for n in range(150)] + ["pirate"] * 30 + [f"a{n}" for n in range(180, 200)]
    evidence = evidence_of(*catalogue(vectors, owners))
    pirated = evidence.filter(pl.col("track_id").is_between(pl.lit("t0150"), pl.lit("t0179")))
    assert pirated.height == 30
    assert pirated["likeness_nats"].min() > 3


def test_who_sees_nobody_else_is_neither_accused_nor_cleared() -> None:
    vectors = np.concatenate([random_vectors(100), 50 + random_vectors(600, seed=4)])
    evidence = evidence_of(*catalogue(vectors, [f"a{n}" for n in range(100)] + ["crowd"] * 600))
    assert evidence.filter(pl.col("track_id") >= "t0100").is_empty()
    assert evidence.height == 100


def test_more_likeness_is_more_evidence_and_none_is_slightly_for_the_defence() -> None:
    line = DuplicateCalibration(prior=0.3, slope=2.0, offset=2.5)
    log_odds = line.log_likelihood_ratio(np.array([0.0, 1.0, 3.0, 6.0, 12.0]))
    assert (np.diff(log_odds) > 0).all()
    assert np.log(0.7) <= log_odds[0] < 0 < log_odds[3]


def test_one_track_judges_no_account() -> None:
    tracks = pl.DataFrame({"track_id": ["a1", *(f"b{n}" for n in range(20))], "account_id": ["a"] + ["b"] * 20})
    evidence = tracks.select("track_id", log_odds=pl.lit(5.0))
    log_odds = dict(account_log_odds(evidence, tracks).iter_rows())
    assert log_odds["a"] == pytest.approx(5 / 3)
    assert log_odds["b"] == pytest.approx(100 / 22)
