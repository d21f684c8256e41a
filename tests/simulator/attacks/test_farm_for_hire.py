"""A farm for hire."""

import numpy as np
import polars as pl
from simulator.worlds import BUSY, Theatre


def test_its_clients_have_nothing_to_do_with_each_other_but_the_bots(theatre: Theatre) -> None:
    ring = theatre.ring("farm_for_hire", **BUSY, accounts=12)
    accounts = ring.rows.accounts
    assert accounts.height == 12
    assert accounts["payee_hash"].n_unique() > 6
    logins = ring.rows.logins.filter(subject_kind="account").group_by("device_id")
    assert logins.agg(pl.col("subject_id").n_unique())["subject_id"].max() == 1


def test_bots_serve_several_clients_each(theatre: Theatre) -> None:
    ring = theatre.ring("farm_for_hire", **BUSY, accounts=12, camouflage_share=0)
    owner = dict(ring.rows.tracks.select("track_id", "account_id").iter_rows())
    owners = np.array([owner[track] for track in ring.fake.track_id])
    served = [np.unique(owners[ring.fake.listener_id == bot]).size for bot in ring.subjects("listener")]
    assert np.median(served) >= 3
    assert np.unique(owners).size >= 5


def test_clients_book_days_of_their_own(theatre: Theatre) -> None:
    ring = theatre.ring("farm_for_hire", **BUSY, accounts=12, camouflage_share=0)
    owner = dict(ring.rows.tracks.select("track_id", "account_id").iter_rows())
    days, owners = ring.day[ring.plays.fake], np.array([owner[track] for track in ring.fake.track_id])
    booked = {account: np.unique(days[owners == account]) for account in np.unique(owners)}
    assert min(map(len, booked.values())) < 28
    assert len({(served.min(), served.max()) for served in booked.values()}) > 3
