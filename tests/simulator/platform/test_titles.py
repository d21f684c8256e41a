"""What tracks and artists are called."""

import numpy as np
import polars as pl

from graphfraud.simulator.platform.owners import COUNTRIES
from graphfraud.simulator.platform.rows import picked
from graphfraud.simulator.platform.titles import (
    _plural,
    artist_names_drawn,
    isrcs_drawn,
    languages_drawn,
    permuted_titles,
    titles_drawn,
)

COUNT = 2_000


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_people_sing_in_their_countrys_language_or_in_english() -> None:
    german = languages_drawn(np.full(COUNT, COUNTRIES.index("DE")), rng())
    assert set(german) == {"de", "en"}
    assert 0.4 < (german == "de").mean() < 0.8


def test_titles_and_names_are_never_empty_and_meet_by_chance() -> None:
    language = languages_drawn(rng().integers(0, len(COUNTRIES), COUNT), rng())
    for called in (titles_drawn(language, rng()), artist_names_drawn(language, rng())):
        assert called.str.strip_chars().str.len_chars().min() > 0
        assert 0.3 < called.n_unique() / COUNT < 1


def test_titles_are_in_the_words_of_their_language() -> None:
    german, english = (titles_drawn(pl.Series([language] * COUNT), rng()) for language in ("de", "en"))
    words = [{word for title in titles for word in title.lower().split()} for titles in (german, english)]
    assert len(words[0] & words[1]) < 0.3 * min(map(len, words))


def test_permuted_titles_turn_the_words_of_few_phrases_around() -> None:
    titles = permuted_titles(300, phrase_count=4, rng=rng())
    assert len({tuple(sorted(title.split())) for title in titles}) == 4
    assert titles.n_unique() > 20


def test_isrcs_are_well_formed_different_and_now_and_then_missing() -> None:
    country = picked(COUNTRIES, rng().integers(0, len(COUNTRIES), COUNT))
    account_ix, uploaded_ms = np.arange(COUNT) // 4, 1_700_000_000_000 + np.arange(COUNT)  # November 2023
    codes = isrcs_drawn(country, account_ix, uploaded_ms, rng())
    assert codes.drop_nulls().str.contains(r"^[A-Z]{2}[A-Z0-9]{3}\d{7}$").all()
    assert codes.drop_nulls().is_unique().all()
    assert 0 < codes.null_count() < 0.05 * COUNT
    assert (codes.str.head(2) == country).drop_nulls().all()


def test_an_isrc_tells_its_accounts_registrant_and_the_year_of_the_upload() -> None:
    account_ix, uploaded_ms = np.repeat([0, 1], 50), np.full(100, 1_700_000_000_000)
    codes = isrcs_drawn(pl.Series(["SE"] * 100), account_ix, uploaded_ms, rng())
    given = codes.is_not_null()
    assert set(codes.filter(given).str.slice(5, 2)) == {"23"}
    for account in (0, 1):
        assert codes.filter(given & pl.Series(account_ix == account)).str.slice(2, 3).n_unique() == 1


def test_artists_are_many_things_in_good_english() -> None:
    assert _plural(pl.Series(["Ashes", "City", "Highway", "Echo"])).to_list() == [
        "Ashes",
        "Cities",
        "Highways",
        "Echos",
    ]
