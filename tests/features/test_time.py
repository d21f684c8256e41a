"""Nothing at or after the end of a subject changes its features: neither what comes later, nor that nothing comes."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from conftest import FIRST_DAY, Tables
from features.admit import AS_OF, admitted_tables
from features.rich_tables import rich_tables
from features.test_snapshot import same
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.config import FeatureSettings
from graphfraud.vocabulary import ACCOUNT, LISTENER, STREAMED, TRACK
from graphfraud_features.snapshot import GraphTables, graph_tables
from graphfraud_features.view import scoring_view, training_view

LABEL_DAY = FIRST_DAY + timedelta(days=4)
JUDGED = [(LISTENER, "lis-07"), (TRACK, "trk-16"), (ACCOUNT, "acc-2")]
LATER = st.integers(0, 20_000).map(lambda minutes: AS_OF + timedelta(minutes=minutes))


def both(tables: Tables) -> tuple[GraphTables, GraphTables]:
    """The graph to score and the graph to learn from."""
    with TemporaryDirectory() as folder:
        events, _ = admitted_tables(Path(folder), tables)
        return graph_tables(scoring_view(events), FeatureSettings()), graph_tables(
            training_view(events), FeatureSettings()
        )


@st.composite
def later_rows(draw: st.DrawFn) -> Tables:
    """Rows of every table at or after `as_of`, by known and by new subjects, on known means."""
    tables = rich_tables()

    def some(name: str, *keys: str, times: list[str]) -> pl.DataFrame:
        """Rows of a table at later instants, some of them under new keys."""
        rows = tables[name][sorted(draw(st.sets(st.integers(0, tables[name].height - 1), min_size=1, max_size=6)))]
        at = draw(st.lists(LATER, min_size=rows.height, max_size=rows.height))
        late = rows.with_columns(pl.Series(time, at, dtype=pl.Datetime("us", "UTC")) for time in times)
        return late.with_columns(("later-" + pl.col(key)).alias(key) for key in keys)

    named = pl.DataFrame({"subject_kind": [LISTENER, TRACK, ACCOUNT], "subject_id": ["lis-03", "trk-09", "acc-1"]})
    decided = draw(st.lists(LATER, min_size=3, max_size=3))
    listeners = some("listeners", "listener_id", times=["created_at"])
    streams = some("streams", "stream_id", times=["started_at"])
    newcomer = pl.lit(listeners["listener_id"][0])
    theirs = streams.with_columns(listener_id=newcomer, stream_id="new-" + pl.col("stream_id"))
    return {
        "accounts": some("accounts", "account_id", times=["created_at"]),
        "tracks": some("tracks", "track_id", times=["uploaded_at"]),
        "listeners": listeners,
        "streams": pl.concat([streams, theirs]),
        "logins": some("logins", times=["at"]),
        "labels": named.with_columns(
            pl.Series("decided_at", decided, dtype=pl.Datetime("us", "UTC")), label=pl.lit("fraud"), source=pl.lit("x")
        ),
    }


@given(later_rows())
@settings(max_examples=8, deadline=None)
def test_rows_of_any_table_at_or_after_as_of_change_nothing(later: Tables) -> None:
    tables = rich_tables()
    more = {name: pl.concat([tables[name], rows]) if name in tables else rows for name, rows in later.items()}
    assert all(same(one, other) for one, other in zip(both(tables), both({**tables, **more}), strict=True))


def labelled(tables: Tables, kind: str, subject: str) -> Tables:
    label = {"subject_kind": [kind], "subject_id": [subject], "label": ["fraud"], "source": ["review"]}
    decided = pl.Series("decided_at", [LABEL_DAY], dtype=pl.Datetime("us", "UTC"))
    return {**tables, "labels": pl.DataFrame(label).with_columns(decided)}


def until_label(tables: Tables) -> Tables:
    return {
        **tables,
        "streams": tables["streams"].filter(pl.col("started_at") < LABEL_DAY),
        "logins": tables["logins"].filter(pl.col("at") < LABEL_DAY),
    }


@pytest.mark.parametrize(("kind", "subject"), JUDGED)
def test_a_takedown_is_learned_from_as_if_the_feed_ended_at_its_label(kind: str, subject: str) -> None:
    short = until_label(rich_tables())
    with TemporaryDirectory() as folder:
        events, _ = admitted_tables(Path(folder), short, as_of=LABEL_DAY)
        ended = graph_tables(scoring_view(events), FeatureSettings()).nodes[kind]
    scored, learned = (made.nodes[kind] for made in both(labelled(short, kind, subject)))
    asked = pl.col(f"{kind}_id") == subject
    assert learned.filter(asked).equals(ended.filter(asked))
    assert not scored.filter(asked).equals(ended.filter(asked)), "seven days of silence are seen when it is scored"


def with_upload(tables: Tables, at: datetime, account: str, title: str) -> Tables:
    """The tables with a track more."""
    more = (
        tables["tracks"]
        .head(1)
        .with_columns(track_id=pl.lit("late"), account_id=pl.lit(account), title=pl.lit(title), uploaded_at=pl.lit(at))
    )
    return {**tables, "tracks": pl.concat([tables["tracks"], more.cast(dict(tables["tracks"].schema))])}


def rows_of(made: GraphTables, kind: str, ids: list[str]) -> pl.DataFrame:
    return made.nodes[kind].filter(pl.col(f"{kind}_id").is_in(ids))


def ended_at_label(tables: Tables) -> GraphTables:
    """The graph to score of a feed that ends where the label is."""
    with TemporaryDirectory() as folder:
        events, _ = admitted_tables(Path(folder), until_label(tables), as_of=LABEL_DAY)
        return graph_tables(scoring_view(events), FeatureSettings())


OWN_TRACKS = [f"trk-{n}" for n in range(16, 24)]
"""Those of acc-2."""


def test_a_labelled_accounts_tracks_are_learned_as_if_the_feed_ended_at_its_label() -> None:
    short = until_label(rich_tables())
    scored, learned = both(labelled(short, ACCOUNT, "acc-2"))
    # Whoever was never played has the platform's medians, and the platform goes on.
    heard = sorted(set(OWN_TRACKS) & set(short["streams"]["track_id"]))
    ended = rows_of(ended_at_label(short), TRACK, heard)
    assert ended.height == 4
    assert rows_of(learned, TRACK, heard).equals(ended)
    assert not rows_of(scored, TRACK, heard).equals(ended)


def test_what_neighbours_see_of_a_labelled_account_is_what_lay_before_its_label() -> None:
    tables = rich_tables()
    _, learned = both(labelled(tables, ACCOUNT, "acc-2"))
    seen, ended = (plays_of(made, OWN_TRACKS) for made in (learned, ended_at_label(tables)))
    assert 0 < ended.height < plays_of(both(tables)[0], OWN_TRACKS).height
    assert seen.equals(ended)


def plays_of(made: GraphTables, tracks: list[str]) -> pl.DataFrame:
    """The streamed edges of some tracks with all that they tell, by id."""
    edges = next(one for one in made.edges if one.relation == STREAMED)
    listeners, named = made.nodes[LISTENER]["listener_id"], made.nodes[TRACK]["track_id"]
    rows = pl.DataFrame(
        {
            "listener_id": listeners.gather(edges.source_ix),
            "track_id": named.gather(edges.target_ix),
            "plays": edges.weight,
            **edges.facts,
        }
    )
    return rows.filter(pl.col("track_id").is_in(tracks))


@pytest.mark.parametrize(("kind", "subject"), JUDGED[1:])
def test_titles_that_others_upload_after_a_label_are_no_sign_of_what_it_judged(kind: str, subject: str) -> None:
    tables = rich_tables()
    tables["tracks"] = tables["tracks"].with_columns(title=pl.col("track_id"))
    tables = labelled(tables, kind, subject)
    late = with_upload(tables, LABEL_DAY, "acc-5", "trk-16")
    early = with_upload(tables, LABEL_DAY - timedelta(seconds=1), "acc-5", "trk-16")
    judged = [rows_of(both(each)[1], kind, [subject])["same_title_log"].item() for each in (tables, late, early)]
    assert judged[0] == judged[1] == 0.0 < judged[2]
    assert rows_of(both(late)[1], TRACK, ["trk-16"])["same_title_log"].item() == 0.0


def test_a_twin_uploaded_after_the_label_makes_no_repeated_title() -> None:
    tables = rich_tables()
    tables["tracks"] = tables["tracks"].with_columns(title=pl.col("track_id"))
    twin = with_upload(tables, LABEL_DAY + timedelta(days=2), "acc-2", "trk-16")
    scored, learned = both(labelled(twin, ACCOUNT, "acc-2"))
    assert rows_of(learned, ACCOUNT, ["acc-2"])["own_title_share"].item() == 0.0
    assert rows_of(scored, ACCOUNT, ["acc-2"])["own_title_share"].item() == 2 / 9


def test_a_labelled_accounts_tracks_keep_the_names_that_they_had() -> None:
    tables = rich_tables()
    renamed = tables["tracks"].with_columns(
        title=pl.when(pl.col("account_id") == "acc-2").then(pl.lit("removed")).otherwise("title"),
        duration_ms=pl.lit(1_000, pl.Int64),
        recorded_at=pl.lit(LABEL_DAY + timedelta(hours=1)),
    )
    named = tables["tracks"].with_columns(recorded_at=pl.lit(LABEL_DAY - timedelta(days=1)))
    label = labelled({**tables, "tracks": named}, ACCOUNT, "acc-2")
    taken_down = {**label, "tracks": pl.concat([named, renamed])}
    before, after = (rows_of(both(each)[1], TRACK, OWN_TRACKS) for each in (label, taken_down))
    assert before.select("duration_log", "same_title_log").equals(after.select("duration_log", "same_title_log"))


@pytest.mark.parametrize(("kind", "subject"), JUDGED)
def test_no_window_of_a_labelled_subject_sees_its_silence(kind: str, subject: str) -> None:
    tables = rich_tables()
    own = {LISTENER: ["lis-07"], TRACK: ["trk-16"], ACCOUNT: [f"trk-{n}" for n in range(16, 24)]}[kind]
    plays = tables["streams"].filter(pl.col("listener_id" if kind == LISTENER else "track_id").is_in(own))
    before = plays.filter(pl.col("started_at") < LABEL_DAY)
    last_day = before.filter(pl.col("started_at") >= LABEL_DAY - timedelta(days=1))
    assert 0 < last_day.height < before.height < plays.height
    _, learned = both(labelled(tables, kind, subject))
    row = learned.nodes[kind].row(by_predicate=pl.col(f"{kind}_id") == subject, named=True)
    assert row["plays_1d_share"] == last_day.height / before.height
    assert row["plays_7d_share"] == row["plays_28d_share"] == 1.0


def test_whoever_played_a_labelled_account_is_not_seen_to_fall_silent_with_it() -> None:
    tables = rich_tables()
    own = pl.col("track_id").is_in([f"trk-{n}" for n in range(16, 24)])
    fan = (
        tables["streams"]
        .filter(own)
        .with_columns(listener_id=pl.lit("fan"), stream_id="fan-" + pl.col("stream_id"), device_id=pl.lit("fan"))
    )
    tables["streams"] = pl.concat([tables["streams"], fan])
    fans = tables["listeners"].head(1).with_columns(listener_id=pl.lit("fan"))
    tables["listeners"] = pl.concat([tables["listeners"], fans])
    before = fan.filter(pl.col("started_at") < LABEL_DAY)
    last_day = before.filter(pl.col("started_at") >= LABEL_DAY - timedelta(days=1))
    _, learned = both(labelled(tables, ACCOUNT, "acc-2"))
    row = learned.nodes[LISTENER].row(by_predicate=pl.col("listener_id") == "fan", named=True)
    assert row["plays_1d_share"] == last_day.height / before.height > 0
