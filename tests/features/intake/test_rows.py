from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import polars as pl
import pytest

from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.intake.rows import judged_rows

AT = datetime(2026, 10, 1, 12, 30, 15, 250_000, tzinfo=UTC)


def label_rows(decided_at: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"decided_at": decided_at}).with_columns(
        subject_kind=pl.lit("track"),
        subject_id=pl.lit("trk"),
        label=pl.lit("fraud"),
        source=pl.lit("review"),
        row_number=pl.int_range(1, pl.len() + 1),
        broken=pl.lit(None, pl.String),
    )


@pytest.mark.parametrize(
    "decided_at",
    [
        pl.Series(["2026-10-01T12:30:15.25Z"]),
        pl.Series(["2026-10-01 14:30:15.250000+02:00"]),
        pl.Series([" 2026-10-01 12:30:15.250 UTC "]),
        pl.Series([AT.astimezone(timezone(timedelta(hours=-5)))]),
        pl.Series([AT], dtype=pl.Datetime("ns", "UTC")),
        pl.Series([AT], dtype=pl.Datetime("ms", "Asia/Tokyo")),
    ],
)
def test_instants_of_any_unit_and_zone_become_utc_microseconds(decided_at: pl.Series) -> None:
    judged = judged_rows(label_rows(decided_at), "labels", naive_instants_are_utc=False)
    assert judged.accepted["decided_at"].dtype == pl.Datetime("us", "UTC")
    assert judged.accepted["decided_at"].to_list() == [AT]


@pytest.mark.parametrize(
    "decided_at",
    [
        pl.Series(["2026-10-01T12:30:15.25"]),
        pl.Series([AT.replace(tzinfo=None)]),
        pl.Series([AT.replace(tzinfo=None)], dtype=pl.Datetime("ms")),
    ],
)
def test_instants_without_a_zone_are_utc_only_when_the_settings_say_so(decided_at: pl.Series) -> None:
    rows = label_rows(decided_at)
    assert judged_rows(rows, "labels", naive_instants_are_utc=False).refused["reason"].to_list() == [
        "decided_at_without_zone"
    ]
    assert judged_rows(rows, "labels", naive_instants_are_utc=True).accepted["decided_at"].to_list() == [AT]


@pytest.mark.parametrize("decided_at", [pl.Series(["soon"]), pl.Series([1_790_000_000]), pl.Series([True])])
def test_what_is_no_instant_is_a_wrong_type(decided_at: pl.Series) -> None:
    judged = judged_rows(label_rows(decided_at), "labels", naive_instants_are_utc=True)
    assert judged.refused["reason"].to_list() == ["decided_at_wrong_type"]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("edge", [-(2**63) + 1, 2**63 - 1])
def test_instants_beyond_any_calendar_are_refused_and_kept(unit: Literal["ms", "us", "ns"], edge: int) -> None:
    decided_at = pl.Series([edge], dtype=pl.Int64).cast(pl.Datetime(unit, "UTC"))
    judged = judged_rows(label_rows(decided_at), "labels", naive_instants_are_utc=False)
    kept = Quarantine()
    kept.add_rows("labels", judged.refused.with_columns(file=pl.lit("labels.parquet")))
    if unit != "ns":
        assert kept.counts() == {"labels": {"decided_at_wrong_type": 1}}
        assert str(edge) in kept.rows["labels"][0]["row"][0]


def stream_rows(**columns: pl.Series) -> pl.DataFrame:
    plain = pl.DataFrame(columns)
    given = plain.columns
    defaults = {
        "stream_id": pl.lit("s"),
        "listener_id": pl.lit("l"),
        "track_id": pl.lit("t"),
        "started_at": pl.lit(AT),
        "played_ms": pl.lit(1),
        "source": pl.lit("radio"),
        "row_number": pl.int_range(1, pl.len() + 1),
        "broken": pl.lit(None, pl.String),
    }
    return plain.with_columns(**{name: value for name, value in defaults.items() if name not in given})


@pytest.mark.parametrize(
    ("played_ms", "taken", "reason"),
    [
        (pl.Series([30_000.0]), [30_000], []),
        (pl.Series([0.5]), [], ["played_ms_wrong_type"]),
        (pl.Series(["30000"]), [30_000], []),
        (pl.Series(["half a minute"]), [], ["played_ms_wrong_type"]),
        (pl.Series([2**63], dtype=pl.UInt64), [], ["played_ms_wrong_type"]),
        (pl.Series([True]), [], ["played_ms_wrong_type"]),
        (pl.Series([-1]), [], ["played_ms_negative"]),
        (pl.Series([None], dtype=pl.Int64), [], ["played_ms_missing"]),
        (pl.Series([[1]]), [], ["played_ms_wrong_type"]),
        (pl.Series(["30000"], dtype=pl.Categorical), [30_000], []),
        (pl.Series(["soon"], dtype=pl.Categorical), [], ["played_ms_wrong_type"]),
        (pl.Series([b"\xff"]), [], ["played_ms_wrong_type"]),
        (pl.Series(["123.0"]), [123], []),
    ],
)
def test_a_count_is_taken_only_where_nothing_is_lost(played_ms: pl.Series, taken: list[int], reason: list[str]) -> None:
    judged = judged_rows(stream_rows(played_ms=played_ms), "streams", naive_instants_are_utc=False)
    assert judged.accepted["played_ms"].to_list() == taken
    assert judged.refused["reason"].to_list() == reason


def test_an_id_may_be_a_number_but_not_missing_or_empty() -> None:
    numbers = judged_rows(stream_rows(track_id=pl.Series([7])), "streams", naive_instants_are_utc=False)
    assert numbers.accepted["track_id"].to_list() == ["7"]
    gone = judged_rows(
        stream_rows(track_id=pl.Series([None, ""], dtype=pl.String)), "streams", naive_instants_are_utc=False
    )
    assert gone.refused["reason"].to_list() == ["track_id_missing", "track_id_empty"]


def test_an_empty_text_that_may_be_absent_is_absent_and_ties_nobody() -> None:
    places = {"device_id": pl.Series(["", "dev-1", None]), "ip_hash": pl.Series(["", "", "ip-1"])}
    rows = stream_rows(stream_id=pl.Series(["a", "b", "c"]), **places)
    judged = judged_rows(rows, "streams", naive_instants_are_utc=False)
    assert judged.accepted["device_id"].to_list() == [None, "dev-1", None]
    assert judged.accepted["ip_hash"].to_list() == [None, None, "ip-1"]


def test_enumerations_stay_open() -> None:
    judged = judged_rows(stream_rows(source=pl.Series(["smart speaker"])), "streams", naive_instants_are_utc=False)
    assert judged.accepted["source"].to_list() == ["smart speaker"]


@pytest.mark.parametrize(
    "dtype", [pl.List(pl.Float32), pl.List(pl.Float64), pl.Array(pl.Float32, 2), pl.List(pl.String)]
)
def test_a_vector_may_come_in_any_list(dtype: pl.DataType) -> None:
    text = dtype == pl.List(pl.String)
    vector = pl.Series([["1.5", "-2"]] if text else [[1.5, -2.0]], dtype=dtype)
    rows = pl.DataFrame({"track_id": ["t"], "model": ["m"], "vector": vector}).with_columns(
        row_number=pl.lit(1, pl.Int64), broken=pl.lit(None, pl.String)
    )
    judged = judged_rows(rows, "embeddings", naive_instants_are_utc=False)
    assert judged.accepted["vector"].to_list() == [[1.5, -2.0]]
