"""What operators put up: accounts, tracks, and the logins behind them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Float, Float32, Int
from numpy.random import Generator

from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.audience.repertoire import Repertoire, scenes_of_genre
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.knobs import Knobs
from graphfraud.simulator.platform.calendar import on_next_friday
from graphfraud.simulator.platform.catalogue import CONTAINS_AI, CONTAINS_AI_SHARE, languages
from graphfraud.simulator.platform.chance import Floats, Ints, Singles, choices
from graphfraud.simulator.platform.owners import (
    COUNTRIES,
    COUNTRY_SHARE,
    GENRE_SHARE,
    GENRES,
    Market,
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

LABEL_SHARE: Final = 0.04
"""Of the accounts, those that call themselves a label."""
OPENING_SHARE: Final = 0.5
UPLOAD_SHARE: Final = 0.4
"""Accounts open in the first half of the preparation, uploads begin when three fifths of it are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which account and which release each track belongs to; in order of accounts and releases."""

    account_ix: Int[Ints, " track"]
    release_ix: Int[Ints, " track"]

    @property
    def track_count(self) -> int:
        """How many tracks there are."""
        return self.account_ix.size

    @property
    def account_count(self) -> int:
        """How many accounts there are."""
        return int(self.account_ix[-1]) + 1

    @property
    def release_count(self) -> int:
        """How many releases there are."""
        return int(self.release_ix[-1]) + 1

    @property
    def release_account_ix(self) -> Int[Ints, " release"]:
        """The account of each release."""
        first = np.searchsorted(self.release_ix, np.arange(self.release_count))
        account_ix: Int[Ints, " release"] = self.account_ix[first]
        return account_ix


def layout_drawn(knobs: Knobs, stage: Stage, rng: Generator) -> Layout:
    """Every account has a track at least, and releases are singles mostly, or albums mostly."""
    accounts = max(1, round(knobs.accounts))
    tracks = accounts + max(1, round(knobs.tracks * stage.crew_scale))
    account_ix = np.sort(np.concatenate([np.arange(accounts), rng.integers(0, accounts, tracks - accounts)]))
    opens = (np.diff(account_ix, prepend=-1) > 0) | (rng.random(tracks) < rng.uniform(0.1, 0.8))
    return Layout(account_ix=account_ix, release_ix=np.cumsum(opens) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an operator uploads."""

    layout: Layout
    genre_ix: Int[Ints, " track"]
    duration_ms: Int[Ints, " track"]
    sounds: Float32[Singles, "track 32"]
    title: pl.Series | None = None
    """None for titles like everybody's, or for permuted ones, as the knob says."""
    artist_name: pl.Series | None = None
    """None for names like everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Accounts and tracks of one operator."""

    account_id: Int[Ints, " account"]
    country_ix: Int[Ints, " account"]
    opened_ms: Int[Ints, " account"]
    repertoire: Repertoire
    weight: Float[Floats, " track"]
    """How well each track does with honest people."""
    content: Content


def usual_content(knobs: Knobs, stage: Stage, rng: Generator, *, own_ways: bool = False) -> Content:
    """Tracks like everybody's, an artist an account; accounts of few genres, or each in its `own_ways`."""
    layout = layout_drawn(knobs, stage, rng)
    liked = choices(GENRE_SHARE, layout.account_count if own_ways else int(rng.integers(1, 4)), rng)
    of_account = liked if own_ways else rng.choice(liked, layout.account_count)
    of_release = of_account[layout.release_account_ix]
    elsewhere = rng.random(layout.release_count) < 0.1
    genre_ix = np.where(elsewhere, choices(GENRE_SHARE, layout.release_count, rng), of_release)[layout.release_ix]
    middle_s = rng.uniform(90, 240, layout.account_count) if own_ways else np.full(1, rng.uniform(90, 240))
    return Content(
        layout=layout,
        genre_ix=genre_ix,
        duration_ms=song_durations_ms(middle_s[layout.account_ix % middle_s.size], rng),
        sounds=sounds_drawn(stage.sound_space, genre_ix, layout.account_ix, layout.release_ix, rng),
    )


def song_durations_ms(middle_s: Float[Floats, " track"], rng: Generator) -> Int[Ints, " track"]:
    """Lengths around those that the operator likes."""
    seconds = middle_s * rng.lognormal(0, rng.uniform(0.15, 0.35), middle_s.size)
    return (1_000 * np.clip(seconds, 32, 600)).astype(np.int64)


def front_drawn(knobs: Knobs, content: Content, *, stage: Stage, numbers: Numbers, rng: Generator) -> Front:
    """Accounts and their tracks; all in place by the first play, but for the releases that come along the ramp."""
    layout = content.layout
    start, _ = knobs.playing_days(stage.window.day_count)
    play_ms, prepared_ms = stage.window.start_ms + start * DAY_MS, knobs.preparation_days * DAY_MS
    opened_ms = play_ms - prepared_ms + OPENING_SHARE * prepared_ms * rng.random(layout.account_count)
    uploaded_ms = _release_ms(knobs, layout.release_count, stage, rng)[layout.release_ix]
    collection_id = numbers.taken(COLLECTION, layout.release_count)
    return Front(
        account_id=numbers.taken(ACCOUNT, layout.account_count),
        country_ix=choices(COUNTRY_SHARE, layout.account_count, rng),
        opened_ms=opened_ms.astype(np.int64),
        repertoire=Repertoire(
            track_id=numbers.taken(TRACK, layout.track_count),
            duration_ms=content.duration_ms,
            uploaded_ms=uploaded_ms + rng.integers(0, 90_000, layout.track_count),
            collection_id=collection_id[layout.release_ix],
            scene_ix=scenes_of_genre(stage, content.genre_ix, rng),
        ),
        weight=rng.lognormal(0, rng.uniform(0.3, 1.5), layout.track_count),
        content=content,
    )


def _release_ms(knobs: Knobs, count: int, stage: Stage, rng: Generator) -> Int[Ints, " release"]:
    """When each release is put up: in the burst before the first play, or along the ramp; some on Fridays."""
    start, end = knobs.playing_days(stage.window.day_count)
    play_ms, prepared_ms = stage.window.start_ms + start * DAY_MS, knobs.preparation_days * DAY_MS
    burst_ms = min(knobs.upload_days * DAY_MS, UPLOAD_SHARE * prepared_ms)
    in_burst_ms = play_ms - UPLOAD_SHARE * prepared_ms + burst_ms * rng.random(count)
    on_ramp_ms = play_ms + knobs.ramp_share * (end - start - 1) * DAY_MS * rng.random(count)
    put_up_ms = np.where(rng.random(count) < knobs.ramp_share, on_ramp_ms, in_burst_ms).astype(np.int64)
    on_friday = rng.random(count) < rng.uniform(0, 0.7)
    return on_next_friday(put_up_ms, on_friday, before_ms=stage.window.end_ms - 2 * DAY_MS)


def front_rows(front: Front, knobs: Knobs, *, stage: Stage, numbers: Numbers, rng: Generator) -> Rows:
    """The operator's accounts and tracks, all of them members of the ring."""
    return Rows(
        accounts=_account_rows(front, knobs, stage.market, numbers, rng),
        tracks=_track_rows(front, knobs, rng),
        logins=_login_rows(front, knobs, stage.window, numbers, rng),
        embeddings=embedding_rows(front.repertoire.track_id, front.content.sounds),
        subjects=pl.concat([subjects_of(ACCOUNT, front.account_id), subjects_of(TRACK, front.repertoire.track_id)]),
    )


def _account_rows(front: Front, knobs: Knobs, market: Market, numbers: Numbers, rng: Generator) -> pl.DataFrame:
    count = front.account_id.size
    payee = numbers.taken(PAYEE, count)
    some_payees = payee[rng.integers(0, count, count)]
    pays_one = rng.random() < knobs.shared_payee
    distributor_ix = choices(market.unwatched_share, count, rng)
    strays = 0.2 * (knobs.shared_payee > 0)
    loyal = rng.random(count) < rng.random()
    return frame(
        "accounts",
        account_id=front.account_id,
        created_at=front.opened_ms,
        country=picked(COUNTRIES, front.country_ix),
        distributor_id=picked(market.distributor_ids, np.where(loyal, distributor_ix[0], distributor_ix)),
        payee_hash=np.repeat(payee[:1], count)
        if pays_one
        else np.where(rng.random(count) < strays, some_payees, payee),
        verified=rng.random(count) < rng.uniform(0, 0.7),
        account_type=picked(("artist", "label"), (rng.random(count) < LABEL_SHARE).astype(np.int64)),
    )


def _track_rows(front: Front, knobs: Knobs, rng: Generator) -> pl.DataFrame:
    content, tracks, layout = front.content, front.repertoire, front.content.layout
    names_per_account = int(rng.choice([1, 1, 1, 2, 3]))
    country_ix = front.country_ix[layout.account_ix]
    language = languages_drawn(country_ix, rng)
    names = artist_names_drawn(languages_drawn(np.repeat(front.country_ix, names_per_account), rng), rng)
    names = names.gather(layout.account_ix * names_per_account + layout.release_ix % names_per_account)
    return frame(
        "tracks",
        track_id=tracks.track_id,
        account_id=front.account_id[layout.account_ix],
        release_id=tracks.collection_id,
        isrc=isrcs_drawn(picked(COUNTRIES, country_ix), layout.account_ix, tracks.uploaded_ms, rng),
        uploaded_at=tracks.uploaded_ms,
        duration_ms=content.duration_ms,
        title=_titles(knobs, language, rng) if content.title is None else content.title,
        artist_name=names if content.artist_name is None else content.artist_name,
        genre=picked(GENRES, content.genre_ix),
        language=languages(content.genre_ix, language),
        contains_ai=picked(CONTAINS_AI, choices(CONTAINS_AI_SHARE, layout.track_count, rng)),
    )


def _titles(knobs: Knobs, language: pl.Series, rng: Generator) -> pl.Series:
    permuted = permuted_titles(len(language), phrase_count=int(rng.integers(2, 12)), rng=rng)
    usual = titles_drawn(language, rng)
    return permuted if rng.random() < knobs.permuted_titles else usual


def _login_rows(front: Front, knobs: Knobs, window: Window, numbers: Numbers, rng: Generator) -> pl.DataFrame:
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
        at=rng.integers(np.maximum(window.start_ms, front.opened_ms[account_ix]), window.end_ms),
    )
