"""Editorial playlists: some for each genre, hits of all and of each country, and each Friday's new music."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from numpy.random import Generator

from graphfraud.simulator.platform.catalogue import Catalogue
from graphfraud.simulator.platform.chance import Floats, Ints, choices, luck_of
from graphfraud.simulator.platform.owners import COUNTRIES, GENRES
from graphfraud.simulator.platform.rows import COLLECTION, DAY_MS, Numbers

PER_GENRE: Final = 4
HITS_COUNT: Final = 5
NEW_COUNT: Final = 3
TRACK_COUNT: Final = 50
FOLLOWED_COUNT: Final = 4
"""Playlists that a person comes back to."""
NEW_MUSIC_DAYS: Final = 9
WEEKLY_NOISE: Final = 0.8
"""How much each week's editors change their minds, beside what they always liked."""

GENRE_FIRST, HITS_FIRST = 0, PER_GENRE * len(GENRES)
COUNTRY_FIRST: Final = HITS_FIRST + HITS_COUNT
NEW_FIRST: Final = COUNTRY_FIRST + len(COUNTRIES)
COUNT: Final = NEW_FIRST + NEW_COUNT
POPULARITY: Final = 1 / np.arange(1, PER_GENRE + 1)


@dataclass(frozen=True, slots=True)
class Playlists:
    """What each week's playlists hold; the row of a playlist stays the same from week to week."""

    track_ix: Int[Ints, "week playlist 50"]
    context_id: Int[Ints, " playlist"]

    def on(self, day: int) -> Int[Ints, "playlist 50"]:
        """What they hold on a day of the window."""
        week: Int[Ints, "playlist 50"] = self.track_ix[day // 7]
        return week

    def followed(
        self, person: Int[Ints, " draw"], genre_ix: Int[Ints, " draw"], country_ix: Int[Ints, " draw"], rng: Generator
    ) -> Int[Ints, " draw"]:
        """A playlist that each person follows: the genre's own mostly, else hits, the country's, or new music."""
        slot = rng.integers(0, FOLLOWED_COUNT, person.size)
        luck, which = luck_of(1, person, slot), luck_of(2, person, slot)
        by_genre = PER_GENRE * genre_ix + np.searchsorted(np.cumsum(POPULARITY) / POPULARITY.sum(), which)
        hits = HITS_FIRST + (which**1.5 * HITS_COUNT).astype(np.int64)
        new = NEW_FIRST + (which * NEW_COUNT).astype(np.int64)
        return np.select([luck < 0.6, luck < 0.8, luck < 0.92], [by_genre, hits, COUNTRY_FIRST + country_ix], new)


def playlists_drawn(
    catalogue: Catalogue, *, start_ms: int, week_count: int, numbers: Numbers, rng: Generator
) -> Playlists:
    """Playlists filled by pull, without repeats, from what is out when their week begins."""
    liked = np.log(catalogue.pull) + rng.gumbel(size=catalogue.count)
    weeks = [_week(catalogue, liked, start_ms + week * 7 * DAY_MS, rng) for week in range(week_count)]
    return Playlists(np.stack(weeks), numbers.taken(COLLECTION, COUNT))


def _week(
    catalogue: Catalogue, liked: Float[Floats, " track"], from_ms: int, rng: Generator
) -> Int[Ints, "playlist 50"]:
    out = np.flatnonzero(catalogue.uploaded_ms < from_ms)
    home_ix, genre_ix = catalogue.owners.country_ix[catalogue.account_ix[out]], catalogue.genre_ix[out]
    new = out[catalogue.uploaded_ms[out] > from_ms - NEW_MUSIC_DAYS * DAY_MS]
    shelves = [out[genre_ix == genre] for genre in range(len(GENRES)) for _ in range(PER_GENRE)]
    shelves += [out] * HITS_COUNT + [out[home_ix == country] for country in range(len(COUNTRIES))] + [new] * NEW_COUNT
    return np.stack([_filled(shelf, out, liked, rng) for shelf in shelves])


def _filled(
    shelf: Int[Ints, " track"], out: Int[Ints, " track"], liked: Float[Floats, " track"], rng: Generator
) -> Int[Ints, " 50"]:
    """The best liked of the shelf, in no order; where it is too small, any tracks that are out."""
    chosen = shelf
    if shelf.size > TRACK_COUNT:
        appeal = liked[shelf] + WEEKLY_NOISE * rng.gumbel(size=shelf.size)
        chosen = shelf[np.argpartition(-appeal, TRACK_COUNT)[:TRACK_COUNT]]
    padding = out[choices(np.exp(liked[out] - liked[out].max()), TRACK_COUNT - chosen.size, rng)]
    return rng.permutation(np.concatenate([chosen, padding]))
