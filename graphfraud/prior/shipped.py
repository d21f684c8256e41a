"""The shipped constants, read."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from graphfraud.audio.duplicates import DuplicateCalibration
from graphfraud.fusion.behaviour import ShippedCalibrations
from graphfraud.fusion.calibration import Calibration
from graphfraud.rings.evidence.weigh import Limit, RingWeights, Word
from graphfraud.vocabulary import SUBJECT_KINDS

CALIBRATION_FILE: Final = "calibration.json"
RINGS_FILE: Final = "rings.json"


@dataclass(frozen=True, slots=True)
class Shipped:
    """Calibrations for feeds that have too few labels for their own."""

    behaviour: dict[str, ShippedCalibrations]
    """By kind of subject."""
    duplicate: DuplicateCalibration


def shipped_prior() -> Shipped:
    """The constants that ship with this release; `scripts/fit_calibration.py` makes them."""
    content = json.loads(files("graphfraud.prior").joinpath(CALIBRATION_FILE).read_text(encoding="utf-8"))
    return Shipped(
        behaviour={kind: _behaviour(content[kind]) for kind in SUBJECT_KINDS},
        duplicate=DuplicateCalibration(**content["duplicate"]),
    )


def shipped_ring_weights() -> RingWeights:
    """How ring evidence weighs: set by reasoning, and held to simulated platforms, not fitted to any."""
    content = json.loads(files("graphfraud.prior").joinpath(RINGS_FILE).read_text(encoding="utf-8"))
    return RingWeights(
        prior_log_odds=content["prior_log_odds"],
        words={measure: Word(**word) for measure, word in content["words"].items()},
        limits={family: Limit(**limit) for family, limit in content["limits"].items()},
    )


def _behaviour(lines: dict[str, Any]) -> ShippedCalibrations:
    return ShippedCalibrations(
        learned=Calibration(**lines["learned"], source="shipped"),
        surprise=Calibration(**lines["surprise"], source="shipped"),
    )
