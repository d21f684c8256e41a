from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.config import Payout
from graphfraud.fusion.economics import Stolen, track_months
from graphfraud.tables import TrackMonths

Play = tuple[str, str, datetime, int]
AS_OF = datetime(2025, 7, 1, tzinfo=UTC)


def at(year: int, month: int, day: int = 1, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def streams(plays: list[Play]) -> pl.LazyFrame:
    schema = pl.Schema(
        {
            "listener_id": pl.String(),
            "track_id": pl.String(),
            "started_at": pl.Datetime("us", "UTC"),
            "played_ms": pl.Int64(),
        }
    )
    return pl.LazyFrame(plays, schema=schema, orient="row")


def risks(**listeners: tuple[float, str]) -> pl.LazyFrame:
    rows = [(listener_id, risk, verdict) for listener_id, (risk, verdict) in listeners.items()]
    schema = {"listener_id": pl.String, "risk": pl.Float64, "verdict": pl.String}
    return pl.LazyFrame(rows, schema=schema, orient="row")


def months(
    plays: list[Play],
    listener_risk: pl.LazyFrame,
    payout: Payout | None = None,
    as_of: datetime = AS_OF,
    stolen: Stolen | None = None,
) -> pl.DataFrame:
    counted = track_months(streams(plays), listener_risk, payout or Payout(), as_of, stolen=stolen)
    return TrackMonths.validate(counted.collect())


def test_artificial_streams_are_expected_of_all_plays_and_withheld_ones_of_payable_plays_that_wait() -> None:
    plays = [
        *[("bot", "t", at(2025, 6), 31_000)] * 3,
        ("bot", "t", at(2025, 6), 29_999),
        *[("doubtful", "t", at(2025, 6), 30_000)] * 2,
        ("unknown", "t", at(2025, 6), 30_000),
    ]
    row = months(plays, risks(bot=(0.9, "block"), doubtful=(0.25, "allow"))).row(0, named=True)
    assert (row["streams"], row["payable_streams"]) == (7, 6)
    assert row["artificial_streams"] == pytest.approx(4 * 0.9 + 2 * 0.25)
    assert row["artificial_share"] == pytest.approx((4 * 0.9 + 2 * 0.25) / 7)
    assert row["withheld_streams"] == 3, "of 3 x 0.9, rounded"


def test_a_certain_bot_has_every_payable_play_withheld() -> None:
    row = months([("bot", "t", at(2025, 6), 40_000)] * 5, risks(bot=(1.0, "hold"))).row(0, named=True)
    assert (row["artificial_streams"], row["artificial_share"], row["withheld_streams"]) == (5.0, 1.0, 5)


def test_months_are_utc_and_end_at_as_of() -> None:
    plays = [
        ("l", "t", at(2025, 5, 31, 23), 40_000),
        ("l", "t", at(2025, 6, 1, 0), 40_000),
        ("l", "t", at(2025, 6, 2), 40_000),
        ("l", "s", at(2025, 6, 3), 40_000),
    ]
    table = months(plays, risks(l=(0.0, "allow")), as_of=at(2025, 6, 2))
    assert table.select("track_id", "month", "streams").rows() == [
        ("t", date(2025, 5, 1), 1),
        ("t", date(2025, 6, 1), 1),
    ]


def test_no_streams_make_no_months() -> None:
    assert months([], risks()).is_empty()


YEAR_OF_PLAYS = [
    ("a", "t", at(2024, 6, 1, 9), 40_000),
    ("b", "t", at(2025, 5, 31), 40_000),
    ("c", "t", at(2025, 5, 1), 29_000),
    ("a", "t", at(2025, 6, 1), 40_000),
    ("a", "new", at(2025, 6, 1), 40_000),
]


@pytest.mark.parametrize(
    ("streams_count", "listeners_count", "eligible"), [(2, 2, True), (3, 2, False), (2, 3, False), (0, 0, True)]
)
def test_a_track_earns_by_the_payable_plays_and_listeners_of_the_twelve_months_before(
    streams_count: int,
    listeners_count: int,
    eligible: bool,  # noqa: FBT001 - a parametrised expectation
) -> None:
    payout = Payout(min_yearly_streams_count=streams_count, min_yearly_listeners_count=listeners_count)
    june = months(YEAR_OF_PLAYS, risks(), payout).filter(pl.col("month") == date(2025, 6, 1))
    assert dict(june.select("track_id", "eligible").iter_rows()) == {"t": eligible, "new": streams_count == 0}


def test_eligibility_is_unknown_where_the_feed_begins_too_late() -> None:
    table = months(YEAR_OF_PLAYS, risks())
    assert table.filter(pl.col("month") < date(2025, 6, 1))["eligible"].null_count() == 2
    late = [(listener, track, started + timedelta(days=1), ms) for listener, track, started, ms in YEAR_OF_PLAYS]
    assert months(late, risks())["eligible"].null_count() == len(months(late, risks()))


plays_strategy = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from("st"),
        st.datetimes(datetime(2024, 1, 1), datetime(2025, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis wants naive bounds
        st.integers(0, 60_000),
    ),
    max_size=30,
)


@given(plays=plays_strategy, listener_risks=st.lists(st.floats(0, 1), min_size=4, max_size=4), data=st.data())
def test_row_order_changes_nothing_and_parts_fit_in_the_whole(
    plays: list[Play], listener_risks: list[float], data: st.DataObject
) -> None:
    judged = dict(zip("abcd", zip(listener_risks, ["allow", "hold", "review", "block"], strict=True), strict=True))
    table = months(plays, risks(**judged))
    assert table.equals(months(data.draw(st.permutations(plays)), risks(**judged)))
    assert table["streams"].sum() == len(plays)
    assert table["artificial_streams"].sum() == pytest.approx(
        sum(judged[listener][0] for listener, *_ in plays), abs=1e-6
    )


def taken(*victims: tuple[str, str, float, bool], tracks: tuple[str, ...] = ("ring's",)) -> Stolen:
    columns = {"suspicion": pl.String, "listener_id": pl.String, "risk": pl.Float64, "waits": pl.Boolean}
    return Stolen(
        victims=pl.LazyFrame(list(victims), schema=columns, orient="row"),
        tracks=pl.LazyFrame({"suspicion": ["one"] * len(tracks), "track_id": tracks}),
    )


def test_a_victims_plays_of_its_rings_tracks_are_artificial_and_its_own_are_not() -> None:
    plays = [*[("victim", "ring's", at(2025, 6), 40_000)] * 10, *[("victim", "loved", at(2025, 6), 40_000)] * 10]
    theft = taken(("one", "victim", 0.9, True))
    table = months(plays, risks(victim=(0.01, "allow")), stolen=theft)
    counted = {row["track_id"]: row for row in table.iter_rows(named=True)}
    assert counted["ring's"]["artificial_streams"] == pytest.approx(9.0)
    assert counted["ring's"]["withheld_streams"] == 9
    assert counted["loved"]["artificial_streams"] == pytest.approx(0.1)
    assert counted["loved"]["withheld_streams"] == 0


def test_a_theft_that_is_only_suspected_counts_but_withholds_nothing() -> None:
    plays = [("victim", "ring's", at(2025, 6), 40_000)] * 10
    row = months(plays, risks(victim=(0.01, "allow")), stolen=taken(("one", "victim", 0.3, False))).row(0, named=True)
    assert (row["artificial_streams"], row["withheld_streams"]) == (pytest.approx(3.0), 0)


def test_plays_taken_by_two_rings_count_once() -> None:
    plays = [("victim", "ring's", at(2025, 6), 40_000)] * 10
    theft = taken(("one", "victim", 0.9, True), ("one", "victim", 0.8, True))
    row = months(plays, risks(victim=(0.01, "allow")), stolen=theft).row(0, named=True)
    assert (row["streams"], row["artificial_streams"]) == (10, pytest.approx(9.0))
