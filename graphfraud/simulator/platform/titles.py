"""What tracks and artists are called; words are few, so honest titles meet by chance."""

from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Ints
from graphfraud.simulator.platform.rows import picked
from graphfraud.simulator.platform.words import MOODS, TAILS, THINGS, VERBS

LANGUAGES: Final = ("en", "en", "pt", "de", "es", "fr", "hi", "es", "ja", "sv", "nl", "pl", "en", "en")
"""Spoken in each of the owners' countries."""
ABROAD_SHARE: Final = 0.4
"""Of the titles in countries that speak something else, in English."""
TAIL_SHARE: Final = 0.08


def languages_drawn(country_ix: Int[Ints, " title"], rng: Generator) -> pl.Series:
    """The language of each title, by its owner's country."""
    spoken = picked(LANGUAGES, country_ix)
    return spoken.zip_with(
        pl.Series(rng.random(country_ix.size) >= ABROAD_SHARE), pl.repeat("en", len(spoken), eager=True)
    )


def titles_drawn(language: pl.Series, rng: Generator) -> pl.Series:
    """Titles of one to five words, each in its language."""
    count = len(language)
    mood, thing, other = _words(MOODS, language, rng), _words(THINGS, language, rng), _words(THINGS, language, rng)
    verb = picked(VERBS, rng.integers(0, len(VERBS), count))
    is_english = language == "en"
    pattern = pl.Series(rng.integers(0, 10, count))
    tail = picked(TAILS, rng.integers(0, len(TAILS), count))
    guest = (tail == "").to_numpy()
    tail = tail.zip_with(pl.Series(~guest), " (feat. " + other + ")")
    has_tail = pl.Series(rng.random(count) < TAIL_SHARE)
    plain = pl.select(
        pl.when(pattern < 1)
        .then(thing)
        .when(pattern < 5)
        .then(mood + " " + thing)
        .when(~is_english)
        .then(thing + " " + other)
        .when(pattern < 7)
        .then(verb + " the " + thing)
        .when(pattern < 9)
        .then(mood + " " + thing + " and " + other)
        .otherwise(thing + " of the " + mood + " " + other)
    ).to_series()
    return plain.zip_with(~has_tail, plain + tail)


def artist_names_drawn(language: pl.Series, rng: Generator) -> pl.Series:
    """Names of one to three words, each in its language."""
    mood, thing, other = _words(MOODS, language, rng), _words(THINGS, language, rng), _words(THINGS, language, rng)
    pattern = pl.Series(rng.integers(0, 3, len(language)))
    return pl.select(
        pl.when((pattern == 0) & (language == "en"))
        .then("The " + mood + " " + _plural(thing))
        .when(pattern == 1)
        .then(thing + " " + other)
        .otherwise(mood + " " + thing + " " + other)
    ).to_series()


def permuted_titles(count: int, *, phrase_count: int, rng: Generator) -> pl.Series:
    """Titles that turn the words of a few phrases around, as those do who upload by the hundred."""
    words = MOODS["en"] + THINGS["en"]
    phrases = [rng.choice(words, size=rng.integers(3, 5), replace=False) for _ in range(phrase_count)]
    return pl.Series([" ".join(rng.permutation(phrases[ix])) for ix in rng.integers(0, phrase_count, count)])


def isrcs_drawn(
    country_of: pl.Series, account_ix: Int[Ints, " track"], uploaded_ms: Int[Ints, " track"], rng: Generator
) -> pl.Series:
    """Well-formed ISRCs: an account's registrant, the year of the upload; a few tracks come without."""
    count = account_ix.size
    registrant = pl.Series([f"{letter}{number:02d}" for letter in "ABCDEFGHKLMNPQRSTUVXZ" for number in range(100)])
    year = pl.Series(uploaded_ms).cast(pl.Datetime("ms")).dt.year() % 100
    number = pl.Series(rng.permutation(100_000)[np.arange(count) % 100_000]).cast(pl.String).str.zfill(5)
    of_account = registrant.gather(rng.integers(0, len(registrant), int(account_ix.max()) + 1)[account_ix])
    isrc = country_of + of_account + year.cast(pl.String).str.zfill(2) + number
    return isrc.set(pl.Series(rng.random(count) < 0.02), None)


def _plural(thing: pl.Series) -> pl.Series:
    """Ashes stay ashes, cities are cities, and most things take an s."""
    ends = thing.str.replace(r"([^aeiou])y$", "${1}ie")
    return ends.str.replace(r"(sh|ch|x)$", "${1}e").str.strip_suffix("s") + "s"


def _words(words: dict[str, tuple[str, ...]], language: pl.Series, rng: Generator) -> pl.Series:
    """A word of each language, the first ones of a language more often than the last."""
    size = language.replace_strict({key: len(each) for key, each in words.items()}, return_dtype=pl.Int64)
    first = dict(zip(words, np.cumsum([0, *map(len, words.values())])[:-1], strict=True))
    start = language.replace_strict(first, return_dtype=pl.Int64)
    place = (size.to_numpy() * rng.random(len(language)) ** 1.4).astype(np.int64)
    return picked(tuple(word for each in words.values() for word in each), start.to_numpy() + place)
