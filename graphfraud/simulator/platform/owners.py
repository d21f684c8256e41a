"""Who uploads: artists on their own, and labels whose artists are paid through one payee."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Flags, Floats, Ints, choices, choices_by_row
from graphfraud.simulator.platform.rows import (
    ACCOUNT,
    ADDRESS,
    DAY_MS,
    DEVICE,
    PAYEE,
    Numbers,
    frame,
    picked,
)

COUNTRIES: Final = ("US", "GB", "BR", "DE", "MX", "FR", "IN", "ES", "JP", "SE", "NL", "PL", "NG", "AU")
COUNTRY_SHARE: Final = np.array([24, 10, 10, 9, 8, 8, 7, 6, 4, 3, 3, 3, 3, 2]) / 100

GENRES: Final = (
    *("pop", "hip hop", "rock", "electronic", "latin", "indie", "r&b", "country"),
    *("metal", "house", "classical", "jazz", "folk", "lo-fi", "ambient", "sleep", "white noise"),
)
GENRE_SHARE: Final = np.array([16, 14, 11, 9, 9, 8, 6, 5, 4, 4, 3, 3, 3, 2, 1, 1, 1]) / 100
SLEEP_GENRES: Final = (GENRES.index("sleep"), GENRES.index("white noise"))

DISTRIBUTOR_COUNT: Final = 16
BEGINNER_SHARE: Final = 0.5
"""Of the artists without a label, those who choose a distributor by its price, and not by its name."""

SCENE_ARTIST_COUNT: Final = 70
LOCAL_SCENE_SHARE: Final = 0.5
MEAN_PULL_SPREAD: Final = 2.0
"""Of the logarithm of the audience that each artist draws: fitted to the Last.fm sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    """Small worlds of artists who are heard together, in order of genre; half of them belong to one country."""

    genre_ix: Int[Ints, " scene"]
    country_ix: Int[Ints, " scene"]
    """-1 where it is at home everywhere."""
    size: Float[Floats, " scene"]
    """How many artists it is expected to have, in any unit."""

    @property
    def pull_by_country(self) -> Float[Floats, "country scene"]:
        """How likely a person of each country is drawn to each scene."""
        at_home = self.country_ix == np.arange(len(COUNTRIES))[:, None]
        return self.size * np.where(self.country_ix < 0, 1.0, np.where(at_home, 6.0, 0.06))


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Distributors; which of them are careless is another matter on each platform."""

    distributor_ids: tuple[str, ...]
    share: Float[Floats, " distributor"]
    """Of those who choose by name."""
    unwatched_share: Float[Floats, " distributor"]
    """Of those who choose by price, or would not be looked at: the less care, the more of them."""


def market_drawn(rng: Generator) -> Market:
    """Sixteen distributors of different size and reputation."""
    numbers = rng.choice(900_000, DISTRIBUTOR_COUNT, replace=False) + 100_000
    share = 1 / np.arange(1, DISTRIBUTOR_COUNT + 1)
    care = rng.beta(1.5, 1.2, DISTRIBUTOR_COUNT)
    return Market(
        distributor_ids=tuple(f"PADPIDA2014{number}X" for number in numbers),
        share=share,
        unwatched_share=share * (1.15 - care),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Honest accounts; the first account of a label is the label's own."""

    country_ix: Int[Ints, " account"]
    created_ms: Int[Ints, " account"]
    scene_ix: Int[Ints, " account"]
    genre_ix: Int[Ints, " account"]
    distributor_ix: Int[Ints, " account"]
    label_ix: Int[Ints, " account"]
    """-1 for an artist without a label."""
    leads_label: Bool[Flags, " account"]
    payee: Int[Ints, " account"]
    device_id: Int[Ints, " account"]
    ip_hash: Int[Ints, " account"]
    pull: Float[Floats, " account"]
    """How much the audience is drawn to it: heavy-tailed."""

    @property
    def count(self) -> int:
        """How many accounts there are."""
        return self.pull.size


def scenes_drawn(artist_count: int, rng: Generator) -> Scenes:
    """Scenes of all genres, each genre having one at least."""
    more = choices(GENRE_SHARE, artist_count // SCENE_ARTIST_COUNT, rng)
    genre_ix = np.sort(np.concatenate([np.arange(len(GENRES)), more]))
    local = rng.random(genre_ix.size) < LOCAL_SCENE_SHARE
    share = GENRE_SHARE[genre_ix] / np.bincount(genre_ix)[genre_ix]
    return Scenes(
        genre_ix=genre_ix,
        country_ix=np.where(local, choices(COUNTRY_SHARE, genre_ix.size, rng), -1),
        size=share * rng.lognormal(0, 0.8, genre_ix.size),
    )


def owners_drawn(
    count: int, scenes: Scenes, market: Market, *, end_ms: int, numbers: Numbers, rng: Generator
) -> Owners:
    """Accounts opened in the nine years before `end_ms`, a quarter of them with a label."""
    label_count = max(1, count // 40)
    label_weight = 1 / np.arange(1, label_count + 1) ** 0.6
    label_ix = np.where(rng.random(count) < 0.25, choices(label_weight, count, rng), -1)
    signed = label_ix >= 0
    label_distributor_ix = choices(market.share, label_count, rng)
    by_price = rng.random(count) < BEGINNER_SHARE
    cheap_ix, known_ix = choices(market.unwatched_share, count, rng), choices(market.share, count, rng)
    own_distributor_ix = np.where(by_price, cheap_ix, known_ix)
    in_office = signed & (rng.random(count) < 0.5)
    in_studio = ~signed & (rng.random(count) < 0.08)
    studio_ix = rng.integers(0, max(1, count // 60), count)
    country_ix = choices(COUNTRY_SHARE, count, rng)
    scene_ix = choices_by_row(scenes.pull_by_country, country_ix, rng)
    age_days = 2 + 3_285 * rng.random(count) ** 2
    return Owners(
        country_ix=country_ix,
        created_ms=end_ms - (age_days * DAY_MS).astype(np.int64),
        scene_ix=scene_ix,
        genre_ix=scenes.genre_ix[scene_ix],
        distributor_ix=np.where(signed, label_distributor_ix[label_ix], own_distributor_ix),
        label_ix=label_ix,
        leads_label=_first_of_each(label_ix),
        payee=np.where(signed, numbers.taken(PAYEE, label_count)[label_ix], _payees(count, numbers, rng)),
        device_id=_means(numbers, DEVICE, label_ix, in_office, studio_ix, in_studio),
        ip_hash=_means(numbers, ADDRESS, label_ix, in_office, studio_ix, in_studio),
        pull=rng.lognormal(0, MEAN_PULL_SPREAD, count),
    )


def _payees(count: int, numbers: Numbers, rng: Generator) -> Int[Ints, " account"]:
    """Each artist's own; one in ten is paid with a side project, a band mate or a manager's other artists."""
    own = numbers.taken(PAYEE, count)
    pooled = rng.random(count) < 0.1
    return np.where(pooled, own[rng.integers(0, count, count) // 3], own)


def _means(
    numbers: Numbers,
    kind: str,
    label_ix: Int[Ints, " account"],
    in_office: Bool[Flags, " account"],
    studio_ix: Int[Ints, " account"],
    in_studio: Bool[Flags, " account"],
) -> Int[Ints, " account"]:
    """The device or address that each account logs in from: its own, its label's or a studio's."""
    own = numbers.taken(kind, label_ix.size)
    office = numbers.taken(kind, int(label_ix.max()) + 1)[label_ix]
    studio = numbers.taken(kind, int(studio_ix.max()) + 1)[studio_ix]
    return np.where(in_office, office, np.where(in_studio, studio, own))


def _first_of_each(label_ix: Int[Ints, " account"]) -> Bool[Flags, " account"]:
    labels, first_ix = np.unique(label_ix, return_index=True)
    first = np.zeros(label_ix.size, np.bool_)
    first[first_ix[labels >= 0]] = True
    return first


def account_rows(owners: Owners, market: Market, rng: Generator) -> pl.DataFrame:
    """The accounts as a table: the better known, the likelier verified."""
    known = np.argsort(np.argsort(owners.pull)) / owners.count
    return frame(
        "accounts",
        account_id=np.arange(owners.count),
        created_at=owners.created_ms,
        country=picked(COUNTRIES, owners.country_ix),
        distributor_id=picked(market.distributor_ids, owners.distributor_ix),
        payee_hash=owners.payee,
        verified=rng.random(owners.count) < 0.1 + 0.8 * known,
        account_type=picked(("artist", "label"), owners.leads_label.astype(np.int64)),
    )


def account_login_rows(owners: Owners, *, start_ms: int, end_ms: int, rng: Generator) -> pl.DataFrame:
    """The accounts' logins: own device and address, or those of the label's office or the studio."""
    account_ix = np.repeat(np.arange(owners.count), rng.poisson(3, owners.count))
    first_ms = np.maximum(start_ms, owners.created_ms[account_ix])
    return frame(
        "logins",
        subject_kind=ACCOUNT,
        subject_id=account_ix,
        device_id=owners.device_id[account_ix],
        ip_hash=owners.ip_hash[account_ix],
        at=rng.integers(first_ms, end_ms),
    )
