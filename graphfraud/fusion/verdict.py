"""What is recommended about each subject, at what risk, and for which reasons."""

from typing import Final

import numpy as np
import polars as pl

from graphfraud.config import Policy
from graphfraud.fusion.calibration import fused_log_odds, risk_from
from graphfraud.log_odds import Vector
from graphfraud.vocabulary import SUBJECT_KINDS

PARTS: Final = ("content", "behaviour", "policy")
CODES: Final = {"content": "content_reasons", "behaviour": "behaviour_reasons", "policy": "policy_rules"}
MODEL_CODE: Final = {"content": "content_model", "behaviour": "behaviour_model"}
OVERRIDDEN: Final = "policy_override"
UNEXPLAINED: Final = "prevalence"
"""Nothing speaks against the subject: policy expects so much fraud of its kind that all are restricted."""
CODE_LIST: Final = pl.List(pl.String)
MAX_REASONS_COUNT: Final = 6

ALLOW: Final = "allow"
SUBJECT: Final = ("subject_kind", "subject_id")
COLUMNS: Final = (*SUBJECT, "risk", *(f"{part}_risk" for part in PARTS), "verdict", "reasons")


def judged(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Risk, the risk of each part, verdict and reasons of every subject, in key order.

    `frame` has subject_kind, subject_id, content_log_odds, behaviour_log_odds, policy_log_odds
    (null or NaN where the part is absent), and the lists content_reasons, behaviour_reasons, policy_rules.
    """
    subjects = _with_overrides(_with_kind_policy(frame.sort(SUBJECT), policy), policy)
    decided = subjects.pipe(_with_risks, policy).with_columns(verdict=_verdict())
    return decided.with_columns(reasons=_reasons(decided, policy)).select(COLUMNS)


def unknown_overrides(frame: pl.DataFrame, policy: Policy) -> list[str]:
    """Subjects that an override names and `frame` lacks, as 'kind id': worth a warning, not a failed night."""
    unknown = _overrides(policy).join(frame, on=SUBJECT, how="anti").sort(SUBJECT)
    return [f"{kind} {subject_id}" for kind, subject_id in unknown.select(SUBJECT).iter_rows()]


def _overrides(policy: Policy) -> pl.DataFrame:
    """What people decided; of two decisions about one subject the later in the file."""
    rows = [(each.subject_kind, each.subject_id, each.risk) for each in policy.overrides]
    schema = {"subject_kind": pl.String, "subject_id": pl.String, "override_risk": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(SUBJECT, keep="last", maintain_order=True)


def _with_overrides(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    return frame.join(_overrides(policy), on=SUBJECT, how="left", maintain_order="left")


def _with_kind_policy(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Each subject beside the prevalence and thresholds of its kind."""
    rows = []
    for kind in SUBJECT_KINDS:
        limits = getattr(policy.thresholds, kind)
        prevalence = getattr(policy.prevalence, kind)
        rows.append((kind, prevalence, limits.hold, limits.review, limits.block))
    schema = ["subject_kind", "prevalence", "hold_from", "review_from", "block_from"]
    return frame.join(pl.DataFrame(rows, schema, orient="row"), on="subject_kind", how="left", maintain_order="left")


def _with_risks(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Each subject with its parts' risks, its risk, and what that were without the policy part."""
    content, behaviour, policy_part = (_log_odds(frame, part) for part in PARTS)
    prevalence = frame["prevalence"].to_numpy()
    silent = np.full_like(policy_part, np.nan)
    risks = {
        "content_risk": risk_from(content, prevalence),
        "behaviour_risk": risk_from(behaviour, prevalence),
        "policy_risk": risk_from(policy_part, prevalence),
        "fused_risk": risk_from(fused_log_odds(content, behaviour, policy_part, policy.weights), prevalence),
        "unruled_risk": risk_from(fused_log_odds(content, behaviour, silent, policy.weights), prevalence),
    }
    columns = [pl.Series(name, risk, nan_to_null=True) for name, risk in risks.items()]
    return frame.with_columns(columns).with_columns(risk=pl.coalesce("override_risk", "fused_risk"))


def _log_odds(frame: pl.DataFrame, part: str) -> Vector:
    return frame[f"{part}_log_odds"].cast(pl.Float64).to_numpy()


def _verdict() -> pl.Expr:
    """The verdict at each risk; rules alone lead to a person, only a person or other evidence to a block."""
    stands_unruled = (pl.col("unruled_risk") >= pl.col("review_from")) & (
        pl.col("unruled_risk") > pl.col("prevalence")  # else a prevalence over the threshold would stand for evidence
    )
    may_block = pl.col("override_risk").is_not_null() | stands_unruled
    return (
        pl.when((pl.col("risk") >= pl.col("block_from")) & may_block)
        .then(pl.lit("block"))
        .when(pl.col("risk") >= pl.col("review_from"))
        .then(pl.lit("review"))
        .when(pl.col("risk") >= pl.col("hold_from"))
        .then(pl.lit("hold"))
        .otherwise(pl.lit(ALLOW))
    )


def _reasons(subjects: pl.DataFrame, policy: Policy) -> pl.Series:
    """Codes of each row: a person's decision first, then the parts that speak against it, the weightiest first."""
    numbered = subjects.with_row_index("row_ix")
    codes = (
        pl.concat([_overridden(numbered), *(_accusations(numbered, policy, part) for part in PARTS)])
        .explode("code")
        .drop_nulls("code")
        .sort("row_ix", "weighed", descending=[False, True], maintain_order=True)
        .unique(["row_ix", "code"], keep="first", maintain_order=True)
        .group_by("row_ix", maintain_order=True)
        .agg(pl.col("code").head(MAX_REASONS_COUNT))
    )
    unexplained = pl.when(pl.col("verdict") != ALLOW).then(pl.lit([UNEXPLAINED])).otherwise(pl.lit([], CODE_LIST))
    joined = numbered.join(codes, on="row_ix", how="left", maintain_order="left")
    return joined.select(pl.col("code").fill_null(unexplained))["code"]


def _overridden(numbered: pl.DataFrame) -> pl.DataFrame:
    return numbered.filter(pl.col("override_risk").is_not_null()).select(
        "row_ix", weighed=pl.lit(np.inf), code=pl.lit([OVERRIDDEN])
    )


def _accusations(numbered: pl.DataFrame, policy: Policy, part: str) -> pl.DataFrame:
    """row_ix, weighed log-odds and codes where a part speaks against a subject.

    A model that leads to a restriction without naming a sign is named itself: everyone who is
    restricted is told why. Broken rules always name themselves.
    """
    codes = pl.col(CODES[part])
    if part in MODEL_CODE:
        is_unnamed = (codes.list.len().fill_null(0) == 0) & (pl.col("verdict") != ALLOW)
        codes = pl.when(is_unnamed).then(pl.lit([MODEL_CODE[part]])).otherwise(codes)
    weighed = pl.col(f"{part}_log_odds").fill_nan(None) * getattr(policy.weights, part)
    return numbered.select("row_ix", weighed=weighed, code=codes).filter(pl.col("weighed") > 0.0)
