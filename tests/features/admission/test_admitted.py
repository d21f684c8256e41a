import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from conftest import FIRST_DAY, Tables, tiny_tables
from features.admit import AS_OF, admitted_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.errors import NothingToScore


def test_the_version_recorded_last_before_as_of_is_in_force(tmp_path: Path, tables: Tables) -> None:
    versions = [("US", -5), ("FR", -1), ("GB", +1)]
    row = tables["accounts"].head(1)
    tables["accounts"] = pl.concat(
        [
            tables["accounts"].tail(7).with_columns(recorded_at=pl.lit(None, pl.Datetime("us", "UTC"))),
            *(
                row.with_columns(
                    country=pl.lit(country),
                    recorded_at=pl.lit(AS_OF + timedelta(days=days)).cast(pl.Datetime("us", "UTC")),
                )
                for country, days in versions
            ),
        ]
    )
    events, _ = admitted_tables(tmp_path, tables)
    assert events.table("accounts").filter(account_id="acc-0").collect()["country"].to_list() == ["FR"]
    assert events.left_out["accounts"] == {"after_as_of": 1, "superseded": 1}


@given(order=st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_which_of_two_conflicting_streams_stays_does_not_depend_on_their_order(order: random.Random) -> None:
    tables = tiny_tables()
    other = tables["streams"].head(5).with_columns(played_ms=pl.lit(99_999, pl.Int64))
    rows = pl.concat([tables["streams"], other, other]).with_row_index("at")
    places = list(range(rows.height))
    order.shuffle(places)
    with TemporaryDirectory() as sorted_one, TemporaryDirectory() as shuffled_one:
        kept = []
        for folder, streams in ((sorted_one, rows), (shuffled_one, rows[places])):
            events, quarantined = admitted_tables(Path(folder), {**tables, "streams": streams.drop("at")})
            kept.append(events.table("streams").collect())
            assert quarantined == {"streams": {"conflicting_content": 5}}
            assert events.left_out["streams"] == {"repeated": 5}
        assert kept[0].equals(kept[1])
        assert kept[0].height == 900


def test_an_erased_subject_is_gone_with_all_that_names_it(tmp_path: Path, tables: Tables) -> None:
    tables["erasures"] = pl.DataFrame(
        {
            "subject_kind": ["account", "listener"],
            "subject_id": ["acc-1", "lis-07"],
            "at": [FIRST_DAY, AS_OF + timedelta(days=3)],
        }
    )
    tables["streams"] = tables["streams"].with_columns(
        played_ms=pl.when(pl.col("listener_id") == "lis-07").then(-1).otherwise("played_ms")
    )
    events, quarantined = admitted_tables(tmp_path, tables)
    assert "acc-1" not in events.table("accounts").collect()["account_id"]
    assert events.table("tracks").filter(account_id="acc-1").collect().is_empty()
    assert events.table("embeddings").collect().height == 56
    assert events.left_out["tracks"] == {"erased": 8}
    gone = {f"trk-{n:02d}" for n in range(8, 16)}
    assert not gone & set(events.table("streams").collect()["track_id"])
    assert quarantined.get("streams", {}) == {}, "what names the erased listener is not kept in quarantine either"


def test_what_belongs_to_a_subject_of_tomorrow_is_left_out_without_blame(tmp_path: Path, tables: Tables) -> None:
    tables["tracks"] = tables["tracks"].with_columns(
        uploaded_at=pl.when(pl.col("track_id") == "trk-00").then(pl.lit(AS_OF)).otherwise("uploaded_at")
    )
    events, quarantined = admitted_tables(tmp_path, tables)
    assert quarantined == {}
    assert events.left_out["embeddings"] == {"after_as_of": 1}
    assert set(events.left_out["streams"]) == {"after_as_of"}


def test_the_latest_label_before_as_of_counts(tmp_path: Path, tables: Tables) -> None:
    days = {"fraud": 1, "legitimate": 2, "undecided": 30}
    tables["labels"] = pl.DataFrame(
        {
            "subject_kind": ["track"] * 3,
            "subject_id": ["trk-05"] * 3,
            "label": list(days),
            "decided_at": [FIRST_DAY + timedelta(days=n) for n in days.values()],
            "source": ["review"] * 3,
        }
    )
    events, _ = admitted_tables(tmp_path, tables)
    assert events.table("labels").collect()["label"].to_list() == ["legitimate"]
    assert events.left_out["labels"] == {"after_as_of": 1, "superseded": 1}


def test_a_play_far_longer_than_its_track_is_refused(tmp_path: Path, tables: Tables) -> None:
    hour_ms = 3_600_000
    lengths = tables["streams"].join(tables["tracks"], on="track_id", maintain_order="left")["duration_ms"]
    row = pl.int_range(pl.len())
    tables["streams"] = tables["streams"].with_columns(
        played_ms=pl.when(row == 0)
        .then(lengths + hour_ms)
        .when(row == 1)
        .then(lengths + hour_ms + 1)
        .otherwise("played_ms")
    )
    events, quarantined = admitted_tables(tmp_path, tables)
    assert quarantined == {"streams": {"played_ms_far_past_the_end": 1}}
    assert events.table("streams").collect().height == 899


def test_a_feed_whose_streams_name_nobody_known_is_refused(tmp_path: Path, tables: Tables) -> None:
    tables["streams"] = tables["streams"].with_columns(listener_id=pl.lit("ghost"))
    with pytest.raises(NothingToScore, match="known listener"):
        admitted_tables(tmp_path, tables)


def test_what_waits_and_happened_later_is_left_out_without_blame(tmp_path: Path, tables: Tables) -> None:
    middle = FIRST_DAY + timedelta(days=5)
    tables["streams"] = tables["streams"].with_columns(
        track_id=pl.when(pl.col("started_at") >= middle).then(pl.lit("unheard of")).otherwise("track_id")
    )
    events, quarantined = admitted_tables(tmp_path / "then", tables, as_of=middle)
    assert quarantined == {}
    assert events.left_out["streams"] == {"after_as_of": 450}
    _, quarantined = admitted_tables(tmp_path / "now", tables)
    assert quarantined == {"streams": {"unknown_track": 450}}


def test_delivered_columns_never_collide_with_our_own(tmp_path: Path, tables: Tables) -> None:
    for name in ("row_number", "broken", "reason", "file", "fate", "file_ix"):
        tables["streams"] = tables["streams"].with_columns(pl.lit("theirs").alias(name))
    events, quarantined = admitted_tables(tmp_path, tables)
    assert quarantined == {}
    assert events.table("streams").collect().height == 900


def test_labels_of_kinds_that_nobody_knows_yet_are_kept(tmp_path: Path, tables: Tables) -> None:
    label = {"subject_kind": ["release"], "subject_id": ["r"], "label": ["fraud"], "decided_at": [FIRST_DAY]}
    tables["labels"] = pl.DataFrame(label).with_columns(source=pl.lit("review"))
    events, quarantined = admitted_tables(tmp_path, tables)
    assert quarantined == {}
    assert events.table("labels").collect()["subject_kind"].to_list() == ["release"]


def test_only_what_lies_a_day_past_as_of_and_clock_is_called_future(tmp_path: Path, tables: Tables) -> None:
    clock_and_a_day = datetime(2026, 11, 2, tzinfo=UTC)
    row = pl.int_range(pl.len())
    tables["streams"] = tables["streams"].with_columns(
        started_at=pl.when(row == 0)
        .then(pl.lit(clock_and_a_day))
        .when(row == 1)
        .then(pl.lit(clock_and_a_day + timedelta(microseconds=1)))
        .otherwise("started_at")
    )
    events, quarantined = admitted_tables(tmp_path, tables)
    assert quarantined == {"streams": {"from_the_future": 1}}
    assert events.left_out["streams"] == {"after_as_of": 1}
