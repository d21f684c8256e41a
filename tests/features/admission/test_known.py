"""What is known of subjects: the row in force and the label in force, in the order of their ids."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from conftest import FIRST_DAY, Tables
from features.admit import AS_OF, admitted_tables
from features.rich_tables import rich_tables

from graphfraud.tables import FACT_OUTPUTS, INPUTS
from graphfraud.vocabulary import ID_COLUMN, SUBJECT_KINDS
from graphfraud_features.admission.known import write_known_subjects


def known(folder: Path, tables: Tables) -> dict[str, pl.DataFrame]:
    """By kind, as written."""
    events, _ = admitted_tables(folder, tables)
    write_known_subjects(folder, events)
    return {kind: pl.read_parquet(folder / f"subjects/{kind}s.parquet") for kind in SUBJECT_KINDS}


def labels(*rows: tuple[str, str, str, datetime, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["subject_kind", "subject_id", "label", "decided_at", "source"], orient="row")


@pytest.mark.parametrize("kind", SUBJECT_KINDS)
def test_every_subject_has_one_row_by_id_with_all_that_a_feed_says_of_it(tmp_path: Path, kind: str) -> None:
    tables = rich_tables()
    shuffled = {name: rows.sample(fraction=1.0, shuffle=True, seed=3) for name, rows in tables.items()}
    rows, schema = known(tmp_path, shuffled)[kind], FACT_OUTPUTS[f"subjects/{kind}s"]
    schema.validate(rows)
    assert rows.columns == schema.column_names()
    said = [name for name in INPUTS[f"{kind}s"].columns() if name not in {"recorded_at", "audio_path"}]
    assert rows.columns == [*said, "label", "label_decided_at", "label_source"]
    given = tables[f"{kind}s"].sort(ID_COLUMN[kind])
    assert rows.select(given.columns).equals(given)
    assert rows[ID_COLUMN[kind]].is_sorted()


def test_the_latest_label_before_as_of_stands_beside_its_subject_and_no_other(tmp_path: Path) -> None:
    day = [FIRST_DAY + timedelta(days=n) for n in range(12)]
    decided = labels(
        ("account", "acc-3", "fraud", day[2], "review"),
        ("account", "acc-3", "legitimate", day[4], "appeal"),
        ("account", "acc-3", "fraud", AS_OF, "too late"),
        ("track", "trk-05", "fraud", day[1], "review"),
        ("listener", "lis-00", "fraud", day[3], "one"),
        ("listener", "lis-00", "legitimate", day[3], "other"),
    )
    rows = known(tmp_path, {**rich_tables(), "labels": decided})
    told = {
        kind: frame.drop_nulls("label").select(ID_COLUMN[kind], "label", "label_decided_at", "label_source").rows()
        for kind, frame in rows.items()
    }
    assert told == {
        "account": [("acc-3", "legitimate", day[4], "appeal")],
        "track": [("trk-05", "fraud", day[1], "review")],
        "listener": [],
    }


def test_the_version_in_force_is_told_and_whoever_comes_later_is_not(tmp_path: Path) -> None:
    tables = rich_tables()
    row = tables["listeners"].filter(listener_id="lis-07")
    versions = [("free", FIRST_DAY), ("family", FIRST_DAY + timedelta(days=3)), ("student", AS_OF)]
    later = row.with_columns(listener_id=pl.lit("lis-99"), created_at=pl.lit(AS_OF), recorded_at=pl.lit(FIRST_DAY))
    tables["listeners"] = pl.concat(
        [
            tables["listeners"].filter(pl.col("listener_id") != "lis-07").with_columns(recorded_at=pl.lit(FIRST_DAY)),
            *(row.with_columns(plan=pl.lit(plan), recorded_at=pl.lit(at)) for plan, at in versions),
            later,
        ]
    )
    rows = known(tmp_path, tables)["listener"]
    assert rows.filter(listener_id="lis-07")["plan"].to_list() == ["family"]
    assert "lis-99" not in rows["listener_id"]
    assert rows.height == 30
