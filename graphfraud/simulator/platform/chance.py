"""Seeded chance: a stream of draws for each actor, and the draws that all of them share."""

import zlib
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int
from numpy.random import Generator

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Singles: TypeAlias = npt.NDArray[np.float32]
Flags: TypeAlias = npt.NDArray[np.bool_]


def rng_for(seed: int, name: str, index: int = 0) -> Generator:
    """A named actor's own draws, which do not change when other actors come or go."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()), index)))


def log_uniform(rng: Generator, low: float, high: float) -> float:
    """A value from `low` to `high` whose order of magnitude is uniform: knobs are drawn widely."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def choices_by_row(
    weights: Float[Floats, "row choice"], row_ix: Int[Ints, " draw"], rng: Generator
) -> Int[Ints, " draw"]:
    """A choice for each draw, by the weights of its row."""
    row_count, choice_count = len(weights), int(weights.shape[1])
    shares = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    cumulative = (shares + np.arange(row_count)[:, None]).ravel()
    flat_ix = np.searchsorted(cumulative, row_ix + rng.random(row_ix.size), side="right")
    return (flat_ix - row_ix * choice_count).clip(0, choice_count - 1)


def choices(weights: Float[Floats, " choice"], count: int, rng: Generator) -> Int[Ints, " draw"]:
    """`count` choices by the same weights."""
    return choices_by_row(weights[None, :], np.zeros(count, np.int64), rng)


def position_in_run(run_size: Int[Ints, " run"]) -> Int[Ints, " item"]:
    """0, 1, 2, ... within each run, one after the other."""
    ends = np.cumsum(run_size)
    return np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - run_size, run_size)
