"""The honest catalogue: tracks on releases, remasters, compilations, and how much each is heard."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Float32, Int
from numpy.random import Generator

from graphfraud.simulator.platform.calendar import on_next_friday
from graphfraud.simulator.platform.chance import Flags, Floats, Ints, Singles, choices
from graphfraud.simulator.platform.owners import COUNTRIES, GENRE_SHARE, GENRES, SLEEP_GENRES, Owners
from graphfraud.simulator.platform.rows import COLLECTION, DAY_MS, TRACK, Numbers, frame, picked
from graphfraud.simulator.platform.sound import SoundSpace, near_copies, sounds_drawn
from graphfraud.simulator.platform.titles import artist_names_drawn, isrcs_drawn, languages_drawn, titles_drawn

SPOKEN_BY_NOBODY: Final = tuple(GENRES.index(name) for name in ("classical", "jazz", "lo-fi", "ambient", "house"))

CONTAINS_AI: Final = (None, "None", "Partly", "All")
CONTAINS_AI_SHARE: Final = np.array([85, 11, 3, 1]) / 100

FRIDAY_SHARE: Final = 0.55
"""Of the releases, on a Friday, when the week's music comes out."""
SAME_OWNER_SHARE: Final = 0.03
"""Of the tracks, repeat an older one of their owner: half as a remaster, half sped up or slowed down."""
SPED_UP_SHARE: Final = 0.5
TEMPO: Final = (0.78, 1.2)
SEVERAL_NAMES_SHARE: Final = 0.15
"""Of the accounts, those that release under two names."""
INTERLUDE_SHARE: Final = 0.06
"""Of the tracks, skits and interludes, half a minute to a minute and a half long; so is some of the noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Tracks in order of owner and release, so that a release and an owner's work are runs of row numbers."""

    owners: Owners
    account_ix: Int[Ints, " track"]
    release_ix: Int[Ints, " track"]
    collection_id: Int[Ints, " release"]
    genre_ix: Int[Ints, " track"]
    uploaded_ms: Int[Ints, " track"]
    duration_ms: Int[Ints, " track"]
    source_ix: Int[Ints, " track"]
    """The track that this one repeats, as a remaster, at another speed or on a compilation; itself for an original."""
    tempo: Float[Floats, " track"]
    """1 but for what was sped up or slowed down."""
    pull: Float[Floats, " track"]
    account_first_ix: Int[Ints, " account"]
    account_size: Int[Ints, " account"]
    release_first_ix: Int[Ints, " release"]
    release_size: Int[Ints, " release"]

    @property
    def count(self) -> int:
        """How many tracks there are."""
        return self.pull.size


def catalogue_drawn(owners: Owners, count: int, *, end_ms: int, numbers: Numbers, rng: Generator) -> Catalogue:
    """Between one and very many tracks an owner."""
    prolific = rng.lognormal(0, 1.25, owners.count)
    account_size = 1 + rng.multinomial(count - owners.count, prolific / prolific.sum())
    account_first_ix = np.cumsum(account_size) - account_size
    account_ix = np.repeat(np.arange(owners.count), account_size)
    opens_release = rng.random(count) < 0.22
    opens_release[account_first_ix] = True
    release_ix = np.cumsum(opens_release) - 1
    release_first_ix = np.flatnonzero(opens_release)
    release_account_ix = account_ix[release_first_ix]
    source_ix = _source_ix(owners, account_ix, account_first_ix, account_size, rng)
    genre_ix = _release_genre_ix(owners, release_account_ix, rng)[release_ix][source_ix]
    tempo = _tempo(source_ix, account_ix, rng)
    numbers.taken(TRACK, count)
    return Catalogue(
        owners=owners,
        account_ix=account_ix,
        release_ix=release_ix,
        collection_id=numbers.taken(COLLECTION, release_first_ix.size),
        genre_ix=genre_ix,
        uploaded_ms=_release_ms(owners, release_account_ix, end_ms, rng)[release_ix] + rng.integers(0, 90_000, count),
        duration_ms=(_durations_ms(genre_ix, rng)[source_ix] / tempo).astype(np.int64),
        source_ix=source_ix,
        tempo=tempo,
        pull=owners.pull[account_ix] * rng.lognormal(0, 1.1, count),
        account_first_ix=account_first_ix,
        account_size=account_size,
        release_first_ix=release_first_ix,
        release_size=np.bincount(release_ix),
    )


def _release_genre_ix(
    owners: Owners, release_account_ix: Int[Ints, " release"], rng: Generator
) -> Int[Ints, " release"]:
    elsewhere = rng.random(release_account_ix.size) < 0.1
    return np.where(
        elsewhere,
        choices(GENRE_SHARE, release_account_ix.size, rng),
        owners.genre_ix[release_account_ix],
    )


def _release_ms(
    owners: Owners, release_account_ix: Int[Ints, " release"], end_ms: int, rng: Generator
) -> Int[Ints, " release"]:
    """When each release was uploaded, Fridays most; one owner in twelve delivers a whole back catalogue in an hour."""
    all_at_once = rng.random(owners.count) < 1 / 12
    share_of_life = rng.random(release_account_ix.size) ** 0.8
    delivery_share = rng.random(owners.count)
    share_of_life = np.where(all_at_once[release_account_ix], delivery_share[release_account_ix], share_of_life)
    opened_ms = owners.created_ms[release_account_ix] + DAY_MS // 2
    uploaded_ms = opened_ms + (share_of_life * (end_ms - DAY_MS - opened_ms)).astype(np.int64)
    on_friday = (rng.random(uploaded_ms.size) < FRIDAY_SHARE) & ~all_at_once[release_account_ix]
    uploaded_ms = on_next_friday(uploaded_ms, on_friday, before_ms=end_ms - DAY_MS)
    return uploaded_ms + rng.integers(0, 3_600_000, uploaded_ms.size)


def _durations_ms(genre_ix: Int[Ints, " track"], rng: Generator) -> Int[Ints, " track"]:
    song_s = rng.lognormal(np.log(195), 0.3, genre_ix.size)
    interlude = rng.random(genre_ix.size) < INTERLUDE_SHARE
    interlude_s = rng.uniform(31, 85, genre_ix.size)
    noise_s = rng.uniform(125, 480, genre_ix.size)
    for_sleep = np.isin(genre_ix, SLEEP_GENRES)
    seconds = np.where(for_sleep, noise_s, song_s)
    seconds = np.where(interlude, interlude_s, seconds)
    return (1_000 * np.clip(seconds, 31, 900)).astype(np.int64)


def _source_ix(
    owners: Owners,
    account_ix: Int[Ints, " track"],
    account_first_ix: Int[Ints, " account"],
    account_size: Int[Ints, " account"],
    rng: Generator,
) -> Int[Ints, " track"]:
    """What each track repeats: an older track of its owner, or on a label's compilation one of the label's artists."""
    track_ix = np.arange(account_ix.size)
    older_ix = account_first_ix[account_ix] + (
        rng.random(track_ix.size) * (track_ix - account_first_ix[account_ix])
    ).astype(np.int64)
    source_ix = np.where(rng.random(track_ix.size) < SAME_OWNER_SHARE, older_ix, track_ix)
    compiled = owners.leads_label[account_ix] & (rng.random(track_ix.size) < 0.5)
    artist_ix = _label_mates(owners, account_ix[compiled], rng)
    source_ix[compiled] = account_first_ix[artist_ix] + rng.integers(0, account_size[artist_ix])
    return np.where(source_ix[source_ix] == source_ix, source_ix, track_ix)


def _label_mates(owners: Owners, account_ix: Int[Ints, " track"], rng: Generator) -> Int[Ints, " track"]:
    """Any account of the same label, for each of these."""
    by_label_ix = np.argsort(owners.label_ix, kind="stable")
    first = np.searchsorted(owners.label_ix[by_label_ix], owners.label_ix[account_ix], side="left")
    past = np.searchsorted(owners.label_ix[by_label_ix], owners.label_ix[account_ix], side="right")
    return by_label_ix[rng.integers(first, past)]


def _tempo(source_ix: Int[Ints, " track"], account_ix: Int[Ints, " track"], rng: Generator) -> Float[Floats, " track"]:
    """1, or how much faster than its source a track of the same owner is."""
    repeats_own = (source_ix != np.arange(source_ix.size)) & (account_ix[source_ix] == account_ix)
    changed = repeats_own & (rng.random(source_ix.size) < SPED_UP_SHARE)
    return np.where(changed, np.array(TEMPO)[rng.integers(0, 2, source_ix.size)], 1.0)


def catalogue_sounds(catalogue: Catalogue, space: SoundSpace, rng: Generator) -> Float32[Singles, "track 32"]:
    """What each track sounds like; what repeats another sounds almost the same."""
    drawn = sounds_drawn(space, catalogue.genre_ix, catalogue.account_ix, catalogue.release_ix, rng)
    repeats = catalogue.source_ix != np.arange(catalogue.count)
    drawn[repeats] = near_copies(drawn[catalogue.source_ix[repeats]], low=0.05, high=0.35, rng=rng)
    return drawn


def track_rows(catalogue: Catalogue, artist_names: pl.Series, rng: Generator) -> pl.DataFrame:
    """The tracks as a table; what repeats another keeps its title and artist, and on a compilation its ISRC."""
    owner_country_ix = catalogue.owners.country_ix[catalogue.account_ix]
    source_ix = catalogue.source_ix
    same_owner = catalogue.account_ix[source_ix] == catalogue.account_ix
    language = languages_drawn(owner_country_ix, rng).gather(source_ix)
    titles = titles_drawn(language, rng).gather(source_ix)
    isrcs = isrcs_drawn(picked(COUNTRIES, owner_country_ix), catalogue.account_ix, catalogue.uploaded_ms, rng)
    return frame(
        "tracks",
        track_id=np.arange(catalogue.count),
        account_id=catalogue.account_ix,
        release_id=catalogue.collection_id[catalogue.release_ix],
        isrc=isrcs.gather(np.where(same_owner, np.arange(catalogue.count), source_ix)),
        uploaded_at=catalogue.uploaded_ms,
        duration_ms=catalogue.duration_ms,
        title=titles + _versions(catalogue, same_owner),
        artist_name=_credited(catalogue, artist_names, rng),
        genre=picked(GENRES, catalogue.genre_ix),
        language=languages(catalogue.genre_ix, language),
        contains_ai=picked(CONTAINS_AI, choices(CONTAINS_AI_SHARE, catalogue.count, rng)),
    )


def _versions(catalogue: Catalogue, same_owner: Bool[Flags, " track"]) -> pl.Series:
    """What a title says of how it repeats another."""
    repeats_own = (catalogue.source_ix != np.arange(catalogue.count)) & same_owner
    faster, slower = catalogue.tempo > 1, catalogue.tempo < 1
    version_ix = np.select([faster, slower, repeats_own], [1, 2, 3], 0)
    return picked(("", " (Sped Up)", " (Slowed + Reverb)", " (Remastered)"), version_ix)


def _credited(catalogue: Catalogue, artist_names: pl.Series, rng: Generator) -> pl.Series:
    """The artist that each track names: its account's, or on some releases another name or a band mate's."""
    owners = catalogue.owners
    several = rng.random(owners.count) < SEVERAL_NAMES_SHARE
    is_other = several[catalogue.account_ix[catalogue.release_first_ix]] & (
        rng.random(catalogue.release_first_ix.size) < 0.5
    )
    others = artist_names_drawn(languages_drawn(owners.country_ix, rng), rng)
    source_ix = catalogue.source_ix
    usual, other = artist_names.gather(catalogue.account_ix[source_ix]), others.gather(catalogue.account_ix[source_ix])
    return usual.zip_with(pl.Series(~is_other[catalogue.release_ix[source_ix]]), other)


def artists_called(owners: Owners, rng: Generator) -> pl.Series:
    """A name for each account's artist."""
    return artist_names_drawn(languages_drawn(owners.country_ix, rng), rng)


def languages(genre_ix: Int[Ints, " track"], spoken: pl.Series) -> pl.Series:
    """The language of each track's lyrics; null where nobody speaks."""
    instrumental = pl.Series(np.isin(genre_ix, (*SPOKEN_BY_NOBODY, *SLEEP_GENRES)))
    return spoken.set(instrumental, None)
