"""What operators put up, and when."""

import numpy as np
import polars as pl
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.platform.owners import CARE, DISTRIBUTORS
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
    assert uploaded.min() > -0.01
    assert uploaded.max() - uploaded.min() > 20


def test_a_burst_of_uploads_is_as_short_as_asked(theatre: Theatre) -> None:
    uploaded = farm(theatre, **PREPARED, upload_days=0.1).tracks["uploaded_at"]
    assert (uploaded.max() - uploaded.min()).total_seconds() < 0.1 * 86_400 + 120


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
    care = dict(zip(DISTRIBUTORS, CARE, strict=True))
    chosen = [farm(theatre, seed=seed, accounts=30).accounts["distributor_id"] for seed in range(20)]
    honest = CARE[theatre.stage.catalogue.owners.distributor_ix].mean()
    assert np.mean([care[distributor] for distributor in pl.concat(chosen)]) < honest
