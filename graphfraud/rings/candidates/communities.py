"""Communities of a weighted graph, the same whenever they are sought."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import networkit as nk
import numpy as np
from jaxtyping import Float64, Int64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ties:
    """Undirected weighted edges between rows, each once."""

    one_ix: Int64[np.ndarray, " tie"]
    other_ix: Int64[np.ndarray, " tie"]
    weight: Float64[np.ndarray, " tie"]

    def at_least(self, weight: float) -> "Ties":
        """Those of at least this weight."""
        kept = self.weight >= weight
        return Ties(one_ix=self.one_ix[kept], other_ix=self.other_ix[kept], weight=self.weight[kept])


def communities(
    ties: Ties, *, node_count: int, fewest: int, resolution: float = 1.0
) -> list[Int64[np.ndarray, " _member"]]:
    """Groups of at least `fewest` rows that hold together (Leiden, Traag et al. 2019), each sorted.

    At a resolution below 1, groups stay one that are tied by less than chance alone would give them (Reichardt and
    Bornholdt 2006). One thread and one seed, because several threads race for a node.
    """
    if not len(ties.weight):
        return []
    with _one_thread():
        nk.setSeed(1, useThreadId=False)
        ends = np.ascontiguousarray(ties.one_ix), np.ascontiguousarray(ties.other_ix)
        graph = nk.GraphFromCoo((np.ascontiguousarray(ties.weight), ends), n=node_count, weighted=True)
        search = nk.community.ParallelLeiden(graph, randomize=False, gamma=resolution)
        search.run()
        group = np.array(search.getPartition().getVector())
    large = np.flatnonzero(np.bincount(group)[group] >= fewest)
    order = large[np.argsort(group[large], kind="stable")]
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else []


@contextmanager
def _one_thread() -> Iterator[None]:
    """NetworKit on one thread while it lasts: the number is the whole process's."""
    before = nk.getMaxNumberOfThreads()
    nk.setNumberOfThreads(1)
    try:
        yield
    finally:
        nk.setNumberOfThreads(before)
