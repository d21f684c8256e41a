"""One finished run in memory, immutable: scores by id, rings by risk, members by ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps
from typing import Any, Final

import polars as pl

from graphfraud.errors import BatchSizeRefused, PageRefused, RingNotFound
from graphfraud.folders.finished import FinishedRun
from graphfraud.tables import RING_OUTPUTS
from graphfraud.vocabulary import SUBJECT_KINDS

LARGEST_BATCH: Final = 4_096
LARGEST_RING_PAGE: Final = 1_000
USUAL_RING_PAGE: Final = 100
LARGEST_MEMBER_PAGE: Final = 10_000
USUAL_MEMBER_PAGE: Final = 1_000
UNKNOWN_TOKEN: Final = "no page of this question has this token: begin again without one"  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows, and the token of the next page; empty on the last one."""

    rows: pl.DataFrame
    next_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorebook:
    """What a run said, ready to be asked."""

    as_of: datetime
    digest: str
    """SHA-256 over the run's identity."""
    scores: dict[str, pl.DataFrame]
    """By kind, in the order of ids; `role` is the part that each plays in its ring."""
    rings: pl.DataFrame
    """The riskiest first."""
    members: dict[str, pl.DataFrame]
    """By ring: accounts, tracks, listeners, each the weightiest first and bystanders last."""

    def scores_of(self, kind: str, subject_ids: Sequence[str]) -> list[dict[str, Any] | None]:
        """The score of each subject asked for, in the order asked; None for one that the run does not know.

        Raises: BatchSizeRefused.
        """
        if not 1 <= len(subject_ids) <= LARGEST_BATCH:
            raise BatchSizeRefused(len(subject_ids), LARGEST_BATCH)
        scores, asked = self.scores[kind], pl.Series("subject_id", subject_ids, dtype=pl.String)
        if scores.is_empty():
            return [None] * len(subject_ids)
        place = scores["subject_id"].search_sorted(asked).clip(upper_bound=scores.height - 1)
        found = scores[place]
        is_known = (found["subject_id"] == asked).to_list()
        return [row if known else None for row, known in zip(found.iter_rows(named=True), is_known, strict=True)]

    def rings_page(self, *, kind: str | None, min_risk: float, size: int, token: str) -> Page:
        """Rings of a kind, or of any, from a risk on; the riskiest first.

        Raises: PageRefused.
        """
        if not 0.0 <= min_risk <= 1.0:
            raise PageRefused("min_risk", f"{min_risk} is no risk: choose one from 0 to 1")
        fitting = self.rings.filter(pl.col("risk") >= min_risk)
        if kind is not None:
            fitting = fitting.filter(kind=kind)
        series = self._series("rings", kind or "", repr(min_risk))
        return _page(fitting, "page_size", size or USUAL_RING_PAGE, LARGEST_RING_PAGE, token, series)

    def ring(self, ring_id: str) -> dict[str, Any]:
        """One ring with its evidence.

        Raises: RingNotFound.
        """
        found = self.rings.filter(ring_id=ring_id)
        if found.is_empty():
            raise RingNotFound(ring_id, self.rings["ring_id"])
        return found.row(0, named=True)

    def members_page(self, ring_id: str, *, size: int, token: str) -> Page:
        """The members of a ring that the run has.

        Raises: PageRefused.
        """
        members = self.members[ring_id]
        usual = size or USUAL_MEMBER_PAGE
        return _page(members, "member_page_size", usual, LARGEST_MEMBER_PAGE, token, self._series("members", ring_id))

    def _series(self, *asked: str) -> str:
        """What tells the pages of one question from those of another, and of another run."""
        return sha256("\n".join([self.digest, *asked]).encode()).hexdigest()[:16]


def _page(rows: pl.DataFrame, field: str, size: int, limit: int, token: str, series: str) -> Page:
    if not 1 <= size <= limit:
        raise PageRefused(field, f"{size:,} is out of range: choose one from 1 to {limit:,}, or 0 for the usual one")
    token_field = field.replace("size", "token")
    start = _start(token, token_field, series)
    if token and (token != f"{series}.{start}" or not 0 < start < rows.height):
        raise PageRefused(token_field, UNKNOWN_TOKEN)
    following = start + size
    return Page(rows=rows[start:following], next_token=f"{series}.{following}" if following < rows.height else "")


def _start(token: str, field: str, series: str) -> int:
    """Where the page of a token begins; tokens of another series are of no use here."""
    if not token:
        return 0
    of_series, _, start = token.partition(".")
    if of_series != series or not start.isdecimal() or not start.isascii() or len(start) > 18:
        raise PageRefused(field, UNKNOWN_TOKEN)
    return int(start)


def scorebook(run: FinishedRun) -> Scorebook:
    """The run, read whole and verified.

    Raises: InputRefused when any of its tables is damaged: half a run answers nothing.
    """
    for name in ("track_months", *RING_OUTPUTS):
        run.table(name)
    key = ["ring_id", "subject_kind", "subject_id"]
    ring_members = run.table("ring_members")
    scores = run.table("scores").join(ring_members.select(*key, "role"), on=key, how="left")
    rings = run.table("rings").sort("risk", "ring_id", descending=[True, False])
    members = _ranked(ring_members).partition_by("ring_id", as_dict=True)
    return Scorebook(
        as_of=datetime.fromisoformat(run.identity["as_of"]),
        digest=sha256(dumps(run.identity, sort_keys=True).encode()).hexdigest(),
        scores={kind: scores.filter(subject_kind=kind).sort("subject_id") for kind in SUBJECT_KINDS},
        rings=rings,
        members={ring_id: members.get((ring_id,), ring_members.clear()) for ring_id in rings["ring_id"]},
    )


def _ranked(members: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("subject_kind").replace_strict({kind: n for n, kind in enumerate(SUBJECT_KINDS)}, default=9)
    aside = pl.col("role") == "bystander"
    return members.sort(kind, aside, -pl.col("weight"), "subject_id")
