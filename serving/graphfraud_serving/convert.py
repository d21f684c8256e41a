"""Rows of a run into messages and back: names of enum values, absent fields, and nothing else."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import polars as pl
from google.protobuf.timestamp_pb2 import Timestamp

from graphfraud.errors import PageRefused
from graphfraud.v1 import rings_pb2, scoring_pb2
from graphfraud.vocabulary import RING_MEASURES
from graphfraud_serving.scorebook import Scorebook

LONGEST_ID_BYTES: Final = 1_024
PARTS: Final = ("content_risk", "behaviour_risk", "policy_risk")


def score_messages(ids: Iterable[str], rows: Iterable[dict[str, Any] | None]) -> list[scoring_pb2.Score]:
    """A score for each id and its row; a status where there is none."""
    return [_score(subject_id, row) for subject_id, row in zip(ids, rows, strict=True)]


def _score(subject_id: str, row: dict[str, Any] | None) -> scoring_pb2.Score:
    if row is None:
        is_id = 0 < len(subject_id.encode()) <= LONGEST_ID_BYTES
        status = scoring_pb2.ITEM_STATUS_NOT_FOUND if is_id else scoring_pb2.ITEM_STATUS_INVALID
        return scoring_pb2.Score(subject_id=subject_id, status=status)
    return scoring_pb2.Score(
        subject_id=subject_id,
        status=scoring_pb2.ITEM_STATUS_OK,
        risk=row["risk"],
        verdict=_value_of(scoring_pb2.Verdict, row["verdict"]),
        reasons=row["reasons"],
        ring_id=row["ring_id"] or "",
        ring_role=_value_of(scoring_pb2.RingRole, row["role"] or "unspecified"),
        **{part: row[part] for part in PARTS if row[part] is not None},
    )


def ring_message(row: dict[str, Any], *, with_evidence: bool) -> rings_pb2.Ring:
    """A ring, with its evidence or without."""
    evidence = sorted(row["evidence"], key=lambda each: -each["log_odds"]) if with_evidence else []
    return rings_pb2.Ring(
        ring_id=row["ring_id"],
        kind=_value_of(rings_pb2.RingKind, row["kind"]),
        risk=row["risk"],
        account_count=row["accounts"],
        track_count=row["tracks"],
        listener_count=row["listeners"],
        first_seen=instant(row["first_seen"]),
        last_seen=instant(row["last_seen"]),
        evidence=[_evidence(each) for each in evidence],
    )


def _evidence(each: dict[str, Any]) -> rings_pb2.Evidence:
    known = {name: each[name] for name in ("value", "expected") if each[name] is not None}
    if each["measure"] in RING_MEASURES:
        measure = RING_MEASURES[each["measure"]]
        known |= {"unit": measure.unit, "family": measure.family}
    return rings_pb2.Evidence(measure=each["measure"], log_odds=each["log_odds"], sentence=each["sentence"], **known)


def member_messages(rows: pl.DataFrame) -> list[rings_pb2.RingMember]:
    """Members, in the order of the rows."""
    return [
        rings_pb2.RingMember(
            subject_kind=_value_of(rings_pb2.SubjectKind, row["subject_kind"]),
            subject_id=row["subject_id"],
            role=_value_of(scoring_pb2.RingRole, row["role"]),
            weight=row["weight"],
        )
        for row in rows.iter_rows(named=True)
    ]


def run_reference(book: Scorebook) -> scoring_pb2.RunReference:
    """What answers."""
    return scoring_pb2.RunReference(as_of=instant(book.as_of), digest=book.digest)


def instant(at: datetime) -> Timestamp:
    """The instant as protobuf holds it."""
    message = Timestamp()
    message.FromDatetime(at)
    return message


def ring_kind(value: rings_pb2.RingKind.ValueType) -> str | None:
    """The kind that a request filters by; None for all.

    Raises: PageRefused for one that this release does not know.
    """
    if value == rings_pb2.RING_KIND_UNSPECIFIED:
        return None
    if value not in rings_pb2.RingKind.values():
        raise PageRefused("kind", f"{value} is no kind of ring: choose one of RingKind")
    return name_of(rings_pb2.RingKind, value)


def name_of(enum: Any, value: int) -> str:
    """An enum's value as a run writes it, such as `review`; its number for one that this release does not know."""
    known = enum.DESCRIPTOR.values_by_number.get(value)
    return known.name.removeprefix(_prefix(enum)).lower() if known else str(value)


def _value_of(enum: Any, name: str) -> Any:
    """The enum's value of a name; unspecified for a name that this release does not know."""
    return enum.DESCRIPTOR.values_by_name.get(_prefix(enum) + name.upper(), enum.DESCRIPTOR.values[0]).number


def _prefix(enum: Any) -> str:
    """What all names of an enum begin with: its zero value is called PREFIX_UNSPECIFIED."""
    return str(enum.DESCRIPTOR.values[0].name.removesuffix("UNSPECIFIED"))
