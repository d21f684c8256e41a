"""What tracks and artists are called; words are few, so honest titles meet by chance."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Ints
from graphfraud.simulator.platform.rows import picked

# ruff: noqa: SIM905 - a hundred quoted words read worse than a sentence of them
MOODS: Final = tuple(
    "Golden Broken Silent Electric Hollow Crimson Gentle Wild Paper Velvet Midnight Summer Winter Lonely Distant "
    "Burning Frozen Little Holy Neon Rusty Secret Sleeping Restless Silver Tender Bitter Sacred Northern Fading "
    "Endless Careless Marble Hidden Lucky Naked Quiet Reckless Salty Second Slow Sudden Perfect Violet Wicked".split()
)
THINGS: Final = tuple(
    "Heart River Fire Rain Moon City Road Dream Shadow Ocean Light Mirror Garden Star Bridge Storm Window Letter "
    "Island Ghost Crown Feather Harbor Machine Mountain Summer Angel Radio Engine Honey Diamond Desert Highway Rose "
    "Thunder Valley Wolf Anthem Ashes Ballroom Canyon Clouds Country Daylight Devil Echo Evening Flower Forest Girl "
    "Gravity Holiday Home Hotel Kingdom Lantern Lover Meadow Memory Morning Motel Night Orchid Paradise Planet Poison "
    "Promise Sailor Satellite Sea Season Signal Sister Skyline Snow Soldier Sparrow Stranger Sunday Sugar Tiger Tide "
    "Tomorrow Tower Train Traveler Water Whisper Wonder Yesterday".split()
)
VERBS: Final = tuple("Leave Follow Remember Burn Chase Forget Hold Carry Lose Call Find Feel".split())


def titles_drawn(count: int, rng: Generator) -> pl.Series:
    """Titles of one to four words."""
    mood, thing, other = (
        _words(MOODS, count, rng),
        _words(THINGS, count, rng),
        _words(THINGS, count, rng),
    )
    verb = _words(VERBS, count, rng)
    pattern = pl.Series(rng.integers(0, 10, count))
    return pl.select(
        pl.when(pattern < 1)
        .then(thing)
        .when(pattern < 5)
        .then(mood + " " + thing)
        .when(pattern < 7)
        .then(verb + " the " + thing)
        .when(pattern < 9)
        .then(mood + " " + thing + " and " + other)
        .otherwise(thing + " of the " + mood + " " + other)
    ).to_series()


def artist_names_drawn(count: int, rng: Generator) -> pl.Series:
    """Names of one to three words."""
    mood, thing, other = _words(MOODS, count, rng), _words(THINGS, count, rng), _words(THINGS, count, rng)
    pattern = pl.Series(rng.integers(0, 3, count))
    return pl.select(
        pl.when(pattern == 0)
        .then("The " + mood + " " + thing + "s")
        .when(pattern == 1)
        .then(thing + " " + other)
        .otherwise(mood + " " + thing + " " + other)
    ).to_series()


def permuted_titles(count: int, *, phrase_count: int, rng: Generator) -> pl.Series:
    """Titles that turn the words of a few phrases around, as those do who upload by the hundred."""
    phrases = [rng.choice(MOODS + THINGS, size=rng.integers(3, 5), replace=False) for _ in range(phrase_count)]
    return pl.Series([" ".join(rng.permutation(phrases[ix])) for ix in rng.integers(0, phrase_count, count)])


def isrcs_drawn(country_of: pl.Series, count: int, rng: Generator) -> pl.Series:
    """Well-formed ISRCs, all different with near certainty; a few tracks come without."""
    registrant = pl.Series([f"{letter}{number:02d}" for letter in "ABCDEFGHKLMNPQRSTUVXZ" for number in range(100)])
    number = pl.Series(rng.integers(0, 10_000_000, count)).cast(pl.String).str.zfill(7)
    isrc = country_of + registrant.gather(rng.integers(0, len(registrant), count)) + number
    return isrc.set(pl.Series(rng.random(count) < 0.02), None)


def _words(words: tuple[str, ...], count: int, rng: Generator) -> pl.Series:
    word_ix: Int[Ints, " word"] = (len(words) * rng.random(count) ** 1.4).astype(np.int64)
    return picked(words, word_ix)
