"""What every stage says about every subject, side by side in log-odds, ready for the verdict."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from graphfraud.audio.duplicates import account_log_odds
from graphfraud.detector.detect import Behaviour, KindBehaviour
from graphfraud.detector.splits import LabelSet
from graphfraud.detector.surprise import reason_codes
from graphfraud.fusion.behaviour import BehaviourPart, LearnedEvidence, behaviour_part
from graphfraud.fusion.calibration import CONTENT_LIMIT
from graphfraud.fusion.policy import summed_policy_log_odds
from graphfraud.graph.typed import Graph
from graphfraud.log_odds import bounded_log_odds
from graphfraud.prior.shipped import shipped_prior
from graphfraud.tables import DetectorEvidence, feature_facts
from graphfraud.vocabulary import ACCOUNT, SUBJECT_KINDS, TRACK

RESEMBLES: Final = "resembles_labelled_fraud"
DUPLICATE: Final = {TRACK: "near_duplicate_audio", ACCOUNT: "near_duplicate_catalogue"}
RESEMBLES_FROM: Final = 1.0
"""Log-odds of what labels taught, from which it is given as a reason."""
CODES: Final = pl.List(pl.String)


@dataclass(frozen=True, slots=True)
class BehaviourEvidence:
    """The behaviour part of one kind, and the codes that explain it."""

    part: BehaviourPart
    reasons: list[list[str]]


def behaviour_evidence(
    learned: Behaviour, labels: dict[str, LabelSet], novel_share: float
) -> dict[str, BehaviourEvidence]:
    """The behaviour part of each kind of subject."""
    return {kind: _behaviour_of(learned.kinds[kind], labels[kind], kind, novel_share) for kind in SUBJECT_KINDS}


def _behaviour_of(known: KindBehaviour, labels: LabelSet, kind: str, novel_share: float) -> BehaviourEvidence:
    part = behaviour_part(
        _learned_evidence(known, labels), known.surprise.nats, shipped_prior().behaviour[kind], novel_share=novel_share
    )
    return BehaviourEvidence(part, _reasons(known, part, kind))


def _reasons(known: KindBehaviour, part: BehaviourPart, kind: str) -> list[list[str]]:
    """Why the behaviour part speaks against each subject; nothing where it speaks for it."""
    sided = {name: _sided(name, facts["suspicious"]) for name, facts in feature_facts(kind).items()}
    reasons: list[list[str]] = [[] for _ in part.log_odds]
    accused_ix = np.flatnonzero(part.log_odds > 0)
    for ix, names in zip(accused_ix, reason_codes(known.surprise, accused_ix), strict=True):
        resembles = part.known_log_odds is not None and part.known_log_odds[ix] > RESEMBLES_FROM
        reasons[ix] = [*([RESEMBLES] if resembles else []), *(sided[name] for name in names)]
    return reasons


def _sided(feature: str, suspicious: int) -> str:
    """A feature as a reason code: its name and the side on which it accuses."""
    return f"{feature}_{'high' if suspicious > 0 else 'low'}"


def _learned_evidence(known: KindBehaviour, labels: LabelSet) -> LearnedEvidence | None:
    if known.learned is None:
        return None
    return LearnedEvidence(
        every=known.learned.supervised,
        out_of_fold=known.learned.supervised_out_of_fold,
        is_fraud=labels.is_fraud,
    )


def detector_evidence(graph: Graph, learned: Behaviour) -> pl.DataFrame:
    """What each detector said of each subject by itself, as `tables.DetectorEvidence`."""
    kinds = []
    for kind, known in learned.kinds.items():
        taught = known.learned
        columns = {
            "subject_id": graph.nodes[kind].ids(),
            "forest_logit": taught.forest_logit if taught else None,
            "sage_logit": taught.sage_logit if taught else None,
            "learned_spreads": taught.supervised if taught else None,
            "surprise_nats": known.surprise.nats,
        }
        schema = {name: DetectorEvidence.columns()[name].dtype for name in columns}
        kinds.append(pl.DataFrame(columns, schema=schema).select(pl.lit(kind).alias("subject_kind"), pl.all()))
    return DetectorEvidence.validate(pl.concat(kinds).with_columns(pl.col(pl.Float64).fill_nan(None)))


def delivered_tracks(tracks: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    """track_id, account_id, uploaded_at, and delivery: equal for what one payee delivers under one ISRC."""
    owned = tracks.join(accounts.select("account_id", "payee_hash"), on="account_id")
    delivery = pl.col("isrc").str.len_bytes().cast(pl.String) + ":" + pl.col("isrc") + pl.col("payee_hash")
    return owned.select("track_id", "account_id", "uploaded_at", delivery=delivery)


def content_evidence(duplicates: pl.DataFrame, tracks: pl.DataFrame) -> pl.DataFrame:
    """The content part of tracks, and of accounts through their tracks.

    Columns: subject_kind, subject_id, content_log_odds, content_reasons.
    """
    line = shipped_prior().duplicate
    of_tracks = duplicates.select(
        "track_id", log_odds=pl.Series(line.log_likelihood_ratio(duplicates["likeness_nats"].to_numpy()))
    )
    of_accounts = account_log_odds(of_tracks, tracks)
    return pl.concat(
        _content(frame.rename({f"{kind}_id": "subject_id"}), kind)
        for kind, frame in ((TRACK, of_tracks), (ACCOUNT, of_accounts))
    )


def _content(evidence: pl.DataFrame, kind: str) -> pl.DataFrame:
    bounded = bounded_log_odds(evidence["log_odds"].to_numpy(), limit=CONTENT_LIMIT)
    return evidence.select(
        "subject_id",
        subject_kind=pl.lit(kind),
        content_log_odds=pl.Series(bounded, dtype=pl.Float64),
        content_reasons=pl.when(pl.col("log_odds") > 0).then(pl.lit([DUPLICATE[kind]])).otherwise(pl.lit([], CODES)),
    )


def subject_evidence(
    graph: Graph, behaviour: dict[str, BehaviourEvidence], content: pl.DataFrame, rules: pl.DataFrame
) -> pl.DataFrame:
    """One row for each subject, with the log-odds and reasons of each part; null where a part is absent."""
    subjects = pl.concat(
        pl.DataFrame(
            {
                "subject_id": graph.nodes[kind].ids(),
                "behaviour_log_odds": behaviour[kind].part.log_odds,
                "behaviour_reasons": behaviour[kind].reasons,
            },
            schema={"subject_id": pl.String, "behaviour_log_odds": pl.Float64, "behaviour_reasons": CODES},
        ).with_columns(subject_kind=pl.lit(kind))
        for kind in SUBJECT_KINDS
    )
    policy = summed_policy_log_odds(rules).rename({"log_odds": "policy_log_odds", "rules": "policy_rules"})
    key = ["subject_kind", "subject_id"]
    joined = subjects.join(content, on=key, how="left").join(policy, on=key, how="left")
    return joined.with_columns(pl.col("content_reasons", "policy_rules").fill_null(pl.lit([], CODES)))
