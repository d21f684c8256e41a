"""Rings that a run reported beside those that were planted."""

from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.evaluation import truth
from graphfraud.evaluation.truth import SUBJECT

FOUND_FROM: Final = 0.5
"""Jaccard overlap of the extents from which a planted ring is found."""
RIGHT_ROLES: Final = {"member": ("operator", "beneficiary", "bot"), "victim": ("victim",)}
"""Roles of a run that are right for a role of the truth."""
RINGS: Final = pl.Schema(
    {
        "planted": pl.String(),
        "attack": pl.String(),
        "planted_count": pl.Int64(),
        "ring_id": pl.String(),
        "ring_count": pl.Int64(),
        "risk": pl.Float64(),
        "jaccard": pl.Float64(),
        "right_role_share": pl.Float64(),
    }
)


def ring_table(world: Path, run: Path) -> pl.DataFrame:
    """Each planted ring beside the reported one that overlaps it most, then each reported one that finds none.

    Columns as in `RINGS`: `planted` and `attack` are null for a false ring, `ring_id` for a missed one; jaccard is
    of the extents, over accounts, tracks and listeners; right_role_share is of the subjects that both name.
    Raises: UsageError when the world has no truth or the run no rings.
    """
    planted, reported = truth.read_planted(world), truth.read_ring_members(run)
    known = planted.join(truth.read_scores(run).select(SUBJECT), on=SUBJECT, how="semi")
    pairs = _pairs(known, reported.filter(pl.col("role") != "bystander"))
    order = ("jaccard", "planted", "ring_id")
    found = pairs.filter(pl.col("jaccard") >= FOUND_FROM).sort(order, descending=[True, False, False])
    best = found.unique("planted", keep="first", maintain_order=True)
    sizes = known.group_by("planted", "attack").agg(planted_count=pl.len().cast(pl.Int64))
    risks = truth.read_rings_found(run)
    of_planted = sizes.join(best, on="planted", how="left").join(risks, on="ring_id", how="left")
    false = risks.join(found, on="ring_id", how="anti")
    table = pl.concat([of_planted, false], how="diagonal").select(RINGS.names()).cast(RINGS)
    return table.sort("planted", "ring_id", nulls_last=True)


def _pairs(planted: pl.DataFrame, extents: pl.DataFrame) -> pl.DataFrame:
    """planted, ring_id, jaccard and right_role_share of each planted and reported ring that meet."""
    planted_count = planted.group_by("planted").agg(planted_count=pl.len())
    ring_count = extents.group_by("ring_id").agg(ring_count=pl.len())
    both = planted.join(extents, on=SUBJECT, suffix="_found")
    is_right = pl.any_horizontal(
        (pl.col("role") == told) & pl.col("role_found").is_in(roles) for told, roles in RIGHT_ROLES.items()
    )
    met = both.group_by("planted", "ring_id").agg(met_count=pl.len(), right_role_share=is_right.mean())
    joined = met.join(planted_count, on="planted").join(ring_count, on="ring_id")
    met_count = pl.col("met_count").cast(pl.Int64)
    apart = pl.col("planted_count").cast(pl.Int64) + pl.col("ring_count").cast(pl.Int64) - met_count
    return joined.select("planted", "ring_id", "right_role_share", jaccard=met_count / apart)


def ring_sentence(rings: pl.DataFrame) -> str:
    """How many planted rings were found, and how many false ones."""
    planted = rings.filter(pl.col("planted").is_not_null())
    found = planted.filter(pl.col("ring_id").is_not_null())
    false = rings.height - planted.height
    overlaps = found["jaccard"].to_list()
    told = f"of {planted.height:,} planted rings {found.height:,} were found"
    overlapping = f", with a mean overlap of {sum(overlaps) / len(overlaps):.2f}" if overlaps else ""
    return f"{told}{overlapping}; of {found['ring_id'].n_unique() + false:,} reported rings {false:,} found none"
