"""Seeded chance: a stream of draws for each actor, and the draws that all of them share."""

import zlib
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int
from numpy.random import Generator

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Singles: TypeAlias = npt.NDArray[np.float32]
Flags: TypeAlias = npt.NDArray[np.bool_]

GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def rng_for(seed: int, name: str, *place: int) -> Generator:
    """A named actor's own draws, which do not change when other actors come or go."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()), *place)))


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


def mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Each number turned into another, one to one and as if by chance (the finaliser of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def luck_of(salt: int, *places: Int[Ints, " draw"] | int) -> Float[Floats, " draw"]:
    """A number in [0, 1) for each place, always the same one: what people prefer is drawn, never stored."""
    state = np.atleast_1d(np.array(salt, np.uint64))
    for place in places:
        state = mixed((state + GOLDEN) ^ np.asarray(place, np.int64).astype(np.uint64) * GOLDEN)
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53
