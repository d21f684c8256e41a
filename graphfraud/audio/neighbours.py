"""Nearest neighbours among embeddings of one model."""

from typing import Final

import faiss
import numpy as np
from jaxtyping import Float32, Int64

PROBED_CELLS: Final = 16
TRAINED_ON_PER_CELL: Final = 64


def nearest_neighbours(
    vectors: Float32[np.ndarray, "track dimension"],
    *,
    neighbour_count: int,
    exact_up_to_count: int,
    threads: int,
    seed: int,
) -> tuple[Float32[np.ndarray, "track neighbour"], Int64[np.ndarray, "track neighbour"]]:
    """Cosine and row of the nearest other vectors, the nearest first; -1 fills up where there are too few.

    Exact up to `exact_up_to_count` vectors; above, an inverted file of about sqrt(n) cells, of
    which the nearest few are searched. A vector of length 0 is at cosine 0 to all.
    """
    faiss.omp_set_num_threads(threads)
    count, dimension = vectors.shape
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.ascontiguousarray(vectors / np.where(length > 0, length, 1.0), dtype=np.float32)
    exact = faiss.IndexFlatIP(dimension)
    index = _cells(exact, unit, seed) if count > exact_up_to_count else exact
    index.add(unit)
    cosine, row = index.search(unit, min(neighbour_count + 1, count))
    return _without_self(cosine, row)


def _cells(exact: faiss.IndexFlatIP, unit: Float32[np.ndarray, "track dimension"], seed: int) -> faiss.IndexIVFFlat:
    """An empty inverted file of about sqrt(n) cells, trained on an even sample of the vectors."""
    count, dimension = unit.shape
    cell_count = int(np.sqrt(count))
    index = faiss.IndexIVFFlat(exact, dimension, cell_count, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed, index.nprobe = seed, PROBED_CELLS
    index.train(unit[:: max(1, count // (cell_count * TRAINED_ON_PER_CELL))])
    return index


def _without_self(
    cosine: Float32[np.ndarray, "track found"], row: Int64[np.ndarray, "track found"]
) -> tuple[Float32[np.ndarray, "track neighbour"], Int64[np.ndarray, "track neighbour"]]:
    """The neighbours without the vector itself, or, where twins crowd it out, without the last one."""
    is_self = row == np.arange(len(row))[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    kept = ~is_self
    shape = (row.shape[0], row.shape[1] - 1)
    return cosine[kept].reshape(shape), row[kept].reshape(shape)
