"""Editorial playlists."""

import numpy as np
from simulator.worlds import Theatre

from graphfraud.simulator.audience.playlists import COUNT, COUNTRY_FIRST, GENRE_FIRST, HITS_FIRST, NEW_FIRST, PER_GENRE
from graphfraud.simulator.platform.owners import GENRES
from graphfraud.simulator.platform.rows import DAY_MS

POP = GENRES.index("pop")


def test_a_playlist_holds_what_is_out_when_its_week_begins(theatre: Theatre) -> None:
    stage = theatre.stage
    for week, tracks in enumerate(stage.playlists.track_ix):
        assert (stage.catalogue.uploaded_ms[tracks] < stage.window.day_start_ms(7 * week)).all()


def test_a_playlist_stays_for_a_week_and_keeps_some_for_the_next(theatre: Theatre) -> None:
    on = theatre.stage.playlists.on
    np.testing.assert_array_equal(on(0), on(6))
    assert (on(6) != on(7)).any()
    kept = [np.isin(now, then).mean() for now, then in zip(on(7), on(0), strict=True)]
    assert np.mean(kept) > 0.3


def test_a_genres_playlists_hold_its_tracks_without_repeats(theatre: Theatre) -> None:
    catalogue, window = theatre.stage.catalogue, theatre.stage.window
    genre = int(np.bincount(catalogue.genre_ix[catalogue.uploaded_ms < window.start_ms]).argmax())
    own = theatre.stage.playlists.on(0)[GENRE_FIRST + PER_GENRE * genre : GENRE_FIRST + PER_GENRE * (genre + 1)]
    for tracks in own:
        assert np.unique(tracks).size == tracks.size
        assert (catalogue.genre_ix[tracks] == genre).all()


def test_new_music_is_on_the_playlists_of_new_music(theatre: Theatre) -> None:
    stage = theatre.stage
    age_days = (stage.window.start_ms - stage.catalogue.uploaded_ms) / DAY_MS
    new = np.flatnonzero((age_days > 0) & (age_days < 7))
    assert new.size > 0
    for tracks in stage.playlists.on(0)[NEW_FIRST:]:
        assert set(new) <= set(tracks)


def test_the_well_liked_are_on_the_hits(theatre: Theatre) -> None:
    pull, hits = theatre.stage.catalogue.pull, theatre.stage.playlists.on(0)[HITS_FIRST:COUNTRY_FIRST]
    assert np.median(pull[hits]) > 3 * np.median(pull)


def test_a_person_comes_back_to_a_few_playlists_near_the_own_taste(theatre: Theatre) -> None:
    rng, count = np.random.default_rng(0), 400
    person, genre_ix, country_ix = np.repeat(np.arange(40), 10), np.full(count, POP), np.full(count, 3)
    followed = theatre.stage.playlists.followed(person, genre_ix, country_ix, rng)
    assert ((followed >= 0) & (followed < COUNT)).all()
    each = [set(followed[person == who]) for who in range(40)]
    assert max(map(len, each)) <= 4
    assert len(set(map(frozenset, each))) > 10
    assert (followed // PER_GENRE == POP).mean() > 0.4
