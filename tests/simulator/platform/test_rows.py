"""Rows whose ids are still numbers."""

from datetime import UTC, datetime

import numpy as np
import polars as pl

from graphfraud.simulator.platform.rows import (
    DEVICE,
    LISTENER,
    SCHEMAS,
    TRACK,
    Numbers,
    Rows,
    frame,
    subjects_of,
    together,
)


def test_every_number_of_a_kind_is_given_once() -> None:
    numbers = Numbers()
    given = [numbers.taken(DEVICE, count) for count in (3, 0, 4)]
    assert np.concatenate(given).tolist() == list(range(7))
    assert numbers.taken(LISTENER, 2).tolist() == [0, 1]


def test_a_frame_has_all_columns_of_its_table_and_absent_ones_are_null() -> None:
    rows = frame("listeners", listener_id=np.array([1, 2]), plan="free")
    assert rows.schema == SCHEMAS["listeners"]
    assert rows["plan"].to_list() == ["free", "free"]
    assert rows["created_at"].null_count() == 2


def test_negative_numbers_are_nobody() -> None:
    rows = frame("listeners", listener_id=np.array([1, 2]), plan_group_hash=np.array([-1, 0]))
    assert rows["plan_group_hash"].to_list() == [None, 0]


def test_instants_are_given_in_ms() -> None:
    rows = frame("logins", subject_id=np.array([1]), at=np.array([1_500]))
    assert rows["at"].to_list() == [datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)]


def test_parts_are_laid_together_table_by_table() -> None:
    one, other = (Rows(subjects=subjects_of(kind, np.array([1]))) for kind in (LISTENER, TRACK))
    whole = together([one, Rows(), other])
    assert whole.subjects.rows() == [(LISTENER, 1, "member"), (TRACK, 1, "member")]
    assert whole.accounts.equals(pl.DataFrame(schema=SCHEMAS["accounts"]))
