"""Nearest neighbours among embeddings of one model."""

from dataclasses import dataclass
from typing import Final

import faiss
import numpy as np
from jaxtyping import Float32, Int64

PROBED_CELLS: Final = 16
TRAINED_ON_PER_CELL: Final = 64


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An index of vectors of one model, to be asked for the nearest of some of them."""

    unit: Float32[np.ndarray, "track dimension"]
    index: faiss.Index

    def of(
        self, row_ix: Int64[np.ndarray, " asked"], neighbour_count: int
    ) -> tuple[Float32[np.ndarray, "asked neighbour"], Int64[np.ndarray, "asked neighbour"]]:
        """Cosine and row of the nearest other vectors, the nearest first; -1 fills up where there are too few."""
        cosine, found = self.index.search(self.unit[row_ix], min(neighbour_count + 1, len(self.unit)))
        is_self = found == row_ix[:, None]
        is_self[~is_self.any(axis=1), -1] = True  # twins crowded it out: the last one goes instead
        shape = (len(row_ix), found.shape[1] - 1)
        return cosine[~is_self].reshape(shape), found[~is_self].reshape(shape)


def indexed(
    vectors: Float32[np.ndarray, "track dimension"], *, exact_up_to_count: int, threads: int, seed: int
) -> Neighbours:
    """The vectors, ready to be searched by cosine; a vector of length 0 is at cosine 0 to all.

    Exact up to `exact_up_to_count` vectors; above, an inverted file of about sqrt(n) cells, of
    which the nearest few are searched.
    """
    faiss.omp_set_num_threads(threads)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.ascontiguousarray(vectors / np.where(length > 0, length, 1.0), dtype=np.float32)
    exact = faiss.IndexFlatIP(unit.shape[1])
    index = _cells(exact, unit, seed) if len(unit) > exact_up_to_count else exact
    index.add(unit)
    return Neighbours(unit, index)


def _cells(exact: faiss.IndexFlatIP, unit: Float32[np.ndarray, "track dimension"], seed: int) -> faiss.IndexIVFFlat:
    """An empty inverted file of about sqrt(n) cells, trained on an even sample of the vectors."""
    count, dimension = unit.shape
    cell_count = int(np.sqrt(count))
    index = faiss.IndexIVFFlat(exact, dimension, cell_count, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed, index.nprobe = seed, PROBED_CELLS
    index.train(unit[:: max(1, count // (cell_count * TRAINED_ON_PER_CELL))])
    return index
