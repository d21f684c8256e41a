"""What of a huge platform goes into the database: its rings, what surrounds them through rare things, and a sample.

A rare thing is a means that few use or a track that few play: what it connects is hardly connected by chance.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Bool, Int32

from graphfraud.graph.typed import EdgeSet, Graph
from graphfraud.vocabulary import ACCOUNT, LISTENER, MEAN, RELEASE, SUBJECT_KINDS, TRACK

RARE_USERS: Final = 50
"""Users of a means, or listeners of a track, up to which it connects them."""
CONTROL_COUNT: Final = 1_000
"""Listeners, and accounts, drawn from those that nothing points at, to compare with."""

Mask = Bool[np.ndarray, " node"]


def around_rings(graph: Graph, members: pl.DataFrame, *, seed: int) -> dict[str, Mask]:
    """Which nodes lie in a ring or within two hops of one, or in the sample: truth values by kind and row number.

    A hop goes along an upload or a use of a rare thing; means, releases and owners of all that is kept are kept.
    """
    kept = {kind: np.zeros(nodes.count, np.bool_) for kind, nodes in graph.nodes.items()}
    for kind in SUBJECT_KINDS:
        ids = pl.Series(graph.nodes[kind].ids(), dtype=pl.String)
        kept[kind] = ids.is_in(members.filter(subject_kind=kind)["subject_id"].implode()).to_numpy().copy()
    rare = {kind: _rare(graph, kind) for kind in (MEAN, TRACK)}
    things = _things(graph, kept, rare)
    reached = _who_has(graph, things)
    for kind in kept:
        kept[kind] |= things[kind] | reached[kind]
    sample = _control(graph, kept, np.random.default_rng(seed))
    for kind in kept:
        kept[kind] |= sample[kind]
    return _with_owners(graph, kept)


def _rare(graph: Graph, kind: str) -> Mask:
    """Means or tracks that few have."""
    relations = ("account_used", "listener_used") if kind == MEAN else ("streamed",)
    users = sum((np.diff(graph.edges[name].target_offsets) for name in relations), np.zeros(1, np.int64))
    return users <= RARE_USERS


def _things(graph: Graph, kept: Mapping[str, Mask], rare: Mapping[str, Mask]) -> dict[str, Mask]:
    """What those that are kept have: rare means, rare tracks played, tracks uploaded."""
    things = {kind: np.zeros_like(mask) for kind, mask in kept.items()}
    things[MEAN] = rare[MEAN] & (
        _forth(graph.edges["account_used"], kept[ACCOUNT]) | _forth(graph.edges["listener_used"], kept[LISTENER])
    )
    played = _forth(graph.edges["streamed"], kept[LISTENER]) & rare[TRACK]
    things[TRACK] = played | _forth(graph.edges["uploaded"], kept[ACCOUNT])
    return things


def _who_has(graph: Graph, things: Mapping[str, Mask]) -> dict[str, Mask]:
    """Who has such things."""
    who = {kind: np.zeros_like(mask) for kind, mask in things.items()}
    who[ACCOUNT] = _back(graph.edges["account_used"], things[MEAN]) | _back(graph.edges["uploaded"], things[TRACK])
    rare_tracks = things[TRACK] & _rare(graph, TRACK)
    who[LISTENER] = _back(graph.edges["listener_used"], things[MEAN]) | _back(graph.edges["streamed"], rare_tracks)
    return who


def _control(graph: Graph, kept: Mapping[str, Mask], rng: np.random.Generator) -> dict[str, Mask]:
    """A sample of listeners and accounts that are not kept, with what they play and uploaded."""
    sample = {kind: np.zeros_like(mask) for kind, mask in kept.items()}
    for kind in (LISTENER, ACCOUNT):
        others = np.flatnonzero(~kept[kind])
        drawn = rng.choice(others, min(CONTROL_COUNT, len(others)), replace=False)
        sample[kind][drawn] = True
    sample[TRACK] = _forth(graph.edges["streamed"], sample[LISTENER]) | _forth(graph.edges["uploaded"], sample[ACCOUNT])
    return sample


def _with_owners(graph: Graph, kept: dict[str, Mask]) -> dict[str, Mask]:
    """What is kept, and the account of each track, the releases of each, the rare means of each subject."""
    kept[ACCOUNT] |= _back(graph.edges["uploaded"], kept[TRACK])
    kept[RELEASE] |= _back(graph.edges["released"], kept[TRACK])
    kept[MEAN] |= _rare(graph, MEAN) & (
        _forth(graph.edges["account_used"], kept[ACCOUNT]) | _forth(graph.edges["listener_used"], kept[LISTENER])
    )
    return kept


def _forth(edges: EdgeSet, sources: Mask) -> Mask:
    """The targets of edges from such sources."""
    return _ends(edges.target_ix, np.repeat(sources, np.diff(edges.source_offsets)), edges.target_count)


def _back(edges: EdgeSet, targets: Mask) -> Mask:
    """The sources of edges to such targets."""
    return _ends(edges.source_ix, np.repeat(targets, np.diff(edges.target_offsets)), edges.source_count)


def _ends(ix: Int32[np.ndarray, " edge"], chosen: Bool[np.ndarray, " edge"], count: int) -> Mask:
    ends = np.zeros(count, np.bool_)
    ends[ix[chosen]] = True
    return ends
