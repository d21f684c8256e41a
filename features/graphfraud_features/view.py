"""The events that a set of features may see: half-open in time, for each subject up to its own end.

Scoring sees everything before `as_of`. Training sees of a labelled subject only what lies before
its label's `decided_at`: what a takedown causes must not be learned as a sign of fraud.
"""

from dataclasses import dataclass

import polars as pl

from graphfraud.vocabulary import ACCOUNT, ID_COLUMN, LISTENER, SUBJECT_KINDS, TRACK
from graphfraud_features.admission.admitted import Admitted


@dataclass(frozen=True, slots=True)
class View:
    """Subjects, each with its `end_at`, and the events before it; no track ends after its account."""

    accounts: pl.LazyFrame
    tracks: pl.LazyFrame
    listeners: pl.LazyFrame
    streams: pl.LazyFrame
    logins: pl.LazyFrame

    def subjects(self, kind: str) -> pl.LazyFrame:
        """The subjects of a kind."""
        return {ACCOUNT: self.accounts, TRACK: self.tracks, LISTENER: self.listeners}[kind]


def scoring_view(events: Admitted) -> View:
    """Everything before `as_of`."""
    end_at = pl.lit(events.as_of).cast(pl.Datetime("us", "UTC")).alias("end_at")
    return View(
        accounts=events.table("accounts").with_columns(end_at),
        tracks=events.table("tracks").with_columns(end_at),
        listeners=events.table("listeners").with_columns(end_at),
        streams=events.table("streams"),
        logins=events.table("logins"),
    )


def training_view(events: Admitted) -> View:
    """Everything before `as_of`, and of a labelled subject only what lies before its first label.

    Its own row is the version that stood then, too: a takedown changes more than plays. A labelled account's tracks
    end with it.
    """
    whole = scoring_view(events)
    # Streams are read a slice at a time: what each play is held against must not be worked out anew each time.
    ends = {kind: _ends(events, whole, kind).collect().lazy() for kind in SUBJECT_KINDS}
    ends[TRACK] = _none_past_its_account(ends, whole).collect().lazy()
    subjects = {kind: _versions(events, whole, ends[kind], kind).collect().lazy() for kind in SUBJECT_KINDS}
    owner_end = (
        subjects[TRACK]
        .select("track_id", "account_id", track_end="end_at")
        .join(ends[ACCOUNT].rename({"end_at": "account_end"}), on="account_id")
    )
    before_all_ends = pl.col("started_at") < pl.min_horizontal("end_at", "track_end", "account_end")
    columns = whole.streams.collect_schema().names()
    named_ends = pl.concat(
        ends[kind].select(subject_kind=pl.lit(kind), subject_id=ID_COLUMN[kind], end_at="end_at")
        for kind in (ACCOUNT, LISTENER)
    )
    return View(
        accounts=subjects[ACCOUNT],
        tracks=subjects[TRACK],
        listeners=subjects[LISTENER],
        streams=whole.streams.join(ends[LISTENER], on="listener_id")
        .join(owner_end.drop("account_id"), on="track_id")
        .filter(before_all_ends)
        .select(columns),
        logins=whole.logins.join(named_ends, on=["subject_kind", "subject_id"], how="left")
        .filter((pl.col("at") < pl.col("end_at")).fill_null(value=True))
        .drop("end_at"),
    )


def _ends(events: Admitted, whole: View, kind: str) -> pl.LazyFrame:
    """The id and `end_at` of each subject of a kind: the instant of its first label, or `as_of`."""
    key = ID_COLUMN[kind]
    decided = events.first_labels().filter(subject_kind=kind).select(pl.col("subject_id").alias(key), "decided_at")
    return (
        whole.subjects(kind).join(decided, on=key, how="left").select(key, end_at=pl.coalesce("decided_at", "end_at"))
    )


def _none_past_its_account(ends: dict[str, pl.LazyFrame], whole: View) -> pl.LazyFrame:
    """The id and `end_at` of each track: its own end, or its account's where that came before."""
    account_ends = ends[ACCOUNT].rename({"end_at": "account_end"})
    owned = whole.tracks.select("track_id", "account_id").join(account_ends, on="account_id", how="left")
    earlier = pl.min_horizontal("end_at", "account_end")
    return ends[TRACK].join(owned, on="track_id", how="left").select("track_id", end_at=earlier)


def _versions(events: Admitted, whole: View, ends: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """Each subject's row as it stood at its end: the latest recorded before, or the oldest where none was."""
    key, recorded_us = ID_COLUMN[kind], pl.col("recorded_at").to_physical().fill_null(0)
    stood = (pl.col("recorded_at") < pl.col("end_at")).fill_null(value=True)
    versions = pl.concat([whole.subjects(kind).drop("end_at"), events.superseded(f"{kind}s")])
    return (
        versions.join(ends, on=key)
        .with_columns(preference=pl.when(stood).then(recorded_us).otherwise(-recorded_us))
        .sort(key, "preference", descending=[False, True])
        .unique(key, keep="first", maintain_order=True)
        .drop("preference")
    )


def has_labels(events: Admitted) -> bool:
    """Whether anybody is labelled, so that training may have to see less than scoring."""
    return bool(events.first_labels().select(pl.len()).collect().item())
