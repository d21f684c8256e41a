"""What operators put up: accounts, tracks, and the logins behind them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float, Float32, Int
from numpy.random import Generator

from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.platform.catalogue import CONTAINS_AI, CONTAINS_AI_SHARE, languages
from graphfraud.simulator.platform.chance import Floats, Ints, Singles, choices
from graphfraud.simulator.platform.owners import (
    COUNTRIES,
    COUNTRY_SHARE,
    DISTRIBUTORS,
    GENRE_SHARE,
    GENRES,
    UNWATCHED_SHARE,
)
from graphfraud.simulator.platform.rows import (
    ACCOUNT,
    ADDRESS,
    COLLECTION,
    DAY_MS,
    DEVICE,
    PAYEE,
    TRACK,
    Numbers,
    Rows,
    frame,
    picked,
    subjects_of,
)
from graphfraud.simulator.platform.sound import embedding_rows, sounds_drawn
from graphfraud.simulator.platform.titles import (
    artist_names_drawn,
    isrcs_drawn,
    languages_drawn,
    permuted_titles,
    titles_drawn,
)

OPENING_SHARE: Final = 0.5
UPLOAD_SHARE: Final = 0.4
"""Accounts open in the first half of the preparation, uploads begin when three fifths of it are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an operator uploads."""

    genre_ix: Int[Ints, " track"]
    duration_ms: Int[Ints, " track"]
    sounds: Float32[Singles, "track 32"]
    title: pl.Series | None = None
    """None for titles like everybody's, or for permuted ones, as the knob says."""
    artist_name: pl.Series | None = None
    """None for names like everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Accounts and tracks of one operator; tracks in order of their account."""

    account_id: Int[Ints, " account"]
    country_ix: Int[Ints, " account"]
    opened_ms: Int[Ints, " account"]
    track_id: Int[Ints, " track"]
    account_ix: Int[Ints, " track"]
    release_ix: Int[Ints, " track"]
    uploaded_ms: Int[Ints, " track"]
    weight: Float[Floats, " track"]
    """How well each track does with honest people."""
    content: Content


def track_count(knobs: Knobs, stage: Stage) -> int:
    """Tracks that the operator has, one an account at least."""
    return account_count(knobs) + max(1, round(knobs.tracks * stage.crew_scale))


def account_count(knobs: Knobs) -> int:
    """Accounts that the operator has."""
    return max(1, round(knobs.accounts))


def usual_content(knobs: Knobs, stage: Stage, rng: Generator) -> Content:
    """Tracks like everybody's, of a genre or a few, an artist an account."""
    count = track_count(knobs, stage)
    genre_ix = rng.choice(choices(GENRE_SHARE, int(rng.integers(1, 4)), rng), count)
    artist_ix = np.arange(count) * account_count(knobs) // count
    release_ix = np.arange(count) // int(rng.integers(1, 12))
    return Content(
        genre_ix=genre_ix,
        duration_ms=song_durations_ms(count, rng),
        sounds=sounds_drawn(stage.sound_space, genre_ix, artist_ix, release_ix, rng),
    )


def song_durations_ms(count: int, rng: Generator) -> Int[Ints, " track"]:
    """Lengths around one that the operator likes: as long as songs, or as short as pays."""
    middle_s = rng.uniform(90, 240)
    return (1_000 * np.clip(rng.lognormal(np.log(middle_s), rng.uniform(0.15, 0.35), count), 32, 600)).astype(np.int64)


def front_drawn(knobs: Knobs, content: Content, *, stage: Stage, numbers: Numbers, rng: Generator) -> Front:
    """Accounts, each with a track at least; all in place by the first play, but for what comes with the ramp."""
    accounts, tracks = account_count(knobs), content.genre_ix.size
    play_ms = stage.window.start_ms + knobs.start_share * stage.window.day_count * DAY_MS
    prepared_ms = knobs.preparation_days * DAY_MS
    opened_ms = play_ms - prepared_ms + OPENING_SHARE * prepared_ms * rng.random(accounts)
    burst_ms = min(knobs.upload_days * DAY_MS, UPLOAD_SHARE * prepared_ms)
    first_ms = play_ms - UPLOAD_SHARE * prepared_ms
    account_ix = np.sort(np.concatenate([np.arange(accounts), rng.integers(0, accounts, tracks - accounts)]))
    release_ix = _releases(account_ix, rng)
    in_burst_ms = first_ms + burst_ms * rng.random(tracks)
    on_ramp_ms = play_ms + knobs.ramp_share * knobs.days * DAY_MS * rng.random(tracks)
    comes_later = rng.random(tracks) < knobs.ramp_share
    release_ms = np.minimum(np.where(comes_later, on_ramp_ms, in_burst_ms), stage.window.end_ms - DAY_MS)
    return Front(
        account_id=numbers.taken(ACCOUNT, accounts),
        country_ix=choices(COUNTRY_SHARE, accounts, rng),
        opened_ms=opened_ms.astype(np.int64),
        track_id=numbers.taken(TRACK, tracks),
        account_ix=account_ix,
        release_ix=release_ix,
        uploaded_ms=(release_ms[release_ix] + rng.integers(0, 90_000, tracks)).astype(np.int64),
        weight=rng.lognormal(0, rng.uniform(0.3, 1.5), tracks),
        content=content,
    )


def _releases(account_ix: Int[Ints, " track"], rng: Generator) -> Int[Ints, " track"]:
    """The release of each track: runs within an account, as long as honest ones, or singles."""
    opens = (np.diff(account_ix, prepend=-1) > 0) | (rng.random(account_ix.size) < rng.uniform(0.1, 0.8))
    return np.cumsum(opens) - 1


def front_rows(front: Front, knobs: Knobs, *, stage: Stage, numbers: Numbers, rng: Generator) -> Rows:
    """The operator's accounts and tracks, all of them members of the ring."""
    return Rows(
        accounts=_account_rows(front, knobs, numbers, rng),
        tracks=_track_rows(front, knobs, numbers, rng),
        logins=_login_rows(front, knobs, stage.window.end_ms, numbers, rng),
        embeddings=embedding_rows(front.track_id, front.content.sounds),
        subjects=pl.concat([subjects_of(ACCOUNT, front.account_id), subjects_of(TRACK, front.track_id)]),
    )


def _account_rows(front: Front, knobs: Knobs, numbers: Numbers, rng: Generator) -> pl.DataFrame:
    count = front.account_id.size
    payee = numbers.taken(PAYEE, count)
    some_payees = payee[rng.integers(0, count, count)]
    pays_one = rng.random() < knobs.shared_payee
    distributor_ix = choices(UNWATCHED_SHARE, count, rng)
    loyal = rng.random(count) < rng.random()
    return frame(
        "accounts",
        account_id=front.account_id,
        created_at=front.opened_ms,
        country=picked(COUNTRIES, front.country_ix),
        distributor_id=picked(DISTRIBUTORS, np.where(loyal, distributor_ix[0], distributor_ix)),
        payee_hash=np.repeat(payee[:1], count) if pays_one else np.where(rng.random(count) < 0.2, some_payees, payee),
        verified=rng.random(count) < rng.uniform(0, 0.7),
        account_type="artist",
    )


def _track_rows(front: Front, knobs: Knobs, numbers: Numbers, rng: Generator) -> pl.DataFrame:
    count, content = front.track_id.size, front.content
    names_per_account = int(rng.integers(1, 5))
    country_ix = front.country_ix[front.account_ix]
    language = languages_drawn(country_ix, rng)
    names = artist_names_drawn(languages_drawn(np.repeat(front.country_ix, names_per_account), rng), rng)
    names = names.gather(front.account_ix * names_per_account + front.release_ix % names_per_account)
    return frame(
        "tracks",
        track_id=front.track_id,
        account_id=front.account_id[front.account_ix],
        release_id=numbers.taken(COLLECTION, count)[front.release_ix],
        isrc=isrcs_drawn(picked(COUNTRIES, country_ix), count, rng),
        uploaded_at=front.uploaded_ms,
        duration_ms=content.duration_ms,
        title=_titles(knobs, language, rng) if content.title is None else content.title,
        artist_name=names if content.artist_name is None else content.artist_name,
        genre=picked(GENRES, content.genre_ix),
        language=languages(content.genre_ix, language),
        contains_ai=picked(CONTAINS_AI, choices(CONTAINS_AI_SHARE, count, rng)),
    )


def _titles(knobs: Knobs, language: pl.Series, rng: Generator) -> pl.Series:
    permuted = permuted_titles(len(language), phrase_count=int(rng.integers(2, 12)), rng=rng)
    usual = titles_drawn(language, rng)
    return permuted if rng.random() < knobs.permuted_titles else usual


def _login_rows(front: Front, knobs: Knobs, end_ms: int, numbers: Numbers, rng: Generator) -> pl.DataFrame:
    """Careless operators use one device for all accounts, and an address or two."""
    count = front.account_id.size
    account_ix = np.repeat(np.arange(count), rng.poisson(3, count))
    device_id, ip_hash = numbers.taken(DEVICE, count), numbers.taken(ADDRESS, count)
    machine_ix = account_ix * 0 if rng.random() < knobs.shared_device else account_ix
    return frame(
        "logins",
        subject_kind=ACCOUNT,
        subject_id=front.account_id[account_ix],
        device_id=device_id[machine_ix],
        ip_hash=ip_hash[machine_ix],
        at=rng.integers(front.opened_ms[account_ix], end_ms),
    )
