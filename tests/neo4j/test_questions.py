"""Every question's exact answer on a planted platform, beside which another load is on its way."""

from collections.abc import Callable
from typing import Any

import pytest
from asked_world import CURRENT, HOSTILE, OTHER_RING, RING, plant
from neo4j import Driver

from graphfraud.neo4j.ask import ask
from graphfraud.neo4j.asking.parameters import parsed_values
from graphfraud.neo4j.asking.questions import question_named
from graphfraud.neo4j.database import Database

pytestmark = pytest.mark.xdist_group("neo4j")
NEEDED = {
    "ring_id": RING,
    "other_ring_id": OTHER_RING,
    "account_id": "acc-op",
    "other_account_id": "acc-two",
    "track_id": "trk-a1",
    "listener_id": "lis-1",
    "subject_id": "trk-b1",
    "means_id": "device:d1",
}
Asked = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def planted(driver: Driver) -> Database:
    plant(driver)
    return Database(driver)


@pytest.fixture
def asked(planted: Database) -> Asked:
    """Columns of the answer, chosen by name; those that are ids are given their usual value."""

    def put(name: str, *columns: str, **values: Any) -> list[tuple[Any, ...]]:
        answer = ask(planted, question_named(name), parsed_values(question_named(name), written(name, **values)))
        assert answer.run.number == CURRENT
        return [tuple(row[column] for column in columns or answer.columns) for row in answer.plain_rows]

    return put


def written(name: str, **values: Any) -> list[str]:
    needed = {each.name: NEEDED[each.name] for each in question_named(name).parameters if each.default is None}
    return [f"{key}={value}" for key, value in (needed | values).items()]


def test_rings_stand_by_their_risk(asked: Asked) -> None:
    assert asked("riskiest-rings", "ring_id", "risk", "loudest_evidence") == [
        (RING, 0.99, "plays little else"),
        (OTHER_RING, 0.9, "some others listen"),
    ]
    assert asked("riskiest-rings", "ring_id", kind="upload") == [(OTHER_RING,)]
    assert asked("riskiest-rings", "ring_id", least_risk=0.95) == [(RING,)]


def test_members_stand_by_role_with_the_accused_first(asked: Asked) -> None:
    assert asked("ring-members", "role", "id", "title", "ring_plays", "verdict") == [
        ("operator", "acc-op", None, 143, "block"),
        ("beneficiary", "acc-two", None, 70, "review"),
        ("beneficiary", "trk-a1", HOSTILE, 83, "hold"),
        ("beneficiary", "trk-a2", "Rain Two", 60, "hold"),
        ("beneficiary", "trk-b1", "Rain Three", 70, "hold"),
        ("bot", "lis-1", None, 90, "block"),
        ("bot", "lis-2", None, 60, "block"),
        ("bot", "lis-3", None, 60, "hold"),
        ("victim", "lis-vic", None, 3, "allow"),
        ("bystander", "acc-good", None, 35, "allow"),
        ("bystander", "trk-hit", "Hit", 35, "allow"),
    ]
    assert asked("ring-members", "id", limit=2) == [("acc-op",), ("acc-two",)]


def test_why_a_track_is_in_a_ring_counts_rare_ties_only(asked: Asked) -> None:
    assert asked("why-in-ring", "about", "fact", "value", "log_odds") == [
        ("membership", "role", "beneficiary", None),
        ("membership", "weight (0-1)", 1.0, None),
        ("plays", "bots of the ring that play it, count", 2, None),
        ("plays", "plays by them, count", 80, None),
        ("plays", "victims in whose names it is played, count", 1, None),
        ("plays", "plays in their names, count", 3, None),
        ("plays", "plays by everybody else, count", 2, None),
        ("plays", "listeners outside the ring, count", 1, None),
        ("account", "brought by", "acc-op", None),
        ("account", "its role in the ring", "operator", None),
        ("account", "accounts of the ring that share means with it, count", 1, None),
        ("account", "listeners of the ring that share means with it, count", 1, None),
        ("account", "means that they share, count", 2, None),
        ("sound", "near-duplicates within the ring, count", 2, None),
        ("sound", "the likest of them, cosine", 0.98, None),
        ("evidence of the ring", "plays little else", 0.9, 5.0),
        ("evidence of the ring", "some others listen", 0.2, -0.5),
    ]
    assert asked("why-in-ring", track_id="trk-quiet") == []


def test_a_hub_shares_nothing_unless_it_is_asked_for(asked: Asked) -> None:
    sharing = [
        ("account", "acc-two", ["payee:p1", "device:d1"], 2, "review"),
        ("listener", "lis-1", ["device:d1"], 3, "block"),
    ]
    columns = ("kind", "id", "through", "sharers", "verdict")
    assert asked("shared-means", *columns) == sharing
    assert asked("shared-means", *columns, most_sharers=100) == [
        *sharing,
        ("account", "acc-good", ["address:hub"], 100, "allow"),
        ("listener", "lis-fan1", ["address:hub"], 100, "allow"),
    ]


def test_an_account_is_drawn_with_whom_it_shares(asked: Asked) -> None:
    drawn = {(tie["from"], tie["to"]) for (tie,) in asked("account-picture", "tie")}
    accounts = {(account, means) for account in ("acc-op", "acc-two") for means in ("payee:p1", "device:d1")}
    assert drawn == {*accounts, ("lis-1", "device:d1")}


def test_means_are_used_by_the_riskiest_first(asked: Asked) -> None:
    assert asked("means-users", "kind", "id") == [("account", "acc-op"), ("listener", "lis-1"), ("account", "acc-two")]


def test_money_flows_from_a_ring_to_one_payee(asked: Asked) -> None:
    assert asked("ring-money") == [
        ("payee:p1", "acc-op", "operator", 2, 14.5, 14.0, 140, 2),
        ("payee:p1", "acc-two", "beneficiary", 1, 7.0, 7.0, 70, 2),
    ]


def test_payees_stand_by_artificial_income(asked: Asked) -> None:
    assert asked("payees") == [("payee:p1", 2, 3, 21.0, 21.5, 0.9767), ("payee:good", 1, 1, 1.5, 5.6, 0.2679)]


def test_lonely_tracks_are_those_that_few_play(asked: Asked) -> None:
    assert asked("lonely-tracks", "track_id", "account_id", "plays", "other_listeners", most_listeners=3) == [
        ("trk-a2", "acc-op", 30, 1),
        ("trk-b1", "acc-two", 20, 2),
    ]
    assert len(asked("lonely-tracks")) == 4


def test_co_streamed_tracks_are_measured_by_popularity(asked: Asked) -> None:
    assert asked("co-streamed", "track_id", "account_id", "shared", "listeners", "expected", "times") == [
        ("trk-hit", "acc-good", 4, 6, 2.67, 1.5),
        ("trk-b1", "acc-two", 2, 3, 1.33, 1.5),
    ]


def test_a_track_s_audience_stands_by_its_plays(asked: Asked) -> None:
    assert asked("track-audience", "listener_id", "plays", "verdict", "ring_id") == [
        ("lis-1", 40, "block", RING),
        ("lis-2", 40, "block", RING),
        ("lis-vic", 3, "allow", RING),
        ("lis-fan2", 2, "allow", None),
    ]


def test_suspicious_ways_lead_through_rare_things(asked: Asked) -> None:
    assert ways(asked("suspicious-path", "path")) == {
        ("acc-op", "payee:p1", "acc-two"),
        ("acc-op", "device:d1", "acc-two"),
    }
    assert [row[0] for row in asked("suspicious-path", "rarity")] == [0.25, pytest.approx(1 / 9)]
    assert asked("suspicious-path", other_account_id="acc-lone", most_listeners=5) == []


def test_suspicious_ways_avoid_hubs_and_hits(asked: Asked) -> None:
    through = {("trk-a1", listener) for listener in ("lis-1", "lis-2", "lis-fan2", "lis-vic")}
    through |= {("trk-a2", "lis-1"), ("device:d1", "lis-1")}
    found = asked("suspicious-path", "path", other_account_id="acc-good", limit=10)
    assert ways(found) == {("acc-op", *pair, "trk-hit", "acc-good") for pair in through}
    assert asked("suspicious-path", other_account_id="acc-good", most_listeners=5) == []
    hub = asked("suspicious-path", "path", other_account_id="acc-good", most_sharers=100)
    assert ways(hub) == {("acc-op", "address:hub", "acc-good")}


def ways(rows: list[tuple[Any, ...]]) -> set[tuple[str, ...]]:
    keys = ("account_id", "track_id", "listener_id", "means_id")
    return {
        tuple(next(node["properties"][key] for key in keys if key in node["properties"]) for node in path["nodes"])
        for (path,) in rows
    }


def test_a_day_curve_tells_the_ring_from_its_listeners_and_its_outsiders(asked: Asked) -> None:
    curve = asked("ring-day-curve")
    assert [row[0] for row in curve] == list(range(24))
    assert [row for row in curve if any(row[1:])] == [(3, 160, 0, 0), (4, 50, 10, 0), (5, 0, 5, 0), (19, 0, 0, 2)]


def test_accounts_bring_each_other_s_recordings(asked: Asked) -> None:
    assert asked("near-duplicates") == [("acc-op", "block", "acc-two", "review", 1, 0.97, True)]
    assert asked("account-duplicates", "track_id", "twin_id", "other_account_id", "cosine") == [
        ("trk-a1", "trk-b1", "acc-two", 0.97)
    ]
    assert asked("near-duplicates", least_cosine=0.975) == []


def test_an_audience_shares_its_plan(asked: Asked) -> None:
    assert asked("audience-in-common") == [("plan_group", "plan_group:g1", 2, 0.4, 110, 2, 0.985)]


def test_the_risky_in_no_ring_are_few(asked: Asked) -> None:
    assert asked("risky-without-ring", "kind", "id", "verdict", "reasons") == [
        ("account", "acc-lone", "review", ["mass_upload"]),
        ("track", "trk-quiet", "hold", None),
    ]
    assert asked("risky-without-ring", "id", kind="track") == [("trk-quiet",)]


def test_a_ring_is_new_when_the_run_before_did_not_know_it(asked: Asked) -> None:
    assert asked("new-rings", "ring_id", "members_judged_before") == [(OTHER_RING, 1)]


def test_verdicts_that_got_stricter(asked: Asked) -> None:
    assert asked("stricter-verdicts", "id", "before", "now") == [
        ("acc-op", "hold", "block"),
        ("lis-2", "allow", "block"),
        ("lis-3", None, "hold"),
        ("trk-a2", None, "hold"),
        ("trk-b1", None, "hold"),
    ]
    assert asked("stricter-verdicts", "id", kind="account") == [("acc-op",)]


def test_a_ring_then_and_now(asked: Asked) -> None:
    told = {what: (before, now) for what, before, now in asked("ring-history")}
    assert told["risk"] == (0.8, 0.99)
    assert told["log-odds of closure"] == (2.0, 5.0)
    assert {before for _, before, _ in asked("ring-history", ring_id=OTHER_RING)} == {None}


def test_a_look_alike_is_told_by_audience_means_and_ages(asked: Asked) -> None:
    rows = asked("ring-look-alike", "fact", "value")
    assert rows[:2] == [("plays little else", 0.9), ("some others listen", 0.2)]
    assert dict(rows[2:]) == {
        "plays of its tracks by others, share": 0.0093,
        "plays of its bots within it, share": 0.9333,
        "actors that share a device, address, plan or payee with another, share": 0.6667,
        "devices, addresses, plans and payees that they share, count": 3,
        "age of its listeners, 10th of 100, days": 30,
        "age of its listeners, 90th of 100, days": 2190,
        "age of its accounts, 10th of 100, days": 30,
        "age of its accounts, 90th of 100, days": 30,
        "accounts that the platform knows, share": 0.0,
        "members that people found legitimate, count": 1,
        "members that people found fraud, count": 0,
    }


def test_two_rings_have_members_in_common(asked: Asked) -> None:
    assert asked("common-members", "id", "role", "other_role") == [
        ("acc-two", "beneficiary", "beneficiary"),
        ("trk-b1", "beneficiary", "beneficiary"),
        ("lis-3", "bot", "bot"),
    ]


def test_rings_of_any_subject(asked: Asked) -> None:
    assert asked("rings-of", "kind", "ring_id", "role") == [
        ("track", RING, "beneficiary"),
        ("track", OTHER_RING, "beneficiary"),
    ]
    assert asked("rings-of", "ring_id", "role", subject_id="lis-vic") == [(RING, "victim")]
    assert asked("rings-of", subject_id="acc-lone") == []


def test_an_artist_s_defence(asked: Asked) -> None:
    assert asked("artist-defence", "about", "fact", "value", account_id="acc-good") == [
        ("people", "decided", "legitimate"),
        ("people", "by", "appeal"),
        ("people", "the platform knows who this is", True),
        ("people", "its tracks that people found legitimate, count", 0),
        ("age", "of the account, days", 2190),
        ("age", "of its tracks, the middle one, days", 365),
        ("audience", "plays by listeners of little risk, share", 0.7321),
        ("audience", "such listeners, count", 4),
        ("audience", "streams that are expected to be honest, share", 0.7321),
        ("catalogue", "tracks, count", 1),
        ("catalogue", "tracks that declare their AI, count", 1),
        ("verdict", "today", "allow"),
        ("verdict", "risk (0-1)", 0.02),
        (f"ring {RING}", "its role", "bystander"),
        (f"ring {RING}", "some others listen", 0.2),
    ]


def test_a_ring_is_drawn_without_those_it_merely_plays(asked: Asked) -> None:
    rows = asked("ring-picture", "subject", "ties", "means")
    ties = {(tie["from"], tie["type"], tie["to"]) for _, every, _ in rows for tie in every}
    uploads = {("acc-op", "trk-a1"), ("acc-op", "trk-a2"), ("acc-two", "trk-b1")}
    plays = {("lis-1", "trk-a1"), ("lis-1", "trk-a2"), ("lis-1", "trk-b1"), ("lis-2", "trk-a1"), ("lis-2", "trk-b1")}
    plays |= {("lis-3", "trk-a2"), ("lis-3", "trk-b1"), ("lis-vic", "trk-a1")}
    like = {("trk-a1", "trk-b1"), ("trk-a1", "trk-a2")}
    named = (("UPLOADED", uploads), ("STREAMED", plays), ("SOUNDS_LIKE", like))
    assert ties == {(one, type_, other) for type_, pairs in named for one, other in pairs}
    shared = {means["properties"]["means_id"] for _, _, every in rows for means in every}
    assert shared == {"device:d1", "payee:p1", "plan_group:g1"}
