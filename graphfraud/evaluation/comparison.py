"""A run beside the truth of the simulated world that it was made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.evaluation import truth
from graphfraud.evaluation.metrics import auprc, auroc, recall_at_false_positive_rate
from graphfraud.evaluation.rings import ring_table
from graphfraud.evaluation.truth import SUBJECT
from graphfraud.vocabulary import SUBJECT_KINDS

EVERY_ATTACK: Final = "all"
VERDICTS: Final = ("allow", "hold", "review", "block")
METRICS: Final = pl.Schema(
    {
        "subject_kind": pl.String(),
        "scope": pl.String(),
        "attack": pl.String(),
        "fraud_count": pl.Int64(),
        "honest_count": pl.Int64(),
        "auroc": pl.Float64(),
        "auprc": pl.Float64(),
        "recall_at_0_1_percent": pl.Float64(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtificialStreams:
    """Fake streams that the run expected and withheld, beside those that were."""

    expected_count: float
    withheld_count: int
    fake_count: int | None
    """Truly fake streams before `as_of`; None when the world does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that the truth says of a run."""

    metrics: pl.DataFrame
    detectors: pl.DataFrame
    verdicts: pl.DataFrame
    lookalikes: pl.DataFrame
    rings: pl.DataFrame
    streams: ArtificialStreams


def comparison(world: Path, run: Path) -> Comparison:
    """How well a run ranked, spared look-alikes and counted fake streams.

    Raises: UsageError when the world has no truth or the run is not whole.
    """
    return Comparison(
        metrics=evaluation_table(world, run),
        detectors=detector_table(world, run),
        verdicts=verdict_table(world, run),
        lookalikes=lookalike_table(world, run),
        rings=ring_table(world, run),
        streams=artificial_streams(world, run),
    )


def evaluation_table(world: Path, run: Path) -> pl.DataFrame:
    """How well each kind of subject was ranked, by scope and attack; columns as in `METRICS`.

    Scope `all` takes every scored subject, `unlabelled` only those without a label before `as_of`.
    Attack `all` is any fraud; a single attack's members stand against all honest subjects. Members
    of a ring are fraud; its victims are neither fraud nor honest, and left out.

    Raises: UsageError when the world has no truth or the run no scores.
    """
    subjects = _compared_subjects(world, run)
    rows = [
        {"subject_kind": kind, "scope": scope, **row}
        for kind, scope, compared in _scopes(subjects)
        for row in _metrics_by_attack(compared)
    ]
    return pl.DataFrame(rows, schema=METRICS)


def _compared_subjects(world: Path, run: Path) -> pl.DataFrame:
    """subject_kind, subject_id, risk, attacks (none for the honest), is_labelled; victims left out."""
    rings = truth.read_rings(world)
    members = rings.filter(pl.col("role") == "member")
    attacks = members.group_by(SUBJECT).agg(attacks=pl.col("kind").unique().sort())
    victims = rings.filter(pl.col("role") == "victim").join(members, on=SUBJECT, how="anti")
    scores = truth.read_scores(run)
    labelled = truth.read_labelled_subjects(world, truth.read_as_of(run)).with_columns(is_labelled=True)
    joined = scores.join(victims, on=SUBJECT, how="anti").join(attacks, on=SUBJECT, how="left")
    return joined.join(labelled, on=SUBJECT, how="left").select(
        *SUBJECT,
        "risk",
        attacks=pl.col("attacks").fill_null([]),
        is_labelled=pl.col("is_labelled").fill_null(value=False),
    )


def _metrics_by_attack(subjects: pl.DataFrame) -> Iterator[dict[str, str | int | float]]:
    """One row for all fraud, then one for each attack that occurs among `subjects`."""
    is_honest = pl.col("attacks").list.len() == 0
    yield _metrics(EVERY_ATTACK, subjects)
    for attack in subjects["attacks"].explode().drop_nulls().unique().sort():
        yield _metrics(attack, subjects.filter(is_honest | pl.col("attacks").list.contains(attack)))


def _metrics(attack: str, subjects: pl.DataFrame) -> dict[str, str | int | float]:
    risk = subjects["risk"].to_numpy()
    is_fraud = (subjects["attacks"].list.len() > 0).to_numpy()
    return {
        "attack": attack,
        "fraud_count": int(is_fraud.sum()),
        "honest_count": int((~is_fraud).sum()),
        "auroc": auroc(risk, is_fraud),
        "auprc": auprc(risk, is_fraud),
        "recall_at_0_1_percent": recall_at_false_positive_rate(risk, is_fraud, rate=0.001),
    }


def detector_table(world: Path, run: Path) -> pl.DataFrame:
    """Average precision of each detector by itself, beside the risk that they and the rules were fused to.

    Columns subject_kind, scope, then one a detector and `risk`; NaN where a detector had nothing to learn from.
    Raises: UsageError when the world has no truth or the run no scores.
    """
    subjects = _compared_subjects(world, run).join(truth.read_detectors(run), on=SUBJECT, how="left")
    judges = [name for name, dtype in subjects.schema.items() if dtype.is_float() and name != "risk"]
    rows = []
    for kind, scope, compared in _scopes(subjects):
        is_fraud = (compared["attacks"].list.len() > 0).to_numpy()
        said = {name: compared[name] for name in [*judges, "risk"]}
        precision = {name: nan if v.has_nulls() else auprc(v.to_numpy(), is_fraud) for name, v in said.items()}
        rows.append({"subject_kind": kind, "scope": scope, **precision})
    return pl.DataFrame(rows)


def _scopes(subjects: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Each kind and scope with its subjects."""
    for kind in SUBJECT_KINDS:
        of_kind = subjects.filter(pl.col("subject_kind") == kind)
        yield kind, "all", of_kind
        yield kind, "unlabelled", of_kind.filter(~pl.col("is_labelled"))


def verdict_table(world: Path, run: Path) -> pl.DataFrame:
    """How many of each kind got each verdict, and how many of them are fraud.

    Columns subject_kind, verdict, subject_count, fraud_count, fraud_share: for a restriction its precision.
    Raises: UsageError when the world has no truth or the run no scores.
    """
    of_kind = pl.col("subject_kind").replace_strict({kind: n for n, kind in enumerate(SUBJECT_KINDS)})
    of_verdict = pl.col("verdict").replace_strict({verdict: n for n, verdict in enumerate(VERDICTS)})
    judged = _compared_subjects(world, run).join(truth.read_scores(run).drop("risk"), on=SUBJECT)
    return (
        judged.group_by("subject_kind", "verdict")
        .agg(subject_count=pl.len().cast(pl.Int64), fraud_count=(pl.col("attacks").list.len() > 0).sum().cast(pl.Int64))
        .with_columns(fraud_share=pl.col("fraud_count") / pl.col("subject_count"))
        .sort(of_kind, of_verdict)
    )


def lookalike_table(world: Path, run: Path) -> pl.DataFrame:
    """How many of each kind of honest look-alike were not simply allowed.

    Columns lookalike, subject_kind, subject_count, restricted_count; no row when the world has none.
    Raises: UsageError when the run has no scores.
    """
    scored = truth.read_lookalikes(world).join(truth.read_scores(run), on=SUBJECT)
    return (
        scored.group_by(lookalike="kind", subject_kind="subject_kind")
        .agg(
            subject_count=pl.len().cast(pl.Int64),
            restricted_count=(pl.col("verdict") != "allow").sum().cast(pl.Int64),
        )
        .sort("lookalike", "subject_kind")
    )


def artificial_streams(world: Path, run: Path) -> ArtificialStreams:
    """Fake streams expected and withheld over all track-months, beside the truly fake ones before `as_of`.

    Raises: UsageError when the run has no track months.
    """
    expected, withheld = truth.read_track_months(run).sum().row(0)
    return ArtificialStreams(
        expected_count=expected,
        withheld_count=withheld,
        fake_count=truth.read_fake_stream_count(world, truth.read_as_of(run)),
    )
