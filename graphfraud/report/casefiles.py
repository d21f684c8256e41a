"""What is told of each ring, gathered from a run's tables: on its page, in the terminal, as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from graphfraud.log_odds import logit
from graphfraud.vocabulary import ACCOUNT, EXCUSED_ROLES, LISTENER, RING_MEASURES, SUBJECT_KINDS, TRACK, Measure

MEMBER_COLUMNS: Final = (
    "subject_id",
    "role",
    "weight",
    "risk",
    "verdict",
    "is_overridden",
    "since",
    "ring_plays",
    "all_plays",
)
"""`is_overridden`: a person decided its risk, in policy.toml."""
TRACK_COLUMNS: Final = (
    "subject_id",
    "title",
    "artist_name",
    *MEMBER_COLUMNS[1:],
    "account_id",
    "artificial_streams",
    "withheld_streams",
)
OVERRIDDEN: Final = "policy_override"
"""The reason of whose risk a person decided."""
MONTH_SUMS: Final = (
    pl.col("streams").sum(),
    pl.col("artificial_streams").sum(),
    pl.col("withheld_streams").sum(),
    pl.col("withheld_streams").filter(pl.col("eligible").fill_null(value=True)).sum().alias("withheld_earning_streams"),
)
"""What months of tracks add up to; a month that is known to earn nothing withholds no money."""
UNKNOWN: Final = Measure(family="other", title="", unit="count")
"""How a measure that this release does not know is shown."""
TABLES: Final = (
    "scores",
    "rings",
    "ring_members",
    "track_months",
    "rings/hours",
    "rings/details",
    "rings/ties",
    "rings/plays",
)
"""Tables of a run that case files are gathered from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What a stream earns."""

    amount_per_stream: float
    currency: str


def payment_of(identity: Mapping[str, Any]) -> Payment:
    """What a stream earned by the policy that a run was made with."""
    payout = identity["policy"]["payout"]
    return Payment(amount_per_stream=payout["amount_per_stream"], currency=payout["currency"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """One ring and all that is told of it."""

    ring: dict[str, Any]
    """The row of `rings`, without its evidence."""
    start_log_odds: float
    """Before any evidence."""
    evidence: list[dict[str, Any]]
    """Each measure with its title, family and unit, what accuses most first."""
    members: dict[str, pl.DataFrame]
    """By kind, the weightiest first, bystanders last; columns as in MEMBER_COLUMNS, of tracks TRACK_COLUMNS."""
    months: pl.DataFrame
    """month, streams, artificial_streams, withheld_streams and withheld_earning_streams of its tracks."""
    hours: pl.DataFrame
    """As `tables.RingHours`, 24 rows."""
    ties: pl.DataFrame
    """As `tables.RingTies`."""
    plays: pl.DataFrame
    """As `tables.RingPlays`."""
    payment: Payment

    @property
    def withheld_amount(self) -> float:
        """What is withheld from its tracks, in the payment's currency."""
        return float(self.months["withheld_earning_streams"].sum()) * self.payment.amount_per_stream


def case_files(tables: Mapping[str, pl.DataFrame], payment: Payment) -> list[CaseFile]:
    """The case files of a run, the riskiest ring first; `tables` holds those that TABLES names."""
    members = _described_members(tables)
    parts = {name: _by_ring(tables[name]) for name in ("rings/hours", "rings/ties", "rings/plays")}
    of_ring = _by_ring(members)
    months = _by_ring(_months(tables))
    rings = tables["rings"].sort("risk", "ring_id", descending=[True, False])
    return [
        CaseFile(
            ring={name: value for name, value in row.items() if name != "evidence"},
            start_log_odds=float(logit(row["risk"])) - sum(each["log_odds"] for each in row["evidence"]),
            evidence=_evidence(row["evidence"]),
            members=_members(of_ring.get(row["ring_id"], members.clear())),
            months=months.get(row["ring_id"], _no_months()).drop("ring_id"),
            hours=_part(parts, tables, "rings/hours", row["ring_id"]),
            ties=_part(parts, tables, "rings/ties", row["ring_id"]),
            plays=_part(parts, tables, "rings/plays", row["ring_id"]),
            payment=payment,
        )
        for row in rings.iter_rows(named=True)
    ]


def _by_ring(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {str(name): part for (name,), part in rows.group_by("ring_id", maintain_order=True)}


def _part(
    parts: Mapping[str, dict[str, pl.DataFrame]], tables: Mapping[str, pl.DataFrame], name: str, ring_id: str
) -> pl.DataFrame:
    return parts[name].get(ring_id, tables[name].clear())


def _described_members(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Members with what was judged and is known of them."""
    key = ["subject_kind", "subject_id"]
    paid = (
        tables["track_months"]
        .group_by(subject_id="track_id")
        .agg(pl.col("artificial_streams", "withheld_streams").sum())
    )
    overridden = pl.col("reasons").list.contains(OVERRIDDEN)
    return (
        tables["ring_members"]
        .join(tables["scores"].select(*key, "risk", "verdict", is_overridden=overridden), on=key, how="left")
        .join(tables["rings/details"], on=["ring_id", *key], how="left")
        .join(paid.with_columns(subject_kind=pl.lit(TRACK)), on=key, how="left")
    )


def _members(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    ranked = rows.with_columns(is_aside=pl.col("role") == "bystander").sort(
        "is_aside", "weight", "ring_plays", "subject_id", descending=[False, True, True, False]
    )
    columns = {ACCOUNT: MEMBER_COLUMNS, TRACK: TRACK_COLUMNS, LISTENER: MEMBER_COLUMNS}
    return {kind: ranked.filter(subject_kind=kind).select(columns[kind]) for kind in SUBJECT_KINDS}


def _months(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The months of each ring's tracks, bystanders' aside."""
    tracks = tables["ring_members"].filter(~pl.col("role").is_in(EXCUSED_ROLES), subject_kind=TRACK)
    joined = tables["track_months"].join(tracks.select("ring_id", track_id="subject_id"), on="track_id")
    return pl.concat([_no_months(), joined.group_by("ring_id", "month").agg(MONTH_SUMS).sort("ring_id", "month")])


def _no_months() -> pl.DataFrame:
    counts = dict.fromkeys(("streams", "withheld_streams", "withheld_earning_streams"), pl.Int64)
    schema = {"ring_id": pl.String, "month": pl.Date, **counts, "artificial_streams": pl.Float64}
    return pl.DataFrame(schema=schema).select("ring_id", "month", *(each.meta.output_name() for each in MONTH_SUMS))


def _evidence(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    told = []
    for row in sorted(rows, key=lambda each: -each["log_odds"]):
        known = RING_MEASURES.get(row["measure"], UNKNOWN)
        told.append({**row, "title": known.title or row["measure"], "family": known.family, "unit": known.unit})
    return told
