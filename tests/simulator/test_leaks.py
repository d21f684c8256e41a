"""No sign tells fraud by itself: what one side shows again and again, the other shows, too."""

import polars as pl
import pytest
from simulator.worlds import RING_KINDS, World, made_world

from graphfraud.simulator.cast import AskedAttack
from graphfraud.simulator.operations.knobs import Span

LARGE = 30
"""Rows or subjects from which on it is no accident that the other side, as large itself, has none of a value."""
PLAY_SIGNS = ("source", "client_id", "is_abroad", "has_context", "is_of_its_release")
SUBJECT_SIGNS = (
    ("account", "account_type"),
    ("account", "distributor_id"),
    ("account", "verified"),
    ("account", "name_count"),
    ("account", "has_login"),
    ("track", "contains_ai"),
    ("track", "upload_weekday"),
    ("track", "has_language"),
    ("release", "genre_count"),
    ("release", "artist_count"),
    ("listener", "plan"),
    ("listener", "has_login"),
    ("family", "size"),
    ("family", "country_count"),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Six rings of every attack that play little, so that there are many bots, and about 100,000 streams."""
    attacks = dict.fromkeys(RING_KINDS, AskedAttack(ring_count=6, ranges={"plays_per_day": Span(2, 8)}))
    return made_world(tmp_path_factory.mktemp("leaks") / "world", scale=0.015, seed=3, attacks=attacks)


@pytest.fixture(scope="module")
def plays(world: World) -> pl.DataFrame:
    """Every stream with its signs, and whether it is fraud."""
    home = world.feed["listeners"].select("listener_id", home="country")
    release = world.feed["tracks"].select("track_id", "release_id")
    found = world.plays.join(home, on="listener_id").join(release, on="track_id")
    return found.select(
        "source",
        "client_id",
        is_fraud="fake",
        is_abroad=pl.col("country") != pl.col("home"),
        has_context=pl.concat_str(pl.col("source"), pl.lit(" "), pl.col("context_id").is_not_null()),
        is_of_its_release=pl.when(source="album").then(pl.col("context_id") == pl.col("release_id")),
    )


@pytest.fixture(scope="module")
def subjects(world: World) -> dict[str, pl.DataFrame]:
    """Every account, track, release, listener and family with its signs, and whether it is fraud's.

    Only those that take part in a stream: of a ring, the others are not in the truth.
    """
    accounts, tracks, listeners = (_told(world, kind) for kind in ("account", "track", "listener"))
    names = tracks.group_by("account_id").agg(name_count=pl.col("artist_name").n_unique())
    told = {
        "account": accounts.join(names, on="account_id", how="left"),
        "track": tracks.with_columns(
            upload_weekday=pl.col("uploaded_at").dt.weekday(), has_language=pl.col("language").is_not_null()
        ),
        "release": tracks.group_by("release_id").agg(
            genre_count=pl.col("genre").n_unique(),
            artist_count=pl.col("artist_name").n_unique(),
            account_count=pl.col("account_id").n_unique(),
            is_fraud=pl.col("is_fraud").any(),
            takes_part=pl.col("takes_part").any(),
        ),
        "listener": listeners,
        "family": listeners.drop_nulls("plan_group_hash")
        .group_by("plan_group_hash")
        .agg(
            size=pl.len(),
            country_count=pl.col("country").n_unique(),
            is_fraud=pl.col("is_fraud").any(),
            takes_part=pl.col("takes_part").any(),
        ),
    }
    return {kind: rows.filter("takes_part") for kind, rows in told.items()}


def _told(world: World, kind: str) -> pl.DataFrame:
    """The subjects of a kind, whether they log in, take part in a stream, and are of a ring."""
    logins = world.feed["logins"].filter(subject_kind=kind)["subject_id"]
    streams = world.feed["streams"].join(world.feed["tracks"].select("track_id", "account_id"), on="track_id")
    those = {"is_fraud": world.in_rings(kind), "has_login": logins, "takes_part": streams[f"{kind}_id"].unique()}
    subject_id = pl.col(f"{kind}_id")
    return world.feed[f"{kind}s"].with_columns(
        subject_id.is_in(ids.implode()).alias(name) for name, ids in those.items()
    )


def one_sided(rows: pl.DataFrame, sign: str) -> list[tuple[object, ...]]:
    """The values that one side shows often and the other never: value, fraud, honest."""
    counted = rows.group_by(sign).agg(fraud=pl.col("is_fraud").sum(), honest=(~pl.col("is_fraud")).sum())
    most, least = pl.max_horizontal("fraud", "honest"), pl.min_horizontal("fraud", "honest")
    return counted.filter(most >= LARGE, least == 0).rows()


def test_the_world_has_much_of_both_sides(plays: pl.DataFrame, subjects: dict[str, pl.DataFrame]) -> None:
    least = {"account": 100, "track": 400, "release": 200, "listener": 300, "family": LARGE}
    for rows, count in [(plays, 10_000), *((subjects[kind], count) for kind, count in least.items())]:
        assert min(rows["is_fraud"].sum(), (~rows["is_fraud"]).sum()) >= count


@pytest.mark.parametrize("sign", PLAY_SIGNS)
def test_no_sign_of_a_play_tells_fraud_by_itself(plays: pl.DataFrame, sign: str) -> None:
    assert one_sided(plays, sign) == []


@pytest.mark.parametrize(("kind", "sign"), SUBJECT_SIGNS)
def test_no_sign_of_a_subject_tells_fraud_by_itself(subjects: dict[str, pl.DataFrame], kind: str, sign: str) -> None:
    assert one_sided(subjects[kind], sign) == []


def test_plays_come_from_somewhere_exactly_where_their_source_is_a_place(world: World) -> None:
    streams = world.feed["streams"]
    is_place = streams["source"].is_in(["playlist", "album", "radio", "autoplay"])
    assert (streams["context_id"].is_not_null() == is_place).all()
    assert 0 < is_place.sum() < streams.height


def test_album_plays_are_of_the_tracks_release_and_some_are_of_a_rings(world: World) -> None:
    releases = world.feed["tracks"].select("track_id", "release_id")
    albums = world.plays.filter(source="album").join(releases, on="track_id")
    assert (albums["context_id"] == albums["release_id"]).all()
    of_rings = albums["track_id"].is_in(world.in_rings("track").implode())
    assert of_rings.sum() >= LARGE
    assert (of_rings & ~albums["fake"]).any()


def test_a_release_is_of_one_account(subjects: dict[str, pl.DataFrame]) -> None:
    assert set(subjects["release"]["account_count"]) == {1}


def test_nobody_logs_in_outside_the_window(world: World) -> None:
    days = world.feed["streams"]["received_at"].dt.date()
    logged_in = world.feed["logins"]["at"].dt.date()
    assert logged_in.is_between(days.min(), days.max()).all()


def test_a_sign_of_one_side_is_found() -> None:
    rows = pl.DataFrame(
        {
            "sign": ["often"] * LARGE + ["both", "both"] + [None] * LARGE,
            "is_fraud": [True] * LARGE + [True] + [False] * (LARGE + 1),
        }
    )
    assert sorted(one_sided(rows, "sign"), key=str) == [("often", LARGE, 0), (None, 0, LARGE)]
