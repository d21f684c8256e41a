"""Who uploads: artists on their own, and labels whose artists are paid through one payee."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Int
from numpy.random import Generator

from graphfraud.simulator.platform.chance import Flags, Floats, Ints, choices
from graphfraud.simulator.platform.rows import Keys, frame, picked

DAY_MS: Final = 86_400_000

COUNTRIES: Final = ("US", "GB", "BR", "DE", "MX", "FR", "IN", "ES", "JP", "SE", "NL", "PL", "NG", "AU")
COUNTRY_SHARE: Final = np.array([24, 10, 10, 9, 8, 8, 7, 6, 4, 3, 3, 3, 3, 2]) / 100

GENRES: Final = (
    *("pop", "hip hop", "rock", "electronic", "latin", "indie", "r&b", "country"),
    *("metal", "house", "classical", "jazz", "folk", "lo-fi", "ambient", "sleep", "white noise"),
)
GENRE_SHARE: Final = np.array([16, 14, 11, 9, 9, 8, 6, 5, 4, 4, 3, 3, 3, 2, 1, 1, 1]) / 100
SLEEP_GENRES: Final = (GENRES.index("sleep"), GENRES.index("white noise"))

DISTRIBUTORS: Final = tuple(f"PADPIDA2014{number:06d}X" for number in range(101, 113))
DISTRIBUTOR_SHARE: Final = 1 / np.arange(1, len(DISTRIBUTORS) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Honest accounts; the first account of a label is the label's own."""

    country_ix: Int[Ints, " account"]
    created_ms: Int[Ints, " account"]
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


def owners_drawn(count: int, *, end_ms: int, keys: Keys, rng: Generator) -> Owners:
    """Accounts opened in the nine years before `end_ms`, a quarter of them with a label."""
    label_count = max(1, count // 25)
    label_ix = np.where(rng.random(count) < 0.25, rng.integers(0, label_count, count), -1)
    signed = label_ix >= 0
    label_distributor_ix = choices(DISTRIBUTOR_SHARE, label_count, rng)
    own_distributor_ix = choices(DISTRIBUTOR_SHARE, count, rng)
    in_office = signed & (rng.random(count) < 0.5)
    age_days = 2 + 3_285 * rng.random(count) ** 2
    return Owners(
        country_ix=choices(COUNTRY_SHARE, count, rng),
        created_ms=end_ms - (age_days * DAY_MS).astype(np.int64),
        genre_ix=choices(GENRE_SHARE, count, rng),
        distributor_ix=np.where(signed, label_distributor_ix[label_ix], own_distributor_ix),
        label_ix=label_ix,
        leads_label=_first_of_each(label_ix),
        payee=np.where(signed, keys.taken(label_count)[label_ix], keys.taken(count)),
        device_id=np.where(in_office, keys.taken(label_count)[label_ix], keys.taken(count)),
        ip_hash=np.where(in_office, keys.taken(label_count)[label_ix], keys.taken(count)),
        pull=rng.lognormal(0, 1.5, count),
    )


def _first_of_each(label_ix: Int[Ints, " account"]) -> Bool[Flags, " account"]:
    labels, first_ix = np.unique(label_ix, return_index=True)
    first = np.zeros(label_ix.size, np.bool_)
    first[first_ix[labels >= 0]] = True
    return first


def account_rows(owners: Owners, rng: Generator) -> pl.DataFrame:
    """The accounts as a table: the better known, the likelier verified."""
    known = np.argsort(np.argsort(owners.pull)) / owners.count
    return frame(
        "accounts",
        account_id=np.arange(owners.count),
        created_at=owners.created_ms,
        country=picked(COUNTRIES, owners.country_ix),
        distributor_id=picked(DISTRIBUTORS, owners.distributor_ix),
        payee_hash=owners.payee,
        verified=rng.random(owners.count) < 0.1 + 0.8 * known,
        account_type=picked(("artist", "label"), owners.leads_label.astype(np.int64)),
    )


def account_login_rows(owners: Owners, *, start_ms: int, end_ms: int, rng: Generator) -> pl.DataFrame:
    """The accounts' logins: own device and address, or those of the label's office."""
    account_ix = np.repeat(np.arange(owners.count), rng.poisson(3, owners.count))
    first_ms = np.maximum(start_ms, owners.created_ms[account_ix])
    return frame(
        "logins",
        subject_kind="account",
        subject_id=account_ix,
        device_id=owners.device_id[account_ix],
        ip_hash=owners.ip_hash[account_ix],
        at=rng.integers(first_ms, end_ms),
    )
