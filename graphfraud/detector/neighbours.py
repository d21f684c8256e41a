"""What a node's neighbours are like: means over one and two hops, as columns beside its own features."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32
from scipy.sparse import csr_array

from graphfraud.graph.averaging import Averaging, averagings
from graphfraud.graph.typed import Graph, ranked_features
from graphfraud.vocabulary import MEAN, SUBJECT_KINDS


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Named features of one node kind."""

    names: tuple[str, ...]
    values: Float32[np.ndarray, "node column"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """A way from nodes of one kind to others whose mean they take."""

    name: str
    """Its steps, for instance `streamed.uploaded_by`."""
    source: str
    target: str
    steps: tuple[Averaging, ...]

    @property
    def comes_back(self) -> bool:
        """Whether it leads over a shared means to others of the same kind."""
        return self.source == self.target and len(self.steps) == 2


def paths(graph: Graph) -> list[Path]:
    """All ways of one or two steps from subjects to nodes with features.

    Two steps lead to a third kind, or over a shared means to the others who use it.
    """
    means = [mean for mean in averagings(graph).values() if graph.nodes[mean.row_kind].feature_names]
    two_steps = [
        (first, second)
        for first in means
        for second in averagings(graph).values()
        if first.column_kind == second.row_kind and _leads_on(first, second)
    ]
    return [
        Path(
            name=".".join(step.name for step in steps),
            source=steps[0].row_kind,
            target=steps[-1].column_kind,
            steps=steps,
        )
        for steps in [*((first,) for first in means), *two_steps]
        if steps[0].row_kind in SUBJECT_KINDS and graph.nodes[steps[-1].column_kind].feature_names
    ]


def _leads_on(first: Averaging, second: Averaging) -> bool:
    if second.column_kind == first.row_kind:
        return first.column_kind == MEAN and second.name == f"{first.name}_by"
    return first.column_kind not in {first.row_kind, second.column_kind}


def mean_along(path: Path, values: Float[np.ndarray, "target column"]) -> Float[np.ndarray, "source column"]:
    """The mean of what lies at the path's end, 0 where nothing does; of a path that comes back, without oneself."""
    reached: Float[np.ndarray, "source column"]
    if path.comes_back:
        to_hub, to_user = path.steps
        reached = _mean_of_others(to_hub, to_user, values)
    else:
        reached = values
        for step in reversed(path.steps):
            reached = _matrix(step) @ reached
    return reached


def _matrix(averaging: Averaging) -> csr_array:
    shape = averaging.row_count, averaging.column_count
    return csr_array((averaging.share, averaging.ix, averaging.offsets), shape=shape)


def _mean_of_others(
    to_hub: Averaging, to_user: Averaging, values: Float[np.ndarray, "node column"]
) -> Float[np.ndarray, "node column"]:
    """The mean over the others who share a node's means.

    A means of n users has mean m of all of them, so (n m - x) / (n - 1) of those who are not x. Its users
    weigh alike, and no user is ever paired with another: an address of thousands costs thousands.
    """
    user_count = np.diff(to_user.offsets)
    is_shared = user_count > 1
    to_others = np.where(is_shared, user_count / np.maximum(user_count - 1, 1), 0.0)
    to_self = np.where(is_shared, 1.0 / np.maximum(user_count - 1, 1), 0.0)
    hubs = _matrix(to_hub)
    of_all = _matrix(to_user) @ values
    others: Float[np.ndarray, "node column"] = hubs @ (of_all * to_others[:, None]) - values * (hubs @ to_self)[:, None]
    return others


def with_neighbour_means(graph: Graph) -> dict[str, Columns]:
    """Each subject's own ranked features, then those of its neighbours along every path, by kind."""
    ranked = {kind: ranked_features(nodes) for kind, nodes in graph.nodes.items() if nodes.feature_names}
    subjects = [kind for kind in ranked if kind in SUBJECT_KINDS]
    names = {kind: list(graph.nodes[kind].feature_names) for kind in subjects}
    values = {kind: [ranked[kind]] for kind in subjects}
    for path in paths(graph):
        names[path.source] += [f"{path.name}.{name}" for name in graph.nodes[path.target].feature_names]
        values[path.source].append(mean_along(path, ranked[path.target]).astype(np.float32))
    return {kind: Columns(tuple(names[kind]), np.concatenate(values[kind], axis=1)) for kind in subjects}
