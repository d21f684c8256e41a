"""What is known of the subjects that count: the row in force as of an instant, and the label."""

from pathlib import Path

import polars as pl

from graphfraud.tables import FACT_OUTPUTS
from graphfraud.vocabulary import ID_COLUMN, SUBJECT_KINDS
from graphfraud_features.admission.admitted import Admitted


def write_known_subjects(folder: Path, events: Admitted) -> None:
    """Writes `subjects/` as declared in `graphfraud.tables.FACT_OUTPUTS`; holds no catalogue in memory."""
    (folder / "subjects").mkdir()
    for kind in SUBJECT_KINDS:
        known_subjects(events, kind).sink_parquet(folder / f"subjects/{kind}s.parquet")


def known_subjects(events: Admitted, kind: str) -> pl.LazyFrame:
    """Every subject of a kind, by id."""
    labels = events.table("labels").filter(subject_kind=kind)
    in_force = labels.select("label", "subject_id", label_decided_at="decided_at", label_source="source")
    # Admitted subjects stand in the order of their ids already: to sort them would hold them all.
    return (
        events.table(f"{kind}s")
        .join(in_force, left_on=ID_COLUMN[kind], right_on="subject_id", how="left", maintain_order="left")
        .select(FACT_OUTPUTS[f"subjects/{kind}s"].column_names())
    )
