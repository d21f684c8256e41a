"""What operators put up, and when."""

import numpy as np
import polars as pl
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.operations.fronts import layout_drawn
from graphfraud.simulator.operations.knobs import knobs_drawn, wide
from graphfraud.simulator.platform.rows import DAY_MS, Rows

PREPARED = {"start_share": 0.5, "preparation_days": 100, "ramp_share": 0}


def farm(theatre: Theatre, *, seed: int = 1, **knobs: float) -> Rows:
    return theatre.entered("bot_farm", seed=seed, **{"accounts": 5, "tracks": 200, **knobs}).rows


def before_play_days(theatre: Theatre, instants: pl.Series) -> pl.Series:
    """How long before the first play, in days."""
    play_ms = theatre.stage.window.start_ms + 14 * DAY_MS
    return (play_ms - instants.dt.epoch("ms")) / DAY_MS


def test_accounts_open_then_upload_and_all_is_up_when_bots_begin(theatre: Theatre) -> None:
    rows = farm(theatre, **PREPARED, upload_days=1_000)
    opened, uploaded = (
        before_play_days(theatre, at) for at in (rows.accounts["created_at"], rows.tracks["uploaded_at"])
    )
    assert opened.is_between(uploaded.max(), 100).all()
    assert uploaded.min() > -6.01  # a release that is put up in the last days may wait for Friday
    assert uploaded.max() - uploaded.min() > 20


def test_a_burst_of_uploads_is_as_short_as_asked_but_for_those_that_wait_for_friday(theatre: Theatre) -> None:
    uploaded = farm(theatre, **PREPARED, upload_days=0.1).tracks["uploaded_at"]
    at_once = uploaded.filter(uploaded.dt.weekday() != 5)
    assert (at_once.max() - at_once.min()).total_seconds() < 0.1 * 86_400 + 120
    assert (uploaded.max() - uploaded.min()).total_seconds() < (0.1 + 6) * 86_400 + 120


def test_with_a_ramp_uploads_go_on_while_bots_play(theatre: Theatre) -> None:
    knobs = {"start_share": 0, "days": 28, "ramp_share": 1, "upload_days": 1, "preparation_days": 5}
    uploaded_ms = farm(theatre, **knobs).tracks["uploaded_at"].dt.epoch("ms")
    assert theatre.stage.window.day_start_ms(18) < uploaded_ms.max() < theatre.stage.window.end_ms


def test_every_account_has_tracks_and_each_release_is_of_one(theatre: Theatre) -> None:
    rows = farm(theatre, accounts=7)
    assert rows.accounts.height == 7
    assert rows.tracks["account_id"].n_unique() == 7
    owners = rows.tracks.group_by("release_id").agg(pl.col("account_id").n_unique(), pl.col("uploaded_at"))
    assert (owners["account_id"] == 1).all()


@pytest.mark.parametrize(("share", "payees"), [(1, {1}), (0, {3, 4, 5})])
def test_accounts_share_a_payee_as_asked(theatre: Theatre, share: float, payees: set[int]) -> None:
    for seed in range(4):
        assert farm(theatre, seed=seed, shared_payee=share).accounts["payee_hash"].n_unique() in payees


@pytest.mark.parametrize("share", [0, 1])
def test_accounts_log_in_from_one_device_or_each_from_its_own(theatre: Theatre, share: float) -> None:
    logins = farm(theatre, accounts=12, shared_device=share).logins.filter(subject_kind="account")
    assert logins["subject_id"].n_unique() > 6
    devices = logins.group_by("device_id").agg(pl.col("subject_id").n_unique())["subject_id"]
    assert devices.max() == (logins["subject_id"].n_unique() if share else 1)


def test_titles_turn_the_words_of_a_few_phrases_around_as_asked(theatre: Theatre) -> None:
    phrases = []
    for share in (0, 1):
        titles = farm(theatre, permuted_titles=share).tracks["title"]
        phrases.append(len({tuple(sorted(title.split())) for title in titles}) / len(titles))
    assert phrases[1] < 0.6 * phrases[0]


def test_tracks_are_long_enough_to_pay(theatre: Theatre) -> None:
    for seed in range(5):
        assert (farm(theatre, seed=seed).tracks["duration_ms"] >= 31_000).all()


def test_operators_go_where_nobody_looks_more_than_others_do(theatre: Theatre) -> None:
    market = theatre.stage.market
    careless = dict(zip(market.distributor_ids, market.unwatched_share / market.share, strict=True))
    chosen = [farm(theatre, seed=seed, accounts=30).accounts["distributor_id"] for seed in range(20)]
    honest_ix = theatre.stage.catalogue.owners.distributor_ix
    honest = (market.unwatched_share / market.share)[honest_ix].mean()
    assert np.mean([careless[distributor] for distributor in pl.concat(chosen)]) > honest


def test_a_layout_has_every_account_and_release_and_no_release_of_two_accounts(theatre: Theatre) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        layout = layout_drawn(knobs_drawn({"accounts": wide(1, 40)}, level=0, rng=rng), theatre.stage, rng)
        assert layout.track_count == layout.release_ix.size >= layout.release_count >= layout.account_count
        assert set(layout.account_ix) == set(range(layout.account_count))
        assert set(layout.release_ix) == set(range(layout.release_count))
        np.testing.assert_array_equal(layout.account_ix, layout.release_account_ix[layout.release_ix])


def test_a_release_has_one_genre_and_one_artist(theatre: Theatre) -> None:
    for seed in range(5):
        of_release = farm(theatre, seed=seed).tracks.group_by("release_id")
        counted = of_release.agg(pl.col("genre").n_unique(), pl.col("artist_name").n_unique(), pl.len())
        assert counted["len"].max() > 1
        assert set(counted["genre"]) == set(counted["artist_name"]) == {1}


def test_accounts_log_in_within_the_window(theatre: Theatre) -> None:
    window = theatre.stage.window
    at_ms = farm(theatre, preparation_days=400).logins["at"].dt.epoch("ms")
    assert at_ms.is_between(window.start_ms, window.end_ms, closed="left").all()


def test_some_releases_come_on_a_friday(theatre: Theatre) -> None:
    released = pl.concat([farm(theatre, seed=seed, **PREPARED, upload_days=400).tracks for seed in range(12)])
    friday = released["uploaded_at"].dt.weekday() == 5
    assert 0.2 < friday.mean() < 0.8
