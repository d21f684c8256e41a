"""Bots: whom they claim to be, when they work, what hides them."""

import numpy as np
import polars as pl
import pytest
from simulator.worlds import BUSY, Performance, Theatre

from graphfraud.simulator.audience.plays import ALBUM, AUTOPLAY, PLAYLIST, RADIO, SOURCES, listened_ms
from graphfraud.simulator.audience.sittings import TRAVELLING_SHARE
from graphfraud.simulator.operations.shifts import CARRIER_SHARE
from graphfraud.simulator.platform.chance import Floats, Ints
from graphfraud.simulator.platform.owners import COUNTRIES
from graphfraud.simulator.platform.rows import DAY_MS


def farm(theatre: Theatre, **knobs: float) -> Performance:
    return theatre.ring("bot_farm", **{**BUSY, **knobs})


def local_hour(ring: Performance) -> Floats:
    """Of bots of one country, up to its zone."""
    return ring.fake.asked_ms % DAY_MS / 3_600_000


def test_bots_play_as_much_as_they_are_told(theatre: Theatre) -> None:
    ring = farm(theatre, plays_per_day=15)
    bots = ring.subjects("listener").size
    assert ring.fake.count / bots / 28 == pytest.approx(15, rel=0.12)


def test_bots_rest_on_their_idle_days(theatre: Theatre) -> None:
    all_days, half = farm(theatre), farm(theatre, idle_day_share=0.5)
    worked = [
        np.unique(np.column_stack([ring.fake.listener_id, ring.day[ring.plays.fake]]), axis=0).shape[0]
        for ring in (all_days, half)
    ]
    assert worked[1] / worked[0] == pytest.approx(0.5, abs=0.1)


def test_bots_work_from_the_start_for_as_many_days_as_asked(theatre: Theatre) -> None:
    ring = farm(theatre, start_share=0.25, days=10)
    days = ring.day[ring.plays.fake]
    assert (days.min(), days.max()) == (7, 16)


def test_bots_that_do_not_last_are_replaced_by_others(theatre: Theatre) -> None:
    ring = farm(theatre, turnover=0.2, days=28)
    days = ring.day[ring.plays.fake]
    first, last = set(ring.fake.listener_id[days < 5]), set(ring.fake.listener_id[days > 22])
    assert first
    assert last
    assert first.isdisjoint(last)


@pytest.mark.parametrize(("share", "quiet_share"), [(0.0, 0.1), (1.0, 0.06)])
def test_bots_that_sleep_keep_their_countrys_night(theatre: Theatre, share: float, quiet_share: float) -> None:
    hours = np.bincount(local_hour(farm(theatre, sleep_share=share, countries=1)).astype(int), minlength=24)
    quiet = np.sort(hours)[:4].sum() / hours.sum()
    assert (quiet > quiet_share) == (share == 0)


@pytest.mark.parametrize(("share", "each"), [(0.25, 4), (1, 1)])
@pytest.mark.parametrize(("knob", "column"), [("devices_per_bot", "device_id"), ("addresses_per_bot", "ip_hash")])
def test_bots_share_devices_and_addresses_evenly(
    theatre: Theatre, knob: str, column: str, share: float, each: int
) -> None:
    ring = farm(theatre, **{knob: share, "residential_share": 0})
    used = np.unique(np.column_stack([getattr(ring.fake, column), ring.fake.listener_id]), axis=0)
    users = np.bincount(used[:, 0] - used[:, 0].min())
    assert set(users) == {each}


def test_two_devices_a_bot_are_its_own(theatre: Theatre) -> None:
    ring = farm(theatre, devices_per_bot=2)
    used = np.unique(np.column_stack([ring.fake.device_id, ring.fake.listener_id]), axis=0)
    assert np.unique(used[:, 0]).size == used.shape[0]
    assert used.shape[0] > 1.8 * ring.subjects("listener").size


def test_residential_sessions_come_from_honest_addresses_of_the_same_country(theatre: Theatre) -> None:
    people, ring = theatre.stage.people, farm(theatre, residential_share=0.6, countries=3)
    honest = np.column_stack([people.home_ip, people.carrier_ip])
    lent = {country: set(honest[people.country_ix == country].ravel()) for country in np.unique(people.country_ix)}
    claimed = country_of_bots(ring)[ring.fake.listener_id - ring.fake.listener_id.min()]
    borrowed = np.array([ip in lent[country] for ip, country in zip(ring.fake.ip_hash, claimed, strict=True)])
    assert borrowed.mean() == pytest.approx(0.6, abs=0.06)
    assert not np.isin(ring.fake.ip_hash[~borrowed], honest).any()
    from_carrier = np.isin(ring.fake.ip_hash[borrowed], people.carrier_ip).mean()
    assert from_carrier == pytest.approx(CARRIER_SHARE, abs=0.06)


def country_of_bots(ring: Performance) -> Ints:
    """The country that each bot claims to be of, in order of its number."""
    listeners = ring.rows.listeners.sort("listener_id")["country"]
    return np.array([COUNTRIES.index(country) for country in listeners])


def test_bots_are_abroad_as_often_as_people_or_more(theatre: Theatre) -> None:
    abroad = []
    for seed in range(12):
        ring = theatre.ring("bot_farm", seed=seed, **BUSY)
        claimed = country_of_bots(ring)[ring.fake.listener_id - ring.subjects("listener").min()]
        abroad.append((ring.fake.country_ix != claimed).mean())
    assert min(abroad) > 0
    assert np.median(abroad) == pytest.approx(TRAVELLING_SHARE, abs=0.015)
    assert max(abroad) > 3 * TRAVELLING_SHARE


def test_plays_are_cut_soon_after_they_pay_or_heard_as_people_hear(theatre: Theatre) -> None:
    cut = farm(theatre, just_paid_share=1, camouflage_share=0).fake
    assert (cut.played_ms >= 30_000).all()
    assert np.quantile(cut.played_ms, 0.99) < 45_000
    heard = farm(theatre, just_paid_share=0, skip_share=0.4, camouflage_share=0).fake
    people = listened_ms(np.full(5_000, 200_000), 0.4, 14.0, np.random.default_rng(0))
    assert (heard.played_ms < 30_000).mean() == pytest.approx((people < 30_000).mean(), abs=0.1)


def test_camouflage_is_its_share_of_the_plays_on_honest_tracks(theatre: Theatre) -> None:
    ring = farm(theatre, camouflage_share=0.7)
    covers = ~np.isin(ring.fake.track_id, ring.own_track_id)
    assert covers.mean() == pytest.approx(0.7, abs=0.05)
    assert ring.fake.track_id[covers].max() < theatre.stage.catalogue.count


def test_camouflage_without_taste_is_on_playlists_and_with_taste_elsewhere(theatre: Theatre) -> None:
    listed = []
    for share in (0, 1):
        ring = farm(theatre, camouflage_share=0.9, taste_share=share)
        covers = ring.fake.track_id[~np.isin(ring.fake.track_id, ring.own_track_id)]
        listed.append(np.isin(covers, theatre.stage.playlists.track_ix).mean())
    assert listed[0] == 1
    assert listed[1] < 1


def test_each_bot_plays_its_share_of_the_tracks(theatre: Theatre) -> None:
    ring = farm(theatre, breadth_share=0.2, camouflage_share=0, tracks=300, accounts=1, hit_share=0)
    own = ring.own_track_id.size
    for bot in ring.subjects("listener"):
        assert np.unique(ring.fake.track_id[ring.fake.listener_id == bot]).size <= np.ceil(0.2 * own)
    assert np.unique(ring.fake.track_id).size > 0.5 * own


def test_bots_claim_to_be_of_as_many_countries_as_asked(theatre: Theatre) -> None:
    ring = farm(theatre, countries=1)
    assert ring.rows.listeners["country"].n_unique() == 1
    assert farm(theatre, countries=9).rows.listeners["country"].n_unique() > 2


def test_bots_join_before_they_play_and_are_no_older_than_asked(theatre: Theatre) -> None:
    ring = farm(theatre, account_age_days=300)
    start_ms = theatre.stage.window.start_ms
    age_days = (start_ms - ring.rows.listeners["created_at"].dt.epoch("ms")) / DAY_MS
    assert age_days.min() > 0
    assert 30 < age_days.max() <= 301


@pytest.mark.parametrize("share", [0, 1])
def test_bots_pay_for_plans_as_asked_and_families_are_of_six_at_most(theatre: Theatre, share: float) -> None:
    asked = {**BUSY, "premium_share": share}
    rows = [theatre.entered("bot_farm", seed=seed, **asked).rows.listeners for seed in range(6)]
    paid = np.mean([listeners["plan"].is_in(["premium", "family"]).mean() for listeners in rows])
    assert abs(paid - share) < 0.35
    families = [listeners["plan_group_hash"].drop_nulls().value_counts()["count"].to_list() for listeners in rows]
    assert all(size <= 6 for sizes in families for size in sizes)
    for listeners in rows:
        assert ((listeners["plan"] == "family") == listeners["plan_group_hash"].is_not_null()).all()


def test_a_family_of_bots_is_of_one_country(theatre: Theatre) -> None:
    asked = {**BUSY, "premium_share": 1, "countries": 6}
    rows = [theatre.entered("bot_farm", seed=seed, **asked).rows.listeners.filter(plan="family") for seed in range(8)]
    families = pl.concat(
        [each.group_by("plan_group_hash").agg(pl.col("country").n_unique(), pl.len()) for each in rows]
    )
    assert families["len"].max() > 1
    assert set(families["country"]) == {1}


def test_bots_log_in_while_they_work_from_their_own_devices(theatre: Theatre) -> None:
    ring = farm(theatre, start_share=0.25, days=10, residential_share=0)
    logins = ring.rows.logins.filter(subject_kind="listener")
    window = theatre.stage.window
    assert logins["at"].dt.epoch("ms").is_between(window.day_start_ms(7), window.day_start_ms(17)).all()
    assert set(logins["device_id"]) <= set(ring.fake.device_id)


def test_bots_that_are_alike_play_alike(theatre: Theatre) -> None:
    spread = []
    for evenness in (0.5, 200):
        ring = farm(theatre, evenness=evenness)
        played = np.array([(ring.fake.listener_id == bot).sum() for bot in ring.subjects("listener")])
        spread.append(played.std() / played.mean())
    assert spread[1] < 0.3 < spread[0]


def test_bots_find_tracks_by_few_sources_mostly_and_each_in_its_own_way(theatre: Theatre) -> None:
    ring = farm(theatre, sources=2, plays_per_session=1.2)
    played = np.bincount(ring.fake.source_ix, minlength=len(SOURCES)) / ring.fake.count
    assert (played > 0).sum() > 2
    assert np.sort(played)[-2:].sum() > 0.6
    favourite = played.argmax()
    shares = [
        (ring.fake.source_ix[ring.fake.listener_id == bot] == favourite).mean() for bot in ring.subjects("listener")
    ]
    assert np.ptp(shares) > 0.3


def test_what_bots_play_comes_from_an_album_or_station_of_its_own_or_from_the_rings_playlist(theatre: Theatre) -> None:
    ring = farm(theatre, sources=7, camouflage_share=0)
    release_of = dict(ring.rows.tracks.select("track_id", "release_id").iter_rows())
    albums = [release_of[track] for track in ring.fake.track_id[ring.fake.source_ix == ALBUM]]
    assert albums == ring.fake.context_id[ring.fake.source_ix == ALBUM].tolist() != []
    from_station = np.isin(ring.fake.source_ix, (RADIO, AUTOPLAY))
    assert np.isin(ring.fake.context_id[from_station], theatre.stage.station_context_id).all()
    assert np.unique(ring.fake.context_id[ring.fake.source_ix == PLAYLIST]).size == 1


def test_covers_from_editorial_playlists_say_from_which(theatre: Theatre) -> None:
    ring = farm(theatre, camouflage_share=0.9, taste_share=0, sources=7)
    covers = ~np.isin(ring.fake.track_id, ring.own_track_id) & (ring.fake.source_ix == PLAYLIST)
    playlists, day = theatre.stage.playlists, ring.day[ring.plays.fake]
    place = {int(context): ix for ix, context in enumerate(playlists.context_id)}
    assert covers.any()
    for track, context, on_day in zip(
        ring.fake.track_id[covers], ring.fake.context_id[covers], day[covers], strict=True
    ):
        assert track in playlists.on(on_day)[place[int(context)]]
