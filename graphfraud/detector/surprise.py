"""Evidence without labels: how far a node lies from what its popularity explains, and those around it from theirs.

Attacks that nobody has labelled yet still push features where fraud pushes them. Neighbours add to
surprise and never explain it away: a farm's looped tracks must not excuse the listeners who loop them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, Float64, Int8, Int64

from graphfraud.detector.neighbours import Path, mean_along, paths
from graphfraud.graph.typed import Graph, NodeSet, ranked_features

POPULARITY: Final = "play_log"
"""How much there is of a node explains most other features. One count, because two would explain their
ratio as well, and plays a listener are what a loop drives up."""
NEIGHBOUR_WEIGHT: Final = 2.0
"""What a nat of the neighbours' mean surprise adds. A mean spreads less than a node, and coordinated things
are surrounded by surprising things: one odd listener is a taste, an odd track's many odd listeners are a farm."""
LOGISTIC_SCALE: Final = np.pi / np.sqrt(3.0)
"""Makes a logistic distribution as wide as a standard normal one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surprise:
    """How surprising each node of one kind is, and by what."""

    nats: Float64[np.ndarray, " node"]
    z: Float32[np.ndarray, "node feature"]
    """Standard deviations past what popularity explains, in the direction that accuses."""
    feature_names: tuple[str, ...]
    """The features that accuse, in the order of `z`."""


def surprises(graph: Graph, directions: Mapping[str, Int8[np.ndarray, " _feature"]]) -> dict[str, Surprise]:
    """The surprise of every node of the kinds that have a direction for each feature: +1 or -1 accuses, 0 explains."""
    ways = [path for path in paths(graph) if path.source in directions and path.target in directions]
    z = {kind: _accusing_z(graph.nodes[kind], directions[kind]) for kind in directions}
    own = {kind: _nats(values) for kind, values in z.items()}
    return {
        kind: Surprise(
            nats=own[kind] + NEIGHBOUR_WEIGHT * _neighbours_nats(kind, own, ways),
            z=z[kind].astype(np.float32),
            feature_names=tuple(
                name for name, way in zip(graph.nodes[kind].feature_names, directions[kind], strict=True) if way
            ),
        )
        for kind in directions
    }


def _accusing_z(nodes: NodeSet, way: Int8[np.ndarray, " feature"]) -> Float64[np.ndarray, "node accusing"]:
    """The accusing features, signed, in standard deviations from what popularity explains."""
    ranked = ranked_features(nodes).astype(np.float64)
    accusing = ranked[:, way != 0] * way[way != 0]
    if POPULARITY in nodes.feature_names:
        accusing = _residual(accusing, ranked[:, nodes.feature_names.index(POPULARITY)])
    return _standardised(accusing)


def _residual(
    values: Float64[np.ndarray, "node feature"], cause: Float64[np.ndarray, " node"]
) -> Float64[np.ndarray, "node feature"]:
    """What a straight line through the cause leaves of each feature."""
    if not len(cause):
        return values
    centred = cause - cause.mean()
    spread = centred @ centred
    slope = centred @ values / spread if spread > 0 else np.zeros(values.shape[1])
    residual: Float64[np.ndarray, "node feature"] = values - centred[:, None] * slope
    return residual


def _standardised(residual: Float64[np.ndarray, "node feature"]) -> Float64[np.ndarray, "node feature"]:
    """The residual in standard deviations from its median.

    Normal scores are bounded, so outliers hardly widen the deviation; a median one would be next to
    nothing, and blow up what is not, where most nodes are alike.
    """
    if not len(residual):
        return residual
    centred = residual - np.median(residual, axis=0)
    scale = centred.std(axis=0)
    z: Float64[np.ndarray, "node feature"] = np.divide(centred, scale, out=np.zeros_like(centred), where=scale > 1e-9)
    return z


def _nats(z: Float64[np.ndarray, "node feature"]) -> Float64[np.ndarray, " node"]:
    """The sum of one-sided tail surprises, about a mean of 0.

    The tail is logistic: a normal one would let a single feature far out outvote all others.
    """
    nats: Float64[np.ndarray, " node"] = np.logaddexp(0.0, LOGISTIC_SCALE * z).sum(axis=1)
    centred: Float64[np.ndarray, " node"] = nats - nats.mean() if len(nats) else nats
    return centred


def _neighbours_nats(
    kind: str, own: Mapping[str, Float64[np.ndarray, " _node"]], ways: Sequence[Path]
) -> Float64[np.ndarray, " node"]:
    """The mean surprise of those around each node, over the paths that lead anywhere from it."""
    total, path_count = np.zeros(len(own[kind])), np.zeros(len(own[kind]))
    for path in ways:
        if path.source == kind:
            there = np.stack([own[path.target], np.ones(len(own[path.target]))], axis=1)
            nats, reach = mean_along(path, there).T
            total += nats
            path_count += reach
    return total / np.maximum(path_count, 1.0)


def reason_codes(
    surprise: Surprise, node_ix: Int64[np.ndarray, " asked"], *, top: int = 3, at_least: float = 2.0
) -> list[list[str]]:
    """For each node asked about the features that accuse it most, at most `top`, all `at_least` deviations out."""
    z = surprise.z[node_ix]
    order = np.argsort(-z, axis=1, kind="stable")[:, :top]
    far = np.take_along_axis(z, order, axis=1) >= at_least
    codes: list[list[str]] = [[] for _ in z]
    for node, rank in np.argwhere(far):
        codes[node].append(surprise.feature_names[order[node, rank]])
    return codes
