import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from graphfraud.config import (
    FunctionalNoiseRule,
    MalformedIsrcRule,
    MassUploadRule,
    MoreThanADayRule,
    Rules,
    SharedPayeeRule,
)
from graphfraud.fusion import policy
from graphfraud.fusion.calibration import POLICY_LIMIT
from graphfraud.fusion.policy import policy_evidence, summed_policy_log_odds

AS_OF = datetime(2025, 7, 1, tzinfo=UTC)
HOUR_MS = 3_600_000


def accounts(*rows: tuple[str, datetime, str | None]) -> pl.LazyFrame:
    return pl.LazyFrame(
        rows,
        schema={"account_id": pl.String, "created_at": pl.Datetime("us", "UTC"), "payee_hash": pl.String},
        orient="row",
    )


def track(track_id: str, account_id: str = "a", **columns: Any) -> dict[str, Any]:
    plain = {"uploaded_at": AS_OF - timedelta(days=1), "duration_ms": 200_000, "genre": "pop", "isrc": None}
    return {"track_id": track_id, "account_id": account_id, **plain, **columns}


def tracks(*rows: dict[str, Any]) -> pl.LazyFrame:
    schema = pl.Schema(
        {
            "track_id": pl.String(),
            "account_id": pl.String(),
            "uploaded_at": pl.Datetime("us", "UTC"),
            "duration_ms": pl.Int64(),
            "genre": pl.String(),
            "isrc": pl.String(),
        }
    )
    return pl.LazyFrame(list(rows), schema=schema)


def listener_days(*rows: tuple[str, date, int]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema={"listener_id": pl.String, "day": pl.Date, "played_ms": pl.Int64}, orient="row")


def subjects(frame: pl.LazyFrame) -> set[tuple[str, str]]:
    return set(frame.collect().select("subject_kind", "subject_id").iter_rows())


def uploads(account_id: str, count: int, start: datetime, step: timedelta) -> list[dict[str, Any]]:
    return [track(f"{account_id}-{n}", account_id, uploaded_at=start + n * step) for n in range(count)]


def test_only_many_uploads_within_one_utc_day_of_a_new_account_are_a_mass_upload() -> None:
    rule = MassUploadRule(account_age_days=60, tracks_per_day=3)
    noon = datetime(2025, 6, 1, 12, tzinfo=UTC)
    rows = [
        *uploads("burst", 3, noon, timedelta(hours=1)),
        *uploads("over-midnight", 3, noon, timedelta(hours=10)),
        *uploads("few", 2, noon, timedelta(hours=1)),
        *uploads("old", 9, noon, timedelta(hours=1)),
    ]
    opened = noon - timedelta(days=59)
    known = accounts(
        ("burst", opened, None),
        ("over-midnight", opened, None),
        ("few", opened, None),
        ("old", noon - timedelta(days=60), None),
    )
    broken = policy.new_account_must_not_mass_upload(known, tracks(*rows), rule)
    assert subjects(broken) == {("account", "burst")}


def test_only_new_accounts_count_and_answer_for_a_shared_payee() -> None:
    rule = SharedPayeeRule(account_age_days=180, accounts=2)
    new, old = AS_OF - timedelta(days=180), AS_OF - timedelta(days=181)
    known = accounts(
        ("a", new, "p"),
        ("b", new, "p"),
        ("c", old, "p"),
        ("d", new, "q"),
        ("e", old, "q"),
        ("f", new, None),
        ("g", new, None),
    )
    broken = policy.one_payee_must_not_stand_behind_many_new_accounts(known, rule, AS_OF)
    assert subjects(broken) == {("account", "a"), ("account", "b")}


def test_only_short_tracks_of_a_noise_genre_are_functional_noise() -> None:
    rows = [
        track("short", duration_ms=119_999, genre="White Noise"),
        track("listed", duration_ms=31_000, genre="ambient; Sleep /drone"),
        track("long", duration_ms=120_000, genre="noise"),
        track("song", duration_ms=31_000, genre="noise rock"),
        track("no genre", duration_ms=31_000, genre=None),
    ]
    broken = policy.functional_noise_must_last_two_minutes(tracks(*rows), FunctionalNoiseRule())
    assert subjects(broken) == {("track", "short"), ("track", "listed")}
    nothing_is_noise = FunctionalNoiseRule(genres=())
    assert not subjects(policy.functional_noise_must_last_two_minutes(tracks(*rows), nothing_is_noise))


def test_an_isrc_may_be_absent_or_hyphenated_but_not_malformed() -> None:
    isrcs = {
        "plain": "GBAYE0601498",
        "hyphens": "GB-AYE-06-01498",
        "none": None,
        "short": "GBAYE060149",
        "long": "GBAYE06014980",
        "lower": "gbaye0601498",
        "empty": "",
    }
    broken = policy.isrc_must_be_well_formed(tracks(*(track(name, isrc=isrc) for name, isrc in isrcs.items())))
    assert {name for _, name in subjects(broken)} == {"short", "long", "lower", "empty"}


def test_playing_time_adds_up_within_a_utc_day_only() -> None:
    first, second = date(2025, 6, 1), date(2025, 6, 2)
    days = listener_days(
        ("in parts", first, 20 * HOUR_MS),
        ("in parts", first, 7 * HOUR_MS),
        ("two days", first, 20 * HOUR_MS),
        ("two days", second, 20 * HOUR_MS),
        ("at the limit", first, 26 * HOUR_MS),
    )
    broken = policy.listener_must_not_play_more_than_a_day_holds(days, MoreThanADayRule(hours_per_day=26.0))
    assert subjects(broken) == {("listener", "in parts")}


def test_evidence_has_a_row_for_each_broken_rule_and_none_for_rules_switched_off() -> None:
    rules = Rules(
        isrc_must_be_well_formed=MalformedIsrcRule(log_odds=0.0),
        functional_noise_must_last_two_minutes=FunctionalNoiseRule(log_odds=1.25),
    )
    evidence = policy_evidence(
        accounts=accounts(("a", AS_OF - timedelta(days=900), None)),
        tracks=tracks(track("t", duration_ms=40_000, genre="rain", isrc="?")),
        listener_days=listener_days(("l", date(2025, 6, 1), 30 * HOUR_MS)),
        rules=rules,
        as_of=AS_OF,
    )
    assert evidence.rows() == [
        ("listener", "l", "listener_must_not_play_more_than_a_day_holds", 2.5),
        ("track", "t", "functional_noise_must_last_two_minutes", 1.25),
    ]


def test_every_rule_that_policy_can_weigh_is_applied() -> None:
    opened = AS_OF - timedelta(days=5)
    offences = {"duration_ms": 40_000, "genre": "rain", "isrc": "?"}
    rows = [row | offences for row in uploads("a0", 40, AS_OF.replace(day=1) - timedelta(days=1), timedelta(minutes=5))]
    evidence = policy_evidence(
        accounts=accounts(*((f"a{n}", opened, "p") for n in range(5))),
        tracks=tracks(*rows),
        listener_days=listener_days(("l", date(2025, 6, 1), 30 * HOUR_MS)),
        rules=Rules(),
        as_of=AS_OF,
    )
    assert set(evidence["rule"]) == {field.name for field in dataclasses.fields(Rules)}


def test_a_feed_without_offenders_leaves_no_evidence_and_no_part() -> None:
    evidence = policy_evidence(
        accounts=accounts(), tracks=tracks(), listener_days=listener_days(), rules=Rules(), as_of=AS_OF
    )
    assert evidence.is_empty()
    assert summed_policy_log_odds(evidence).schema == {
        "subject_kind": pl.String,
        "subject_id": pl.String,
        "log_odds": pl.Float64,
        "rules": pl.List(pl.String),
    }


def test_rules_add_up_the_weightiest_first_within_the_limit() -> None:
    rows = [
        ("track", "t", "mild", 0.5),
        ("account", "a", "alone", 1.0),
        ("track", "t", "grave", 4.0),
        ("track", "t", "also grave", 4.0),
    ]
    evidence = pl.DataFrame(rows, schema=["subject_kind", "subject_id", "rule", "log_odds"], orient="row")
    summed = summed_policy_log_odds(evidence)
    assert summed["subject_id"].to_list() == ["a", "t"]
    assert summed["rules"].to_list() == [["alone"], ["also grave", "grave", "mild"]]
    assert summed["log_odds"][0] == pytest.approx(1.0, rel=1e-3)
    assert 4.0 < summed["log_odds"][1] < POLICY_LIMIT
    assert summed.equals(summed_policy_log_odds(evidence.reverse()))
