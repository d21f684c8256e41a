"""People who come back to a few tracks."""

from dataclasses import replace

import numpy as np
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.audience.plays import ALBUM, AUTOPLAY, LIBRARY, NOWHERE, PLAYLIST, RADIO, Plays, all_plays
from graphfraud.simulator.audience.regulars import Habit, casual_habit, habit_plays, people_who_stay
from graphfraud.simulator.audience.repertoire import honest_repertoire

TRACKS = np.arange(100, 140)


@pytest.fixture
def habit(theatre: Theatre) -> Habit:
    listener_ix = people_who_stay(theatre.stage, 30, np.random.default_rng(0))
    return Habit(
        listener_ix=listener_ix,
        plays_per_day=np.full(30, 8.0),
        repertoire=honest_repertoire(theatre.stage, TRACKS),
        weight=np.arange(1.0, 41.0),
        salt=5,
    )


def week(theatre: Theatre, habit: Habit) -> Plays:
    rng = np.random.default_rng(1)
    return all_plays([habit_plays(theatre.stage, habit, day, rng) for day in range(7)])


def test_only_the_regulars_play_only_what_they_are_about(theatre: Theatre, habit: Habit) -> None:
    plays = week(theatre, habit)
    assert set(plays.listener_id) == set(habit.listener_ix)
    assert set(plays.track_id) <= set(TRACKS)
    assert plays.count == pytest.approx(30 * 8 * 7, rel=0.15)


def test_what_is_liked_more_is_played_more(theatre: Theatre, habit: Habit) -> None:
    played = np.bincount(week(theatre, habit).track_id - 100, minlength=40)
    assert played[20:].sum() > 2 * played[:20].sum()


def test_who_likes_a_few_plays_no_more_than_those(theatre: Theatre, habit: Habit) -> None:
    plays = week(theatre, replace(habit, choice_count=3))
    heard = [np.unique(plays.track_id[plays.listener_id == who]).size for who in habit.listener_ix]
    assert max(heard) <= 3
    assert np.unique(plays.track_id).size > 10


def test_on_days_without_eagerness_nothing_is_played(theatre: Theatre, habit: Habit) -> None:
    eager = replace(habit, eagerness=np.array([0, 1, 2, 0, 0, 0, 0.0]))
    rng = np.random.default_rng(0)
    counts = [habit_plays(theatre.stage, eager, day, rng).count for day in range(7)]
    assert counts[0] == sum(counts[3:]) == 0
    assert counts[2] / counts[1] == pytest.approx(2, rel=0.4)


def test_tracks_are_found_on_playlists_that_are_followed(theatre: Theatre, habit: Habit) -> None:
    plays = week(theatre, replace(habit, source_ix=(PLAYLIST,)))
    assert set(plays.context_id) <= set(theatre.stage.playlists.context_id)
    assert np.unique(plays.context_id).size > 1


def test_who_has_a_playlist_of_their_own_plays_from_it(theatre: Theatre, habit: Habit) -> None:
    plays = week(theatre, replace(habit, source_ix=(PLAYLIST, LIBRARY), playlist_id=7))
    assert set(plays.context_id[plays.source_ix == PLAYLIST]) == {7}
    assert set(plays.context_id[plays.source_ix == LIBRARY]) == {NOWHERE}


def test_albums_and_stations_are_those_of_the_track(theatre: Theatre, habit: Habit) -> None:
    plays = week(theatre, replace(habit, source_ix=(ALBUM, RADIO, AUTOPLAY)))
    played, from_album = honest_repertoire(theatre.stage, plays.track_id), plays.source_ix == ALBUM
    station_id = theatre.stage.station_context_id[played.scene_ix]
    assert 0 < from_album.sum() < plays.count
    np.testing.assert_array_equal(plays.context_id, np.where(from_album, played.collection_id, station_id))


def test_people_who_stumble_on_tracks_play_as_much_as_asked_in_all(theatre: Theatre) -> None:
    habit = casual_habit(
        theatre.stage,
        honest_repertoire(theatre.stage, TRACKS),
        weight=np.ones(40),
        plays_per_day=60,
        rng=np.random.default_rng(3),
    )
    assert habit.plays_per_day.sum() == pytest.approx(60)
    assert np.quantile(habit.plays_per_day, 0.95) > 3 * np.median(habit.plays_per_day)


def test_who_stays_was_there_before_and_does_not_leave(theatre: Theatre) -> None:
    people, window = theatre.stage.people, theatre.stage.window
    stay = people_who_stay(theatre.stage, 10_000, np.random.default_rng(0))
    assert (people.created_ms[stay] < window.start_ms).all()
    assert (people.left_ms[stay] > window.end_ms).all()
    assert np.unique(stay).size == stay.size > people.count / 2
