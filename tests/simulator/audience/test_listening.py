"""What honest listeners hear of their own will."""

from dataclasses import replace

import numpy as np
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.audience.listening import heard_on
from graphfraud.simulator.audience.people import people_drawn
from graphfraud.simulator.audience.plays import (
    ALBUM,
    ARTIST,
    AUTOPLAY,
    LIBRARY,
    NOWHERE,
    PLAYLIST,
    RADIO,
    SEARCH,
    SOURCES,
    Plays,
    all_plays,
    plays_at,
)
from graphfraud.simulator.platform.chance import Flags
from graphfraud.simulator.platform.rows import DAY_MS

DAYS = range(7, 14)


@pytest.fixture(scope="module")
def plays(theatre: Theatre) -> Plays:
    """A week of everybody."""
    rng = np.random.default_rng(0)
    return all_plays([heard_on(theatre.stage, theatre.stage.people, day, rng) for day in DAYS])


def of(plays: Plays, *sources: int) -> Plays:
    return plays_at(plays, np.isin(plays.source_ix, sources))


def in_a_row(plays: Plays) -> Flags:
    """Where a play follows the one before it in the same session."""
    same = [np.diff(column) == 0 for column in (plays.lane, plays.asked_ms, plays.source_ix)]
    return np.logical_and.reduce(same)


def test_everything_is_real_and_found_in_every_way(plays: Plays) -> None:
    assert not plays.fake.any()
    assert set(plays.source_ix) == set(range(len(SOURCES)))


def test_people_play_about_as_much_as_they_are_used_to(theatre: Theatre, plays: Plays) -> None:
    expected = theatre.stage.people.plays_per_day.sum() * len(DAYS)
    assert plays.count == pytest.approx(expected, rel=0.25)
    played = np.bincount(plays.listener_id, minlength=theatre.stage.people.count)
    assert np.corrcoef(played, theatre.stage.people.plays_per_day)[0, 1] > 0.5


def test_an_album_is_heard_from_its_first_track_on(theatre: Theatre, plays: Plays) -> None:
    albums, catalogue = of(plays, ALBUM), theatre.stage.catalogue
    release_ix = catalogue.release_ix[albums.track_id]
    np.testing.assert_array_equal(albums.context_id, catalogue.collection_id[release_ix])
    place, follows = albums.track_id - catalogue.release_first_ix[release_ix], in_a_row(albums)
    assert (place[np.append(True, ~follows)] == 0).all()
    next_place = (place[:-1] + 1) % catalogue.release_size[release_ix[:-1]]
    assert (place[1:][follows] == next_place[follows]).all()


def test_a_playlist_is_heard_in_its_order(theatre: Theatre, plays: Plays) -> None:
    listed, playlists = of(plays, PLAYLIST), theatre.stage.playlists
    row = np.searchsorted(playlists.context_id, listed.context_id)
    np.testing.assert_array_equal(playlists.context_id[row], listed.context_id)
    held, follows = playlists.on(DAYS[0])[row], in_a_row(listed)
    next_held = np.roll(held, -1, axis=1)
    goes_on = (held[:-1] == listed.track_id[:-1, None]) & (next_held[:-1] == listed.track_id[1:, None])
    assert (held == listed.track_id[:, None]).any(axis=1).all()
    assert follows.any()
    assert goes_on.any(axis=1)[follows].all()


def test_stations_have_a_context_and_what_people_look_for_has_none(theatre: Theatre, plays: Plays) -> None:
    stations = of(plays, RADIO, AUTOPLAY)
    assert set(stations.context_id) <= set(theatre.stage.station_context_id)
    assert set(of(plays, SEARCH, LIBRARY, ARTIST).context_id) == {NOWHERE}


def test_an_artists_page_plays_that_artist(theatre: Theatre, plays: Plays) -> None:
    page = of(plays, ARTIST)
    artist_ix, follows = theatre.stage.catalogue.account_ix[page.track_id], in_a_row(page)
    assert follows.any()
    assert (artist_ix[1:][follows] == artist_ix[:-1][follows]).all()


def test_some_loop_one_track_of_their_library_and_most_do_not(plays: Plays) -> None:
    library = of(plays, LIBRARY)
    follows = in_a_row(library)
    again = (library.track_id[1:] == library.track_id[:-1])[follows]
    assert 0.02 < again.mean() < 0.5


def test_people_come_back_to_their_artists(theatre: Theatre, plays: Plays) -> None:
    catalogue = theatre.stage.catalogue
    chosen = of(plays, LIBRARY, SEARCH)
    pairs = np.column_stack([chosen.listener_id, catalogue.account_ix[chosen.track_id]])
    shuffled = np.column_stack([np.random.default_rng(0).permutation(pairs[:, 0]), pairs[:, 1]])
    assert len(np.unique(pairs, axis=0)) < 0.75 * len(np.unique(shuffled, axis=0))


def test_nobody_plays_before_joining_or_after_leaving(theatre: Theatre) -> None:
    stage = theatre.stage
    people = people_drawn(60, stage.scenes, window=stage.window, numbers=theatre.numbers, rng=np.random.default_rng(0))
    always_there = replace(
        people,
        created_ms=np.zeros(60, np.int64),
        left_ms=np.full(60, stage.window.end_ms),
        plays_per_day=np.full(60, 50.0),
    )
    not_yet = replace(always_there, created_ms=np.full(60, stage.window.day_start_ms(9)))
    gone = replace(always_there, left_ms=np.full(60, stage.window.day_start_ms(9) - DAY_MS))
    counts = [heard_on(stage, who, 8, np.random.default_rng(0)).count for who in (always_there, not_yet, gone)]
    assert counts[0] > 500
    assert counts[1:] == [0, 0]
