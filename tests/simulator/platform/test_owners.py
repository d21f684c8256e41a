"""Who uploads honestly."""

import numpy as np
import pytest
from simulator.worlds import Theatre

from graphfraud.simulator.platform.chance import rng_for
from graphfraud.simulator.platform.owners import Owners, Scenes, account_rows


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


def test_labels_are_marked_and_the_known_are_verified_more_often(owners: Owners) -> None:
    rows = account_rows(owners, rng_for(1, "verification"))
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
