"""Who uploads honestly."""

import numpy as np
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.platform.chance import rng_for
from graphfraud.simulator.platform.owners import (
    DISTRIBUTOR_COUNT,
    Owners,
    Scenes,
    account_login_rows,
    account_rows,
    market_drawn,
)


@pytest.fixture(scope="module")
def owners(theatre: Theatre) -> Owners:
    return theatre.stage.catalogue.owners


def test_the_artists_of_a_label_share_payee_and_distributor_and_one_leads_it(owners: Owners) -> None:
    labels = np.unique(owners.label_ix[owners.label_ix >= 0])
    assert labels.size > 2
    for label in labels:
        signed = owners.label_ix == label
        assert np.unique(owners.payee[signed]).size == 1
        assert np.unique(owners.distributor_ix[signed]).size == 1
        assert owners.leads_label[signed].sum() == 1
    assert not owners.leads_label[owners.label_ix < 0].any()


def test_some_of_the_others_share_a_payee_or_a_device_and_most_do_not(owners: Owners) -> None:
    alone = owners.label_ix < 0
    for shared in (owners.payee, owners.device_id, owners.ip_hash):
        _, users = np.unique(shared[alone], return_counts=True)
        assert users.max() > 1
        assert (users == 1).sum() > 0.7 * alone.sum()


def test_audiences_are_heavy_tailed(owners: Owners) -> None:
    pull = np.sort(owners.pull)[::-1]
    assert pull[: pull.size // 20].sum() > 0.4 * pull.sum()


def test_labels_are_marked_and_the_known_are_verified_more_often(theatre: Theatre, owners: Owners) -> None:
    rows = account_rows(owners, theatre.stage.market, rng_for(1, "verification"))
    assert (rows["account_type"].to_numpy() == "label").tolist() == owners.leads_label.tolist()
    verified, known = rows["verified"].to_numpy(), owners.pull > np.median(owners.pull)
    assert verified[known].mean() > verified[~known].mean() + 0.2


def test_scenes_of_a_country_draw_its_people_more_than_others(theatre: Theatre) -> None:
    scenes: Scenes = theatre.stage.scenes
    drawn = scenes.pull_by_country
    local = np.flatnonzero(scenes.country_ix >= 0)
    assert local.size > 0
    for scene in local:
        at_home = scenes.country_ix[scene]
        assert drawn[at_home, scene] > 10 * np.delete(drawn[:, scene], at_home).max()
    assert (np.ptp(drawn[:, scenes.country_ix < 0], axis=0) == 0).all()


def test_every_platform_has_distributors_of_its_own() -> None:
    first, again, other = (market_drawn(rng_for(seed, "distributors")) for seed in (1, 1, 2))
    assert len(set(first.distributor_ids)) == DISTRIBUTOR_COUNT
    assert first.distributor_ids == again.distributor_ids
    assert set(first.distributor_ids).isdisjoint(other.distributor_ids)


def test_who_chooses_by_price_goes_where_less_care_is_taken() -> None:
    market = market_drawn(rng_for(1, "distributors"))
    carelessness = market.unwatched_share / market.share
    assert (market.unwatched_share > 0).all()
    assert carelessness.max() > 2 * carelessness.min()


def test_accounts_log_in_within_the_window_once_they_are_there(theatre: Theatre, owners: Owners) -> None:
    window = theatre.stage.window
    logins = account_login_rows(owners, start_ms=window.start_ms, end_ms=window.end_ms, rng=rng_for(1, "logins"))
    at_ms, account_ix = logins["at"].dt.epoch("ms").to_numpy(), logins["subject_id"].to_numpy()
    assert (at_ms >= window.start_ms).all()
    assert (at_ms < window.end_ms).all()
    assert (at_ms >= owners.created_ms[account_ix]).all()
