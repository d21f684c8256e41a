"""The handful of rules that a business writes down; each is a sentence that a subject must not break.

A broken rule is evidence beside the model's, and never blocks anyone by itself.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from graphfraud.config import FunctionalNoiseRule, MassUploadRule, MoreThanADayRule, Rules, SharedPayeeRule
from graphfraud.fusion.calibration import POLICY_LIMIT
from graphfraud.log_odds import bounded_log_odds
from graphfraud.vocabulary import ACCOUNT, ID_COLUMN, LISTENER, TRACK

ISRC: Final = r"^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$"
GENRE_SEPARATORS: Final = r"[;/]"
MS_PER_HOUR: Final = 3_600_000


def policy_evidence(
    *,
    accounts: pl.LazyFrame,
    tracks: pl.LazyFrame,
    listener_days: pl.LazyFrame,
    rules: Rules,
    as_of: datetime,
) -> pl.DataFrame:
    """One row for each broken rule: subject_kind, subject_id, rule, log_odds; in key order.

    `listener_days` has listener_id, day (UTC date) and played_ms, one row or several for a day.
    A rule whose log-odds are 0 is switched off.
    """
    broken = _broken_rules(accounts, tracks, listener_days, rules, as_of)
    weighed = [
        subjects.with_columns(rule=pl.lit(name), log_odds=pl.lit(_log_odds(rules, name)))
        for name, subjects in broken.items()
    ]
    switched_on = pl.concat(weighed).filter(pl.col("log_odds") != 0.0)
    return switched_on.sort("subject_kind", "subject_id", "rule").collect(engine="streaming")


def _broken_rules(
    accounts: pl.LazyFrame, tracks: pl.LazyFrame, listener_days: pl.LazyFrame, rules: Rules, as_of: datetime
) -> Mapping[str, pl.LazyFrame]:
    """Who broke each rule: the registry."""
    return {
        "new_account_must_not_mass_upload": new_account_must_not_mass_upload(
            accounts, tracks, rules.new_account_must_not_mass_upload
        ),
        "one_payee_must_not_stand_behind_many_new_accounts": one_payee_must_not_stand_behind_many_new_accounts(
            accounts, rules.one_payee_must_not_stand_behind_many_new_accounts, as_of
        ),
        "functional_noise_must_last_two_minutes": functional_noise_must_last_two_minutes(
            tracks, rules.functional_noise_must_last_two_minutes
        ),
        "isrc_must_be_well_formed": isrc_must_be_well_formed(tracks),
        "listener_must_not_play_more_than_a_day_holds": listener_must_not_play_more_than_a_day_holds(
            listener_days, rules.listener_must_not_play_more_than_a_day_holds
        ),
    }


def _log_odds(rules: Rules, name: str) -> float:
    return float(getattr(rules, name).log_odds)


def new_account_must_not_mass_upload(
    accounts: pl.LazyFrame, tracks: pl.LazyFrame, rule: MassUploadRule
) -> pl.LazyFrame:
    """Accounts with so many uploads within one UTC day while they were new."""
    age = pl.col("uploaded_at") - pl.col("created_at")
    culprits = (
        tracks.join(accounts.select("account_id", "created_at"), on="account_id")
        .filter(age < timedelta(days=rule.account_age_days))
        .group_by("account_id", day=pl.col("uploaded_at").dt.date())
        .agg(track_count=pl.len())
        .filter(pl.col("track_count") >= rule.tracks_per_day)
    )
    return _subjects(culprits, ACCOUNT)


def one_payee_must_not_stand_behind_many_new_accounts(
    accounts: pl.LazyFrame, rule: SharedPayeeRule, as_of: datetime
) -> pl.LazyFrame:
    """New accounts that share their payee with so many others as new."""
    is_new = pl.col("created_at") >= as_of - timedelta(days=rule.account_age_days)
    new_accounts = accounts.filter(is_new, pl.col("payee_hash").is_not_null()).unique("account_id")
    return _subjects(new_accounts.filter(pl.len().over("payee_hash") >= rule.accounts), ACCOUNT)


def functional_noise_must_last_two_minutes(tracks: pl.LazyFrame, rule: FunctionalNoiseRule) -> pl.LazyFrame:
    """Tracks of a noise genre that are shorter than noise must be."""
    delivered = pl.col("genre").str.to_lowercase().str.replace_all(GENRE_SEPARATORS, ",").str.split(",")
    noise = [genre.lower() for genre in rule.genres]
    is_noise = delivered.list.eval(pl.element().str.strip_chars().is_in(noise)).list.any()
    return _subjects(tracks.filter(is_noise, pl.col("duration_ms") < rule.min_duration_ms), TRACK)


def isrc_must_be_well_formed(tracks: pl.LazyFrame) -> pl.LazyFrame:
    """Tracks whose ISRC, hyphens aside, is none; a track without one breaks nothing."""
    return _subjects(tracks.filter(~pl.col("isrc").str.replace_all("-", "", literal=True).str.contains(ISRC)), TRACK)


def listener_must_not_play_more_than_a_day_holds(listener_days: pl.LazyFrame, rule: MoreThanADayRule) -> pl.LazyFrame:
    """Listeners who played for longer within one UTC day than anybody can."""
    days = listener_days.group_by("listener_id", "day").agg(pl.col("played_ms").sum())
    return _subjects(days.filter(pl.col("played_ms") > rule.hours_per_day * MS_PER_HOUR), LISTENER)


def _subjects(culprits: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """Each culprit once, named as a subject of its kind."""
    return culprits.select(subject_kind=pl.lit(kind), subject_id=pl.col(ID_COLUMN[kind])).unique()


def summed_policy_log_odds(evidence: pl.DataFrame) -> pl.DataFrame:
    """The policy part of each subject that broke a rule: subject_kind, subject_id, log_odds, rules.

    Rules stand the weightiest first. Sums run over integers, in millionths, and are bounded.
    """
    millionths = (pl.col("log_odds") * 1e6).round().cast(pl.Int64)
    summed = (
        evidence.sort("subject_kind", "subject_id", -pl.col("log_odds"), "rule")
        .group_by("subject_kind", "subject_id", maintain_order=True)
        .agg(log_odds=millionths.sum() / 1e6, rules=pl.col("rule"))
    )
    bounded = bounded_log_odds(summed["log_odds"].to_numpy(), limit=POLICY_LIMIT)
    return summed.with_columns(log_odds=pl.Series(bounded, dtype=pl.Float64))
