"""What a run's manifest records: `identity`, which the same input makes again, and what was measured."""

import os
import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

import polars as pl

from graphfraud.config import Policy, Settings
from graphfraud.detector.detect import Behaviour
from graphfraud.folders.digest import large_table_digest
from graphfraud.folders.manifest import FORMAT
from graphfraud.run.parts import BehaviourEvidence
from graphfraud.run.stages import Stages
from graphfraud.settings_file import settings_values
from graphfraud.tables import INPUTS
from graphfraud_features.admission.admitted import Admitted
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.partitions import TABLES_IN_ORDER

LIBRARIES: Final = (
    "graphfraud",
    "faiss-cpu",
    "networkit",
    "numpy",
    "polars",
    "scikit-learn",
    "torch",
    "torch-geometric",
)


def run_identity(settings: Settings, policy: Policy, *, as_of: datetime, threads: int, device: str) -> dict[str, Any]:
    """Everything that was asked of a run, and what answered it: equal for equal runs."""
    return {
        "as_of": as_of.isoformat().replace("+00:00", "Z"),
        "format": FORMAT,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        "config": settings_values(settings),
        "policy": settings_values(policy),
        "seed": settings.run.seed,
        "threads": threads,
        "device": device,
    }


def table_digests(events: Admitted, graph_digest: str, made: Mapping[str, pl.LazyFrame]) -> dict[str, str]:
    """SHA-256 over the values of every table that was read, of the graph, and of every table that was made."""
    read = {f"feed/{name}": events.digest(name) for name in TABLES_IN_ORDER}
    return {**read, "graph": graph_digest, **{name: large_table_digest(rows) for name, rows in made.items()}}


def calibrated(parts: dict[str, BehaviourEvidence]) -> dict[str, dict[str, Any]]:
    """For each kind whether labels taught it, and whose calibration serves."""
    return {
        kind: {"learned": evidence.part.known_log_odds is not None, "calibrated": evidence.part.calibrated}
        for kind, evidence in parts.items()
    }


def measured(stages: Stages, learned: Behaviour, events: Admitted, quarantine: Quarantine) -> dict[str, Any]:
    """What the run took and met on this machine on this day: never compared."""
    return {
        "stages": [
            {
                "name": taken.name,
                "seconds": round(taken.seconds, 3),
                "rows": taken.rows,
                "rows_per_s": round(taken.rows_per_s),
                "peak_memory_bytes": taken.peak_memory_bytes,
            }
            for taken in stages.taken
        ],
        "seconds": round(sum(taken.seconds for taken in stages.taken), 3),
        "peak_memory_bytes": max(taken.peak_memory_bytes for taken in stages.taken),
        "rows": row_fates(events, quarantine),
        "validation": {kind: known.learned.validation for kind, known in learned.kinds.items() if known.learned},
        "host": {"machine": platform.machine(), "system": platform.system(), "cores": os.cpu_count()},
    }


def row_fates(events: Admitted, quarantine: Quarantine) -> dict[str, dict[str, Any]]:
    """For each table the rows read, and those left out or quarantined, by reason."""
    refused = quarantine.counts()
    fates = {
        table: {
            "read": events.read_counts.get(table, 0),
            "left_out": events.left_out.get(table, {}),
            "quarantined": refused.get(table, {}),
        }
        for table in INPUTS
    }
    if quarantine.files:
        fates["files"] = {
            "read": len(quarantine.files),
            "left_out": {},
            "quarantined": {"unreadable": len(quarantine.files)},
        }
    return fates
