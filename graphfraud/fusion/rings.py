"""What a ring adds to its members' behaviour, and what it must not.

Whoever serves or runs a proven ring is fraudulent with the ring's own probability, whatever it looks like alone.
A victim's or bystander's odd behaviour is explained by the ring: it must not speak against it.
"""

from typing import Final

import numpy as np
import polars as pl

from graphfraud.config import PrevalenceByKind
from graphfraud.fusion.calibration import BEHAVIOUR_LIMIT
from graphfraud.fusion.economics import Stolen
from graphfraud.log_odds import Vector, bounded_log_odds, logit, sigmoid
from graphfraud.vocabulary import EXCUSED_ROLES, SUBJECT_KINDS

SUBJECT: Final = ("subject_kind", "subject_id")
SUSPECTED: Final = "ring_suspected"
"""The reason of who serves a group that is not likely enough to be reported as a ring."""
SUSPECTED_FROM: Final = -2.0
"""Log-odds of a suspicion from which it adds anything to its members' risks, beginning with nothing."""
WHOLE_FROM: Final = 0.5
"""Risk from which a ring counts whole."""
LEAST_PART: Final = 1e-9
"""A smaller probability of serving a ring adds nothing."""


def with_rings(evidence: pl.DataFrame, suspected: pl.DataFrame, prevalence: PrevalenceByKind) -> pl.DataFrame:
    """The evidence with each subject's behaviour as its rings leave it; in the same order.

    `suspected` has a row a membership: suspicion, subject_kind, subject_id, role, weight, ring_risk, and ring_id,
    null for what is only suspected. The odds of serving a ring add to the odds of being fraudulent alone. The
    faintest suspicion counts nothing, a likely ring whole, and nothing steps between; what speaks against an excused
    subject is held back by how surely it is excused.
    """
    standing = _standing(suspected, prevalence)
    joined = evidence.join(standing, on=SUBJECT, how="left", maintain_order="left")
    own = joined["behaviour_log_odds"].cast(pl.Float64).to_numpy()
    held = np.where(own > 0, own * (1.0 - joined["excuse"].fill_null(0.0).to_numpy()), own)
    serving = joined["serving_log_odds"].to_numpy()
    serves = ~np.isnan(serving)
    behaviour = held.copy()
    behaviour[serves] = np.logaddexp(np.nan_to_num(held[serves]), serving[serves])
    reasons = pl.when(pl.col("serving_log_odds") > 0).then(pl.concat_list("code", "behaviour_reasons"))
    return joined.with_columns(
        behaviour_log_odds=pl.Series(behaviour, nan_to_null=True),
        behaviour_reasons=reasons.otherwise("behaviour_reasons"),
    ).select(evidence.columns)


def _standing(suspected: pl.DataFrame, prevalence: PrevalenceByKind) -> pl.DataFrame:
    """For each member of anything: serving_log_odds and its code, null where it serves nothing, and excuse (0-1)."""
    memberships = suspected.with_columns(
        part=(_counted(pl.col("ring_risk")) * pl.col("weight")).clip(upper_bound=1.0 - 1e-12),
        is_excused=pl.col("role").is_in(EXCUSED_ROLES),
        code=pl.when(pl.col("ring_id").is_null()).then(pl.lit(SUSPECTED)).otherwise("ring_" + pl.col("role")),
    ).sort("part", "ring_id", descending=[True, False], nulls_last=True)
    serves = ~pl.col("is_excused") & (pl.col("part") > LEAST_PART)
    best = memberships.group_by(SUBJECT, maintain_order=True).agg(
        serving=pl.col("part").filter(serves).first(),
        code=pl.col("code").filter(serves).first(),
        excuse=pl.col("part").filter("is_excused").max(),
    )
    base = {kind: float(logit(getattr(prevalence, kind))) for kind in SUBJECT_KINDS}
    usual = best["subject_kind"].replace_strict(base, return_dtype=pl.Float64).to_numpy()
    return best.select(*SUBJECT, "code", "excuse").with_columns(
        serving_log_odds=pl.Series(_serving_log_odds(best["serving"].to_numpy(), usual), nan_to_null=True)
    )


def _counted(ring_risk: pl.Expr) -> pl.Expr:
    """The risk as it counts: all of a likely ring's, of a suspicion's the less the fainter it is."""
    least = float(sigmoid(SUSPECTED_FROM))
    return ring_risk * ((ring_risk - least) / (WHOLE_FROM - least)).clip(0.0, 1.0)


def _serving_log_odds(part: Vector, usual: Vector) -> Vector:
    """How much likelier than usual it is that one serves a ring, in log-odds; NaN where the part is absent."""
    return bounded_log_odds(logit(part) - usual, limit=BEHAVIOUR_LIMIT)


def ring_of(suspected: pl.DataFrame) -> pl.DataFrame:
    """For each member of a reported ring the one with the largest weight x ring risk; of equals the smallest id.

    Columns: subject_kind, subject_id, ring_id.
    """
    reported = suspected.filter(pl.col("ring_id").is_not_null())
    part = pl.col("weight") * pl.col("ring_risk")
    ranked = reported.sort(part, "ring_id", descending=[True, False])
    return ranked.unique(SUBJECT, keep="first", maintain_order=True).select(*SUBJECT, "ring_id")


def stolen(suspected: pl.DataFrame, hold_from: float) -> Stolen:
    """In whose name somebody else plays what; its payable plays wait from the risk at which a listener's do."""
    extent = suspected.filter(pl.col("role") != "bystander").lazy()
    part = pl.col("weight") * pl.col("ring_risk")
    waits = (part >= hold_from) & pl.col("ring_id").is_not_null()
    victims = extent.filter(subject_kind="listener", role="victim")
    return Stolen(
        victims=victims.select("suspicion", listener_id="subject_id", risk=part, waits=waits),
        tracks=extent.filter(subject_kind="track").select("suspicion", track_id="subject_id"),
    )
