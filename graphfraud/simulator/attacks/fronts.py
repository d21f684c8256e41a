"""What operators put up: accounts, tracks, and the logins behind them; the attacks share it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float32, Int
from numpy.random import Generator

from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.catalogue import CONTAINS_AI, CONTAINS_AI_SHARE, languages
from graphfraud.simulator.platform.chance import Ints, Singles, choices
from graphfraud.simulator.platform.owners import (
    COUNTRIES,
    COUNTRY_SHARE,
    DAY_MS,
    DISTRIBUTOR_SHARE,
    DISTRIBUTORS,
    GENRES,
)
from graphfraud.simulator.platform.rows import Keys, Rows, frame, picked, subjects_of
from graphfraud.simulator.platform.sound import embedding_rows
from graphfraud.simulator.platform.titles import artist_names_drawn, isrcs_drawn

OPENING_SHARE: Final = 0.5
UPLOAD_SHARE: Final = 0.4
"""Accounts open in the first half of the preparation, uploads fall in its last two fifths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontKnobs:
    """How an operator sets up."""

    account_count: int
    track_count: int
    start_day: int
    """Day of the window from which the tracks are played."""
    preparation_days: float
    """From the first account to the first play."""
    upload_days: float
    """The burst in which the tracks arrive."""
    shares_payee: bool
    shares_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an operator uploads."""

    genre_ix: Int[Ints, " track"]
    duration_ms: Int[Ints, " track"]
    sounds: Float32[Singles, "track 32"]
    titles: pl.Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Accounts and tracks of one operator."""

    account_id: Int[Ints, " account"]
    country_ix: Int[Ints, " account"]
    opened_ms: Int[Ints, " account"]
    track_id: Int[Ints, " track"]
    account_ix: Int[Ints, " track"]
    uploaded_ms: Int[Ints, " track"]
    content: Content


def front_drawn(knobs: FrontKnobs, content: Content, *, stage: Stage, keys: Keys, rng: Generator) -> Front:
    """Accounts, each with a track at least, and all of it in place by the first play."""
    play_ms = stage.window.start_ms + knobs.start_day * DAY_MS
    prepared_ms = knobs.preparation_days * DAY_MS
    opened_ms = play_ms - prepared_ms + OPENING_SHARE * prepared_ms * rng.random(knobs.account_count)
    burst_ms = min(knobs.upload_days * DAY_MS, UPLOAD_SHARE * prepared_ms)
    uploaded_ms = play_ms - UPLOAD_SHARE * prepared_ms + burst_ms * rng.random(knobs.track_count)
    more_ix = rng.integers(0, knobs.account_count, knobs.track_count - knobs.account_count)
    return Front(
        account_id=keys.taken(knobs.account_count),
        country_ix=choices(COUNTRY_SHARE, knobs.account_count, rng),
        opened_ms=opened_ms.astype(np.int64),
        track_id=keys.taken(knobs.track_count),
        account_ix=np.sort(np.concatenate([np.arange(knobs.account_count), more_ix])),
        uploaded_ms=uploaded_ms.astype(np.int64),
        content=content,
    )


def front_rows(front: Front, knobs: FrontKnobs, *, stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """The operator's accounts and tracks, all of them members of the ring."""
    return Rows(
        accounts=_account_rows(front, shares_payee=knobs.shares_payee, keys=keys, rng=rng),
        tracks=_track_rows(front, keys, rng),
        logins=_login_rows(front, shares_device=knobs.shares_device, end_ms=stage.window.end_ms, keys=keys, rng=rng),
        embeddings=embedding_rows(front.track_id, front.content.sounds),
        subjects=pl.concat([subjects_of("account", front.account_id), subjects_of("track", front.track_id)]),
    )


def _account_rows(front: Front, *, shares_payee: bool, keys: Keys, rng: Generator) -> pl.DataFrame:
    count = front.account_id.size
    payee = keys.taken(count)
    return frame(
        "accounts",
        account_id=front.account_id,
        created_at=front.opened_ms,
        country=picked(COUNTRIES, front.country_ix),
        distributor_id=picked(DISTRIBUTORS, choices(DISTRIBUTOR_SHARE, count, rng)),
        payee_hash=np.repeat(payee[:1], count) if shares_payee else payee,
        verified=rng.random(count) < rng.uniform(0, 0.5),
        account_type="artist",
    )


def _track_rows(front: Front, keys: Keys, rng: Generator) -> pl.DataFrame:
    count = front.track_id.size
    opens_release = (np.diff(front.account_ix, prepend=-1) > 0) | (rng.random(count) < 0.2)
    names_per_account = int(rng.integers(1, 5))
    names = artist_names_drawn(front.account_id.size * names_per_account, rng)
    country_ix = front.country_ix[front.account_ix]
    return frame(
        "tracks",
        track_id=front.track_id,
        account_id=front.account_id[front.account_ix],
        release_id=keys.taken(count)[np.cumsum(opens_release) - 1],
        isrc=isrcs_drawn(picked(COUNTRIES, country_ix), count, rng),
        uploaded_at=front.uploaded_ms,
        duration_ms=front.content.duration_ms,
        title=front.content.titles,
        artist_name=names.gather(front.account_ix * names_per_account + rng.integers(0, names_per_account, count)),
        genre=picked(GENRES, front.content.genre_ix),
        language=languages(front.content.genre_ix, country_ix),
        contains_ai=picked(CONTAINS_AI, choices(CONTAINS_AI_SHARE, count, rng)),
    )


def _login_rows(front: Front, *, shares_device: bool, end_ms: int, keys: Keys, rng: Generator) -> pl.DataFrame:
    """Careless operators use one device for all accounts, and an address or two."""
    account_ix = np.repeat(np.arange(front.account_id.size), rng.poisson(3, front.account_id.size))
    device_id, ip_hash = keys.taken(front.account_id.size), keys.taken(front.account_id.size)
    machine_ix = account_ix * 0 if shares_device else account_ix
    return frame(
        "logins",
        subject_kind="account",
        subject_id=front.account_id[account_ix],
        device_id=device_id[machine_ix],
        ip_hash=ip_hash[machine_ix],
        at=rng.integers(front.opened_ms[account_ix], end_ms),
    )
