"""Fits `graphfraud/prior/calibration.json` on simulated platforms: what evidence is worth where labels are few.

Seeds below 1,000 are for fitting; those above are for evaluation. Only subjects without a label
count, and truth is read only here.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

import graphfraud.prior
from graphfraud.fusion.calibration import Calibration, fitted_calibration
from graphfraud.simulator.world import WorldSettings, write_world
from graphfraud.vocabulary import SUBJECT_KINDS

SUBJECT = ["subject_kind", "subject_id"]
DUPLICATE = {"prior": 0.3, "slope": 2.0, "offset": 2.5}
"""Set by reasoning, not fitted: a re-encoded copy lies 20 to 1,000 times nearer than is typical, a cover or a remaster
under another account about ten times, and a third of fraudulent tracks are copies."""
CAUTION = 0.7
"""Slopes are shrunk: other platforms are never like the simulated ones."""


def main() -> None:
    """Simulates, judges, fits and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    judged = pl.concat(evidence_with_truth(asked.worlds, asked.threads), how="diagonal")
    lines = {kind: fitted_lines(judged.filter(subject_kind=kind)) for kind in SUBJECT_KINDS}
    text = json.dumps({**lines, "duplicate": DUPLICATE}, indent=2)
    path = Path(graphfraud.prior.__file__).with_name("calibration.json")
    path.write_text(text + "\n", encoding="utf-8")
    print(text)


def evidence_with_truth(world_count: int, threads: int) -> Iterator[pl.DataFrame]:
    """Every detector's evidence about every unlabelled subject of each world, with what it truly is."""
    for seed in range(world_count):
        with tempfile.TemporaryDirectory() as folder:
            world = Path(folder) / "world"
            write_world(world, WorldSettings(scale=(0.05, 0.15, 0.4)[seed % 3], seed=seed))
            evidence = judged_evidence(world, threads)
            labelled = pl.read_parquet(world / "feed" / "labels.parquet").select(SUBJECT).unique()
            rings = pl.read_parquet(world / "truth" / "rings.parquet")
            members = rings.filter(role="member").select(SUBJECT).unique().with_columns(is_fraud=pl.lit(value=True))
            victims = rings.filter(role="victim").join(members, on=SUBJECT, how="anti")
            print(f"world {seed}: {evidence.height:,} subjects, {members.height:,} fraudulent")
            yield (
                evidence.join(labelled, on=SUBJECT, how="anti")
                .join(victims, on=SUBJECT, how="anti")
                .join(members, on=SUBJECT, how="left")
                .with_columns(pl.col("is_fraud").fill_null(value=False))
            )


def judged_evidence(world: Path, threads: int) -> pl.DataFrame:
    """What each detector says of the world's subjects."""
    command = [sys.executable, "-m", "graphfraud", "run", world / "feed", "--out", world / "run"]
    subprocess.run([*command, "--threads", str(threads), "--device", "cpu"], check=True, capture_output=True)
    return pl.read_parquet(world / "run" / "model" / "evidence.parquet")


def fitted_lines(evidence: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Slope and intercept of what labels taught, and of surprise, for one kind of subject."""
    learned = evidence.drop_nulls("learned_spreads")
    return {
        "learned": as_values(fitted(learned["learned_spreads"], learned["is_fraud"])),
        "surprise": as_values(fitted(evidence["surprise_nats"], evidence["is_fraud"])),
    }


def fitted(evidence: pl.Series, is_fraud: pl.Series) -> Calibration:
    """The line through the evidence with a cautious slope, turned around the point where it says nothing."""
    line = fitted_calibration(evidence.to_numpy(), is_fraud.to_numpy())
    crossing = -line.intercept / line.slope
    slope = CAUTION * line.slope
    return Calibration(slope=slope, intercept=-slope * crossing, source="shipped")


def as_values(line: Calibration) -> dict[str, float]:
    """The line as JSON holds it."""
    return {"slope": round(line.slope, 4), "intercept": round(line.intercept, 4)}


if __name__ == "__main__":
    main()
