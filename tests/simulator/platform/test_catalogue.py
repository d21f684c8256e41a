"""The honest catalogue."""

import numpy as np
import polars as pl
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.platform.catalogue import Catalogue, track_rows
from graphfraud.simulator.platform.chance import rng_for
from graphfraud.simulator.platform.rows import DAY_MS


@pytest.fixture(scope="module")
def catalogue(theatre: Theatre) -> Catalogue:
    return theatre.stage.catalogue


@pytest.fixture(scope="module")
def tracks(theatre: Theatre) -> pl.DataFrame:
    return track_rows(theatre.stage.catalogue, theatre.stage.artist_names, rng_for(1, "titles"))


def test_accounts_and_releases_are_runs_of_tracks(catalogue: Catalogue) -> None:
    for ix, first, size in (
        (catalogue.account_ix, catalogue.account_first_ix, catalogue.account_size),
        (catalogue.release_ix, catalogue.release_first_ix, catalogue.release_size),
    ):
        np.testing.assert_array_equal(ix, np.repeat(np.arange(first.size), size))
        np.testing.assert_array_equal(first, np.cumsum(size) - size)


def test_every_account_has_a_track_and_some_have_many(catalogue: Catalogue) -> None:
    assert catalogue.account_size.min() >= 1
    assert catalogue.account_size.max() > 5 * np.median(catalogue.account_size)


def test_a_release_comes_out_at_once_on_fridays_more_than_on_other_days(catalogue: Catalogue) -> None:
    out_ms = catalogue.uploaded_ms[catalogue.release_first_ix]
    assert (abs(catalogue.uploaded_ms - out_ms[catalogue.release_ix]) <= 90_000).all()
    weekday = (out_ms // DAY_MS + 3) % 7
    assert (weekday == 4).mean() > 2 / 7


def test_uploads_come_after_the_account_and_before_the_end(theatre: Theatre, catalogue: Catalogue) -> None:
    assert (catalogue.uploaded_ms >= catalogue.owners.created_ms[catalogue.account_ix]).all()
    assert (catalogue.uploaded_ms < theatre.stage.window.end_ms).all()


def test_what_repeats_another_sounds_like_it_and_carries_its_title(
    theatre: Theatre, catalogue: Catalogue, tracks: pl.DataFrame
) -> None:
    repeats = np.flatnonzero(catalogue.source_ix != np.arange(catalogue.count))
    source = catalogue.source_ix[repeats]
    assert repeats.size > 10
    assert (catalogue.source_ix[source] == source).all()
    sounds = theatre.stage.sounds / np.linalg.norm(theatre.stage.sounds, axis=1, keepdims=True)
    alike, unlike = ((sounds[repeats] * sounds[others]).sum(axis=1) for others in (source, source[::-1]))
    assert np.median(alike) > 0.95
    assert np.median(unlike) < 0.6
    titles = zip(tracks["title"].gather(repeats), tracks["title"].gather(source), strict=True)
    assert all(title.startswith(original) for title, original in titles)


def test_a_compilation_keeps_artist_and_code_of_what_it_takes_from_the_label(
    catalogue: Catalogue, tracks: pl.DataFrame
) -> None:
    taken = np.flatnonzero(catalogue.account_ix != catalogue.account_ix[catalogue.source_ix])
    source = catalogue.source_ix[taken]
    assert taken.size > 0
    labels = catalogue.owners.label_ix
    assert (labels[catalogue.account_ix[taken]] == labels[catalogue.account_ix[source]]).all()
    assert catalogue.owners.leads_label[catalogue.account_ix[taken]].all()
    for column in ("artist_name", "isrc"):
        assert tracks[column].gather(taken).eq_missing(tracks[column].gather(source)).all()


def test_what_was_sped_up_is_shorter_and_says_so(catalogue: Catalogue, tracks: pl.DataFrame) -> None:
    for faster, word in ((catalogue.tempo > 1, "Sped Up"), (catalogue.tempo < 1, "Slowed")):
        changed = np.flatnonzero(faster)
        assert changed.size > 0
        ratio = catalogue.duration_ms[changed] / catalogue.duration_ms[catalogue.source_ix[changed]]
        assert ((ratio < 1) == (word == "Sped Up")).all()
        assert tracks["title"].gather(changed).str.contains(word).all()


def test_tracks_last_half_a_minute_or_so_at_least(catalogue: Catalogue) -> None:
    assert catalogue.duration_ms.min() >= 25_000
    assert 120_000 < np.median(catalogue.duration_ms) < 260_000


def test_noise_is_sung_in_no_language(tracks: pl.DataFrame) -> None:
    assert tracks.filter(pl.col("genre").is_in(["sleep", "white noise"]))["language"].is_null().all()
    assert tracks.filter(genre="pop")["language"].is_not_null().all()
