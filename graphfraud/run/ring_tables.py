"""From judged suspicions by row number to the tables of rings by id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from jaxtyping import Int64

from graphfraud.config import RingSettings
from graphfraud.fusion.rings import SUSPECTED_FROM
from graphfraud.graph.typed import Graph
from graphfraud.prior.shipped import shipped_ring_weights
from graphfraud.rings.evidence.weigh import Weighed
from graphfraud.rings.find import Judged, judged_suspicions
from graphfraud.rings.lineage import ring_id
from graphfraud.rings.platform import Platform
from graphfraud.tables import RingMembers, Rings
from graphfraud.vocabulary import ACCOUNT, LISTENER, SUBJECT_KINDS, TRACK

Ids = Mapping[str, np.ndarray]
"""The ids of each kind, in row order."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Named:
    """A suspicion under its name, which it bears as a ring if it is reported."""

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
    suspicions: pl.DataFrame
    """As `tables.Rings`: reported or not."""
    suspicion_members: pl.DataFrame
    """As `tables.RingMembers`, of them all."""
    named: Sequence[Named]
    """What is suspected, by row number."""

    def tables(self) -> dict[str, pl.DataFrame]:
        """What is written of it, by name."""
        return {
            "rings": self.rings,
            "ring_members": self.members,
            "rings/suspicions": self.suspicions,
            "rings/suspicion_members": self.suspicion_members,
        }

    @property
    def suspected(self) -> pl.DataFrame:
        """suspicion, subject_kind, subject_id, role, weight, ring_risk and ring_id of every member of anything.

        ring_id is null where the suspicion is not reported.
        """
        risks = self.suspicions.select("ring_id", ring_risk="risk")
        told = self.suspicion_members.join(risks, on="ring_id", maintain_order="left").rename({"ring_id": "suspicion"})
        return told.with_columns(ring_id=pl.when(pl.col("suspicion").is_in(self.rings["ring_id"])).then("suspicion"))


def found_rings(
    platform: Platform, settings: RingSettings, *, seed: int, progress: Callable[[str], None]
) -> FoundRings:
    """The rings of a platform, as tables."""
    judged = judged_suspicions(
        platform, settings, shipped_ring_weights(), seed=seed, least_log_odds=SUSPECTED_FROM, progress=progress
    )
    ids = ids_of(platform.graph)
    named = [Named(ring_id=_name(each, ids, platform.graph.as_of), judged=each) for each in judged]
    suspicions, members = _rings(named, platform), _members(named, ids)
    rings = suspicions.filter(pl.col("risk") >= settings.reported_from)
    return FoundRings(
        rings=rings,
        members=members.join(rings, on="ring_id", how="semi", maintain_order="left"),
        suspicions=suspicions,
        suspicion_members=members,
        named=named,
    )


def ids_of(graph: Graph) -> Ids:
    """The ids of a graph's subjects."""
    return {kind: np.array(graph.nodes[kind].ids(), dtype=object) for kind in SUBJECT_KINDS}


def _name(judged: Judged, ids: Ids, as_of: str) -> str:
    extent = [(kind, name) for kind in SUBJECT_KINDS for name in ids[kind][judged.members[kind].extent_ix]]
    return ring_id(judged.kind, extent, as_of)


def _members(named: Sequence[Named], ids: Ids) -> pl.DataFrame:
    schema = {name: column.dtype for name, column in RingMembers.columns().items()}
    frames = [pl.DataFrame(schema=schema)]
    for each in named:
        for kind, members in each.judged.members.items():
            columns = {
                "ring_id": [each.ring_id] * len(members.ix),
                "subject_kind": [kind] * len(members.ix),
                "subject_id": ids[kind][members.ix].tolist(),
                "role": members.role,
                "weight": members.weight,
            }
            frames.append(pl.DataFrame(columns, schema=schema))
    return RingMembers.validate(pl.concat(frames).sort("ring_id", "subject_kind", "subject_id"))


def _rings(named: Sequence[Named], platform: Platform) -> pl.DataFrame:
    rows = [_ring(each, platform) for each in named]
    schema = {name: column.dtype for name, column in Rings.columns().items()}
    return Rings.validate(pl.DataFrame(rows, schema=schema, orient="row").sort("ring_id"))


def _ring(ring: Named, platform: Platform) -> dict[str, Any]:
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


def _span_us(ring: Named, platform: Platform) -> tuple[int, int]:
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


def ring_play_ix(ring: Named, platform: Platform) -> Int64[np.ndarray, " play"]:
    """Where the plays of the extent's tracks by the extent's listeners stand in the log."""
    play_ix = platform.log.plays_of(ring.extent_ix(LISTENER))
    is_ring_track = np.zeros(len(platform.facts.track_account_ix), np.bool_)
    is_ring_track[ring.extent_ix(TRACK)] = True
    return np.asarray(play_ix[is_ring_track[platform.log.track_ix[play_ix]]])
