"""What a broken feed gets: one clear message with its exit code, or a count in quarantine; nothing half written."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from conftest import FIRST_DAY, Graphfraud, Tables, write_feed

FAR = datetime(2099, 1, 1, tzinfo=UTC)


def quarantined(run: Path, table: str) -> dict[str, int]:
    rows = pl.read_parquet(run / "quarantine" / f"{table}.parquet")
    return dict(rows["reason"].value_counts().iter_rows())


def left_out(run: Path, table: str) -> dict[str, int]:
    counts: dict[str, int] = json.loads((run / "manifest.json").read_text())["measured"]["rows"][table]["left_out"]
    return counts


def with_rows(rows: pl.DataFrame, count: int, **changes: object) -> pl.DataFrame:
    """The rows, with `changes` in the first few."""
    row = pl.int_range(pl.len())
    return rows.with_columns(
        pl.when(row < count).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in changes.items()
    )


def test_a_sound_feed_is_judged_whole(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> None:
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    answer = graphfraud("run", feed, "--out", run)
    assert answer.code == 0, answer.error
    scores = pl.read_parquet(run / "scores.parquet")
    assert scores["subject_kind"].value_counts().sort("subject_kind").rows() == [
        ("account", 8),
        ("listener", 30),
        ("track", 64),
    ]
    assert scores["risk"].is_between(0, 1, closed="none").all()
    assert {path.name for path in run.iterdir()} >= {
        "rings.parquet",
        "ring_members.parquet",
        "track_months.parquet",
        "manifest.json",
        "quarantine",
        "graph",
    }
    assert pl.read_parquet(run / "rings.parquet").height == 0
    assert "unsupervised" in answer.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feed", "run"]


def test_a_truncated_file_is_quarantined_and_the_others_count(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    streams = tables.pop("streams")
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    (feed / "streams").mkdir()
    streams.head(600).write_parquet(feed / "streams" / "a.parquet")
    streams.tail(300).write_parquet(feed / "streams" / "b.parquet")
    whole = (feed / "streams" / "b.parquet").read_bytes()
    (feed / "streams" / "b.parquet").write_bytes(whole[: len(whole) // 2])
    assert graphfraud("run", feed, "--out", run).code == 0
    files = pl.read_parquet(run / "quarantine" / "files.parquet")
    assert files.select("file", "table", "bytes").rows() == [("streams/b.parquet", "streams", len(whole) // 2)]
    assert pl.read_parquet(run / "track_months.parquet")["streams"].sum() == 600


def test_a_file_of_another_format_is_not_passed_over_in_silence(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    streams = tables.pop("streams")
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    (feed / "streams" / "_tmp").mkdir(parents=True)
    streams.write_parquet(feed / "streams" / "a.PARQUET")
    (feed / "streams" / "b.parquet.gz").write_bytes(b"compressed")
    (feed / "streams" / "_tmp" / "half.parquet").write_bytes(b"half")
    assert graphfraud("run", feed, "--out", run).code == 0
    assert pl.read_parquet(run / "quarantine" / "files.parquet")["file"].to_list() == ["streams/b.parquet.gz"]
    assert pl.read_parquet(run / "track_months.parquet")["streams"].sum() == 900


def test_a_quote_that_nobody_closes_does_not_swallow_rows_in_silence(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    listeners = tables.pop("listeners")
    feed = write_feed(tmp_path / "feed", tables)
    lines = listeners.write_csv().splitlines()
    lines[5] = '"' + lines[5]
    (feed / "listeners.csv").write_text("\n".join(lines) + "\n")
    answer = graphfraud("run", feed, "--out", tmp_path / "run")
    assert answer.code == 3
    assert "listeners.csv: table 'listeners' cannot be read" in answer.last_error


def test_a_feed_that_lies_where_a_refusal_would_go_is_kept(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    del tables["tracks"]
    feed = write_feed(tmp_path / "run.refused", tables)
    assert graphfraud("run", feed, "--out", tmp_path / "run").code == 2
    assert (feed / "streams.parquet").is_file()


def test_a_required_table_without_a_readable_file_is_refused(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    (feed / "tracks.parquet").write_bytes(b"PAR1 nothing more")
    answer = graphfraud("run", feed, "--out", run)
    assert answer.code == 3
    assert "tracks.parquet" in answer.last_error
    assert pl.read_parquet(tmp_path / "run.refused" / "quarantine" / "files.parquet").height == 1


def test_a_wrong_type_in_a_csv_is_quarantined(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> None:
    tracks = tables.pop("tracks")
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    text = tracks.with_columns(pl.col("duration_ms").cast(pl.String))
    with_rows(text, 1, duration_ms="three minutes").write_csv(feed / "tracks.csv")
    assert graphfraud("run", feed, "--out", run).code == 0
    refused = pl.read_parquet(run / "quarantine" / "tracks.parquet")
    assert refused.select("file", "row_number", "reason").rows() == [("tracks.csv", 1, "duration_ms_wrong_type")]
    assert json.loads(refused["row"][0])["duration_ms"] == "three minutes"


def test_a_csv_row_with_too_many_fields_is_quarantined_and_the_others_count(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    listeners = tables.pop("listeners")
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    lines = listeners.write_csv().splitlines()
    lines[-1] += ",surplus"
    (feed / "listeners.csv").write_text("\n".join(lines) + "\n")
    assert graphfraud("run", feed, "--out", run).code == 0
    assert quarantined(run, "listeners") == {"has_5_fields_of_4": 1}
    assert quarantined(run, "streams") == {"unknown_listener": 30}


def test_ndjson_is_read_like_parquet_and_a_broken_line_is_quarantined(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    embeddings = tables.pop("embeddings")
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    (feed / "embeddings.ndjson").write_text(embeddings.write_ndjson() + "{broken\n")
    assert graphfraud("run", feed, "--out", run).code == 0
    assert quarantined(run, "embeddings") == {"not_json": 1}
    assert pl.read_parquet(run / "audio" / "duplicates.parquet").height == 64


def test_a_stream_of_an_unknown_track_waits_in_quarantine(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    tables["streams"] = with_rows(tables["streams"], 2, track_id="nobody knows")
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    assert graphfraud("run", feed, "--out", run).code == 0
    assert quarantined(run, "streams") == {"unknown_track": 2}
    assert pl.read_parquet(run / "track_months.parquet")["streams"].sum() == 898


def test_a_nan_in_a_vector_is_quarantined_and_kept_by_name(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    vectors = tables["embeddings"]["vector"].to_list()
    vectors[3][5] = float("nan")
    tables["embeddings"] = tables["embeddings"].with_columns(vector=pl.Series(vectors, dtype=pl.List(pl.Float32)))
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    assert graphfraud("run", feed, "--out", run).code == 0
    refused = pl.read_parquet(run / "quarantine" / "embeddings.parquet")
    assert refused.select("row_number", "reason").rows() == [(4, "vector_has_nan")]
    assert json.loads(refused["row"][0])["vector"][5] == "NaN"


def test_a_vector_of_another_length_than_its_models_first_is_quarantined(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    vectors = tables["embeddings"]["vector"].to_list()
    vectors[9] = [1.0, 2.0]
    tables["embeddings"] = tables["embeddings"].with_columns(vector=pl.Series(vectors, dtype=pl.List(pl.Float32)))
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    assert graphfraud("run", feed, "--out", run).code == 0
    assert quarantined(run, "embeddings") == {"vector_of_other_length": 1}


def test_a_missing_column_is_named_with_what_stands_there_instead(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    tables["tracks"] = tables["tracks"].rename({"duration_ms": "duration"})
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    answer = graphfraud("run", feed, "--out", run)
    assert answer.code == 3
    assert "tracks.parquet: required column 'duration_ms'" in answer.last_error
    assert "'duration' is there" in answer.last_error
    assert not run.exists()


def test_a_missing_table_is_named_with_what_stands_there_instead(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    tables["stream"] = tables.pop("streams")
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    answer = graphfraud("run", feed, "--out", run)
    assert answer.code == 3
    assert "required table 'streams' is missing" in answer.last_error
    assert "'stream.parquet' is there: rename it" in answer.last_error
    assert (tmp_path / "run.refused" / "quarantine").is_dir()


def test_an_empty_feed_is_refused(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> None:
    empty = {name: rows.clear() for name, rows in tables.items()}
    feed = write_feed(tmp_path / "feed", empty)
    answer = graphfraud("run", feed, "--out", tmp_path / "run")
    assert answer.code == 3
    assert "no stream" in answer.last_error


def test_a_folder_that_is_not_there_is_a_wrong_usage(graphfraud: Graphfraud, tmp_path: Path) -> None:
    answer = graphfraud("run", tmp_path / "nowhere", "--out", tmp_path / "run")
    assert answer.code == 2
    assert "no such folder" in answer.last_error


def test_half_the_streams_broken_refuses_the_run_and_keeps_them(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    tables["streams"] = with_rows(tables["streams"], 450, played_ms=-1)
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    answer = graphfraud("run", feed, "--out", run)
    assert answer.code == 3
    assert "'streams': 50.0% of its rows are quarantined" in answer.last_error
    assert "played_ms_negative" in answer.last_error
    assert quarantined(tmp_path / "run.refused", "streams") == {"played_ms_negative": 450}
    assert not run.exists()


def test_instants_without_a_zone_are_refused_until_the_config_says_that_they_are_utc(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    tables["streams"] = tables["streams"].with_columns(pl.col("started_at").dt.replace_time_zone(None))
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    answer = graphfraud("run", feed, "--out", run)
    assert answer.code == 3
    assert "naive_instants_are_utc = true" in answer.last_error
    config = tmp_path / "graphfraud.toml"
    config.write_text("version = 1\n[feed]\nnaive_instants_are_utc = true\n")
    assert graphfraud("run", feed, "--out", run, "--config", config).code == 0


def test_labels_of_one_instant_that_disagree_are_quarantined(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    subjects = [f"trk-{n:02d}" for n in range(60)]
    decided = pl.DataFrame({"subject_id": subjects}).with_columns(
        subject_kind=pl.lit("track"),
        label=pl.lit("legitimate"),
        source=pl.lit("review"),
        decided_at=pl.lit(FIRST_DAY + timedelta(days=3)),
    )
    contradiction = decided.head(1).with_columns(label=pl.lit("fraud"))
    tables["labels"] = pl.concat([decided, contradiction])
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    assert graphfraud("run", feed, "--out", run).code == 0
    assert quarantined(run, "labels") == {"contradicting_labels": 2}


def test_a_clock_in_2099_is_quarantined_and_does_not_move_as_of(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    last = tables["streams"]["started_at"].max()
    tables["streams"] = with_rows(tables["streams"], 3, started_at=FAR)
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    assert graphfraud("run", feed, "--out", run).code == 0
    assert quarantined(run, "streams") == {"from_the_future": 3}
    as_of = json.loads((run / "manifest.json").read_text())["identity"]["as_of"]
    assert isinstance(last, datetime)
    assert datetime.fromisoformat(as_of) == last + timedelta(microseconds=1)


def test_an_as_of_before_the_first_event_is_refused(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> None:
    feed = write_feed(tmp_path / "feed", tables)
    answer = graphfraud("run", feed, "--out", tmp_path / "run", "--as-of", "2026-08-31T00:00:00Z")
    assert answer.code == 3
    assert "no stream lies before as_of 2026-08-31T00:00:00Z: the first one is at 2026-09-01" in answer.last_error


@pytest.mark.parametrize("text", ["yesterday", "2026-09-05T00:00:00"])
def test_an_as_of_that_is_no_instant_is_a_wrong_usage(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables, text: str
) -> None:
    answer = graphfraud("run", write_feed(tmp_path / "feed", tables), "--out", tmp_path / "run", "--as-of", text)
    assert answer.code == 2
    assert text in answer.last_error


def test_rows_after_an_explicit_as_of_are_left_out_and_counted(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    assert graphfraud("run", feed, "--out", run, "--as-of", "2026-09-06").code == 0
    assert left_out(run, "streams") == {"after_as_of": 450}
    assert pl.read_parquet(run / "track_months.parquet")["streams"].sum() == 450
    assert not (run / "quarantine" / "streams.parquet").exists()


def test_the_same_file_twice_counts_once(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> None:
    streams = tables.pop("streams")
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    (feed / "streams").mkdir()
    for name in ("monday", "monday-again"):
        streams.write_parquet(feed / "streams" / f"{name}.parquet")
    assert graphfraud("run", feed, "--out", run).code == 0
    assert left_out(run, "streams") == {"repeated": 900}
    assert pl.read_parquet(run / "track_months.parquet")["streams"].sum() == 900


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unwritable to root")
def test_an_unwritable_out_is_an_environment_fault(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> None:
    feed, locked = write_feed(tmp_path / "feed", tables), tmp_path / "locked"
    locked.mkdir(mode=0o500)
    answer = graphfraud("run", feed, "--out", locked / "run")
    assert answer.code == 4
    assert "cannot be written" in answer.last_error


def test_an_out_below_a_file_is_an_environment_fault(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> None:
    feed = write_feed(tmp_path / "feed", tables)
    (tmp_path / "file").write_text("in the way")
    answer = graphfraud("run", feed, "--out", tmp_path / "file" / "run")
    assert answer.code == 4
    assert "cannot be written" in answer.last_error


def test_a_run_that_exists_is_kept_unless_it_is_to_be_replaced(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    assert graphfraud("run", feed, "--out", run, "--as-of", "2026-09-06").code == 0
    before = (run / "manifest.json").read_bytes()
    answer = graphfraud("run", feed, "--out", run)
    assert answer.code == 2
    assert "--replace" in answer.last_error
    assert (run / "manifest.json").read_bytes() == before
    assert graphfraud("run", feed, "--out", run, "--replace").code == 0
    assert (run / "manifest.json").read_bytes() != before


def test_a_folder_that_is_no_run_is_never_replaced(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> None:
    feed, precious = write_feed(tmp_path / "feed", tables), tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    (precious / "manifest.json").write_text('{"name": "of somebody else"}')
    assert graphfraud("run", feed, "--out", precious, "--replace").code == 2
    assert (precious / "thesis.txt").read_text() == "years of work"


def test_an_unknown_key_in_the_config_is_answered_with_the_nearest_one(
    graphfraud: Graphfraud, tmp_path: Path, tables: Tables
) -> None:
    feed, config = write_feed(tmp_path / "feed", tables), tmp_path / "graphfraud.toml"
    config.write_text("version = 1\n[model]\nepochs_count = 10\n")
    answer = graphfraud("run", feed, "--out", tmp_path / "run", "--config", config)
    assert answer.code == 2
    assert "model.epochs_count: unknown key: did you mean 'epoch_count'?" in answer.last_error
