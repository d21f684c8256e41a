from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.config import Override, Policy, PrevalenceByKind, Thresholds, ThresholdsByKind, Weights
from graphfraud.fusion.verdict import judged, unknown_overrides
from graphfraud.log_odds import logit
from graphfraud.tables import Scores

SCHEMA = pl.Schema(
    {
        "subject_kind": pl.String(),
        "subject_id": pl.String(),
        "content_log_odds": pl.Float64(),
        "behaviour_log_odds": pl.Float64(),
        "policy_log_odds": pl.Float64(),
        "behaviour_reasons": pl.List(pl.String()),
        "content_reasons": pl.List(pl.String()),
        "policy_rules": pl.List(pl.String()),
    }
)
VERDICTS = ("allow", "hold", "review", "block")


def subject(subject_id: str = "s", kind: str = "track", **columns: Any) -> dict[str, Any]:
    return {"subject_kind": kind, "subject_id": subject_id, **columns}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([dict.fromkeys(SCHEMA) | row for row in rows], schema=SCHEMA)


def judge(policy: Policy | None = None, /, **columns: Any) -> dict[str, Any]:
    """What is said of one track."""
    return judged(frame(subject(**columns)), policy or Policy()).row(0, named=True)


def test_what_comes_out_is_the_contract_s_table_in_key_order() -> None:
    rows = frame(subject("b"), subject("a", content_log_odds=9.0), subject("z", "account"), subject("l", "listener"))
    scores = judged(rows, Policy())
    assert [*scores.columns, "ring_id"] == list(Scores.columns())
    Scores.validate(scores.with_columns(ring_id=pl.lit(None, pl.String)))
    assert scores["subject_id"].to_list() == ["z", "l", "a", "b"]
    assert scores.equals(judged(rows.reverse(), Policy()))


def test_nobody_to_judge_is_no_error() -> None:
    Scores.validate(judged(frame(), Policy()).with_columns(ring_id=pl.lit(None, pl.String)))


@given(
    content=st.none() | st.floats(-6, 6),
    behaviour=st.none() | st.floats(-9, 9),
    ruled=st.none() | st.floats(-6, 6),
    kind=st.sampled_from(["account", "track", "listener"]),
)
def test_parts_and_prevalence_give_the_risk_back(
    content: float | None, behaviour: float | None, ruled: float | None, kind: str
) -> None:
    policy = Policy(weights=Weights(content=0.5, behaviour=1.2, policy=0.8))
    row = judged(
        frame(subject(kind=kind, content_log_odds=content, behaviour_log_odds=behaviour, policy_log_odds=ruled)), policy
    ).row(0, named=True)
    prior = logit(getattr(policy.prevalence, kind))
    weighed = 0.0
    for part, weight in (("content", 0.5), ("behaviour", 1.2), ("policy", 0.8)):
        if row[f"{part}_risk"] is not None:
            weighed += weight * (logit(row[f"{part}_risk"]) - prior)
    assert logit(row["risk"]) == pytest.approx(prior + weighed, abs=1e-6)
    assert (row["verdict"] == "allow") or row["reasons"]


def test_a_subject_of_which_nothing_is_known_gets_its_kind_s_prevalence() -> None:
    policy = Policy(prevalence=PrevalenceByKind(account=0.03, track=0.2, listener=0.001))
    scores = judged(frame(subject("a", "account"), subject("l", "listener"), subject("t", "track")), policy)
    np.testing.assert_allclose(scores["risk"], [0.03, 0.001, 0.2])
    assert scores["behaviour_risk"].null_count() == 3
    assert scores["reasons"].to_list() == [[], [], []]


@pytest.mark.parametrize(
    ("risk", "verdict"), [(0.49, "allow"), (0.51, "hold"), (0.79, "hold"), (0.81, "review"), (0.98, "block")]
)
def test_verdicts_begin_at_the_thresholds(risk: float, verdict: str) -> None:
    assert judge(behaviour_log_odds=float(logit(risk) - logit(0.02)))["verdict"] == verdict


def test_each_kind_has_its_own_thresholds() -> None:
    strict = Thresholds(hold=0.1, review=0.2, block=0.3)
    policy = Policy(thresholds=ThresholdsByKind(account=strict))
    rows = frame(subject("a", "account", behaviour_log_odds=4.0), subject("t", "track", behaviour_log_odds=3.0))
    assert judged(rows, policy)["verdict"].to_list() == ["block", "allow"]


def test_rules_alone_never_block() -> None:
    mostly_ruled = judge(policy_log_odds=6.0, policy_rules=["x"], behaviour_log_odds=2.0, behaviour_reasons=["b"])
    assert mostly_ruled["risk"] > 0.97
    assert (mostly_ruled["verdict"], mostly_ruled["reasons"]) == ("review", ["x", "b"])
    policy = Policy(prevalence=PrevalenceByKind(track=0.3))
    ruled = judge(policy, policy_log_odds=6.0, policy_rules=["x"])
    assert ruled["risk"] > 0.97
    assert (ruled["verdict"], ruled["reasons"]) == ("review", ["x"])
    common = Policy(
        prevalence=PrevalenceByKind(track=0.5),
        thresholds=ThresholdsByKind(track=Thresholds(hold=0.5, review=0.5, block=0.97)),
    )
    assert judge(common, policy_log_odds=6.0, policy_rules=["x"])["verdict"] == "review"
    joined = judge(policy, policy_log_odds=6.0, policy_rules=["x"], behaviour_log_odds=3.0)
    assert joined["verdict"] == "block"


@given(content=st.floats(-6, 6), behaviour=st.floats(-9, 9), ruled=st.floats(0, 6))
def test_a_block_stands_without_the_rules_at_least_as_a_review(content: float, behaviour: float, ruled: float) -> None:
    parts = {"content_log_odds": content, "behaviour_log_odds": behaviour}
    if judge(**parts, policy_log_odds=ruled, policy_rules=["x"])["verdict"] == "block":
        assert judge(**parts)["verdict"] in {"review", "block"}


@given(
    low=st.floats(-9, 9),
    gap=st.floats(1e-6, 5.0),
    content=st.none() | st.floats(-6, 6),
    ruled=st.none() | st.floats(-6, 6),
)
def test_more_evidence_never_lowers_risk_or_verdict(
    low: float, gap: float, content: float | None, ruled: float | None
) -> None:
    rest = {"content_log_odds": content, "policy_log_odds": ruled, "policy_rules": ["x"]}
    less, more = judge(behaviour_log_odds=low, **rest), judge(behaviour_log_odds=min(low + gap, 9.0 + gap), **rest)
    assert less["risk"] < more["risk"]
    assert VERDICTS.index(less["verdict"]) <= VERDICTS.index(more["verdict"])


def test_reasons_of_the_weightiest_part_come_first_and_six_are_enough() -> None:
    row = judge(
        content_log_odds=2.0,
        behaviour_log_odds=4.0,
        policy_log_odds=3.0,
        behaviour_reasons=["b1", "b2", "b3"],
        content_reasons=["c1", "c2", "c3"],
        policy_rules=["p1", "b1"],
    )
    assert row["reasons"] == ["b1", "b2", "b3", "p1", "c1", "c2"]


def test_weights_decide_which_part_is_weightiest() -> None:
    policy = Policy(weights=Weights(content=1.5, behaviour=0.5, policy=0.0))
    row = judge(
        policy,
        content_log_odds=2.0,
        behaviour_log_odds=4.0,
        policy_log_odds=3.0,
        behaviour_reasons=["b"],
        content_reasons=["c"],
        policy_rules=["p"],
    )
    assert row["reasons"] == ["c", "b"]


@pytest.mark.parametrize("absent", [None, float("nan")])
def test_an_absent_part_has_no_risk_and_accuses_of_nothing(absent: float | None) -> None:
    row = judge(content_log_odds=absent, content_reasons=["c"], behaviour_log_odds=1.0, behaviour_reasons=["b"])
    assert (row["content_risk"], row["reasons"]) == (None, ["b"])
    assert row["risk"] == row["behaviour_risk"]


def test_a_part_that_speaks_for_the_defence_accuses_of_nothing() -> None:
    row = judge(content_log_odds=-1.0, behaviour_log_odds=8.0, behaviour_reasons=["b"], content_reasons=["c"])
    assert row["reasons"] == ["b"]


@pytest.mark.parametrize(("part", "code"), [("behaviour", "behaviour_model"), ("content", "content_model")])
def test_a_restriction_that_names_no_sign_names_the_model(part: str, code: str) -> None:
    row = judge(**{f"{part}_log_odds": 5.0, f"{part}_reasons": []}, policy_log_odds=0.5, policy_rules=["p"])
    assert row["verdict"] == "review"
    assert row["reasons"] == [code, "p"]


def test_a_restriction_that_nothing_but_prevalence_explains_says_so() -> None:
    everyone = Thresholds(hold=0.0, review=0.8, block=0.97)
    row = judge(Policy(thresholds=ThresholdsByKind(track=everyone)), behaviour_log_odds=-1.0)
    assert (row["verdict"], row["reasons"]) == ("hold", ["prevalence"])


def test_a_person_s_decision_overwrites_the_risk_and_shows() -> None:
    policy = Policy(
        overrides=(
            Override(subject_kind="track", subject_id="s", risk=0.5, why="first look"),
            Override(subject_kind="track", subject_id="s", risk=1.0, why="confessed"),
            Override(subject_kind="track", subject_id="cleared", risk=0.0, why="appeal upheld"),
            Override(subject_kind="account", subject_id="s", risk=0.9, why="same id, other kind"),
        )
    )
    rows = frame(
        subject("s", behaviour_log_odds=-1.0),
        subject("cleared", behaviour_log_odds=9.0, behaviour_reasons=["b"]),
        subject("other", behaviour_log_odds=-1.0),
    )
    scores = {row["subject_id"]: row for row in judged(rows, policy).iter_rows(named=True)}
    assert (scores["s"]["risk"], scores["s"]["verdict"]) == (1.0, "block")
    assert scores["s"]["reasons"] == ["policy_override"]
    assert (scores["cleared"]["risk"], scores["cleared"]["verdict"]) == (0.0, "allow")
    assert scores["cleared"]["reasons"] == ["policy_override", "b"]
    assert scores["cleared"]["behaviour_risk"] > 0.9
    assert (scores["other"]["verdict"], scores["other"]["reasons"]) == ("allow", [])


def test_overrides_of_subjects_that_the_feed_lacks_are_named() -> None:
    policy = Policy(
        overrides=(
            Override(subject_kind="track", subject_id="gone", risk=0.5, why="?"),
            Override(subject_kind="track", subject_id="s", risk=0.5, why="?"),
            Override(subject_kind="account", subject_id="s", risk=0.5, why="?"),
        )
    )
    assert unknown_overrides(frame(subject("s")), policy) == ["account s", "track gone"]
    assert unknown_overrides(frame(subject("s")), Policy()) == []
