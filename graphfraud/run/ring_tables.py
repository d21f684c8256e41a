"""From judged suspicions by row number to the tables of rings by id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from jaxtyping import Int64

from graphfraud.config import RingSettings
from graphfraud.graph.typed import Graph
from graphfraud.prior.shipped import shipped_ring_weights
from graphfraud.rings.evidence.weigh import Weighed
from graphfraud.rings.find import Judged, judged_suspicions
from graphfraud.rings.lineage import ring_id
from graphfraud.rings.platform import Platform
from graphfraud.tables import RingMembers, Rings
from graphfraud.vocabulary import ACCOUNT, LISTENER, SUBJECT_KINDS, TRACK

LEAST_LOG_ODDS: Final = -2.0
"""Log-odds of a suspicion from which it adds anything to its members' risks."""

Ids = Mapping[str, np.ndarray]
"""The ids of each kind, in row order."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reported:
    """A suspicion that is reported as a ring, under its name."""

    ring_id: str
    judged: Judged

    def extent_ix(self, kind: str) -> Int64[np.ndarray, " _member"]:
        """Its members of a kind but bystanders."""
        return self.judged.members[kind].extent_ix


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoundRings:
    """What came of the search."""

    rings: pl.DataFrame
    """As `tables.Rings`: those that are reported."""
    members: pl.DataFrame
    """As `tables.RingMembers`."""
    suspected: pl.DataFrame
    """suspicion, subject_kind, subject_id, role, weight, ring_risk and ring_id of every member of everything that is
    suspected; ring_id is null where it is not reported."""
    reported: Sequence[Reported]


def found_rings(
    platform: Platform, settings: RingSettings, *, seed: int, progress: Callable[[str], None]
) -> FoundRings:
    """The rings of a platform, as tables."""
    judged = judged_suspicions(
        platform, settings, shipped_ring_weights(), seed=seed, least_log_odds=LEAST_LOG_ODDS, progress=progress
    )
    ids = ids_of(platform.graph)
    named = [Reported(ring_id=_name(each, ids, platform.graph.as_of), judged=each) for each in judged]
    reported = [each for each in named if each.judged.risk >= settings.reported_from]
    suspected = _suspected(named, ids).with_columns(
        ring_id=pl.when(pl.col("suspicion").is_in([each.ring_id for each in reported])).then("suspicion")
    )
    members = suspected.drop_nulls("ring_id").select(list(RingMembers.columns()))
    return FoundRings(
        rings=_rings(reported, platform),
        members=RingMembers.validate(members.sort("ring_id", "subject_kind", "subject_id")),
        suspected=suspected,
        reported=reported,
    )


def ids_of(graph: Graph) -> Ids:
    """The ids of a graph's subjects."""
    return {kind: np.array(graph.nodes[kind].ids(), dtype=object) for kind in SUBJECT_KINDS}


def _name(judged: Judged, ids: Ids, as_of: str) -> str:
    extent = [(kind, name) for kind in SUBJECT_KINDS for name in ids[kind][judged.members[kind].extent_ix]]
    return ring_id(judged.kind, extent, as_of)


def _suspected(named: Sequence[Reported], ids: Ids) -> pl.DataFrame:
    texts = dict.fromkeys(["suspicion", "subject_kind", "subject_id", "role"], pl.String)
    schema = {**texts, "weight": pl.Float64, "ring_risk": pl.Float64}
    frames = [pl.DataFrame(schema=schema)]
    for each in named:
        for kind, members in each.judged.members.items():
            columns = {
                "suspicion": [each.ring_id] * len(members.ix),
                "subject_kind": [kind] * len(members.ix),
                "subject_id": ids[kind][members.ix].tolist(),
                "role": members.role,
                "weight": members.weight,
                "ring_risk": [each.judged.risk] * len(members.ix),
            }
            frames.append(pl.DataFrame(columns, schema=schema))
    return pl.concat(frames)


def _rings(reported: Sequence[Reported], platform: Platform) -> pl.DataFrame:
    rows = [_ring(each, platform) for each in reported]
    schema = {name: column.dtype for name, column in Rings.columns().items()}
    return Rings.validate(pl.DataFrame(rows, schema=schema, orient="row").sort("ring_id"))


def _ring(ring: Reported, platform: Platform) -> dict[str, Any]:
    first_us, last_us = _span_us(ring, platform)
    return {
        "ring_id": ring.ring_id,
        "kind": ring.judged.kind,
        "risk": ring.judged.risk,
        "accounts": len(ring.extent_ix(ACCOUNT)),
        "tracks": len(ring.extent_ix(TRACK)),
        "listeners": len(ring.extent_ix(LISTENER)),
        "first_seen": first_us,
        "last_seen": last_us,
        "evidence": [_evidence(each) for each in ring.judged.evidence],
    }


def _evidence(weighed: Weighed) -> dict[str, Any]:
    reading = weighed.reading
    return {
        "measure": reading.measure,
        "value": reading.value,
        "expected": reading.expected,
        "log_odds": weighed.log_odds,
        "sentence": reading.sentence,
    }


def _span_us(ring: Reported, platform: Platform) -> tuple[int, int]:
    """The first and the last event of the extent: a play of its tracks by its listeners, or an upload.

    Of a ring that has no track, its listeners' plays.
    """
    listener_ix, track_ix = ring.extent_ix(LISTENER), ring.extent_ix(TRACK)
    play_ix = ring_play_ix(ring, platform) if len(track_ix) else platform.log.plays_of(listener_ix)
    instants_us = [
        platform.log.at_us[play_ix],
        platform.facts.track_uploaded_us[track_ix],
        platform.facts.account_created_us[ring.extent_ix(ACCOUNT)] if not len(track_ix) else track_ix[:0],
    ]
    together = np.concatenate(instants_us)
    return int(together.min()), int(together.max())


def ring_play_ix(ring: Reported, platform: Platform) -> Int64[np.ndarray, " play"]:
    """Where the plays of the extent's tracks by the extent's listeners stand in the log."""
    play_ix = platform.log.plays_of(ring.extent_ix(LISTENER))
    is_ring_track = np.zeros(len(platform.facts.track_account_ix), np.bool_)
    is_ring_track[ring.extent_ix(TRACK)] = True
    return np.asarray(play_ix[is_ring_track[platform.log.track_ix[play_ix]]])
