"""Which part of a platform goes in when not all of it does: rings, what surrounds them, and a sample."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from loaded_run import FIRST_RING, write_rich_feed, write_run

from graphfraud.graph.typed import EdgeSet, Graph, edge_set, node_set
from graphfraud.neo4j.projection import scope
from graphfraud.neo4j.projection.projected import Projection, projection
from graphfraud.neo4j.projection.scope import RARE_USERS, around_rings
from graphfraud.vocabulary import (
    ACCOUNT,
    ACCOUNT_USED,
    LISTENER,
    LISTENER_USED,
    MEAN,
    RELATIONS,
    RELEASE,
    RELEASED,
    STREAMED,
    TRACK,
    UPLOADED,
    Relation,
)

Pairs = Sequence[tuple[str, str]]
CROWD = [f"crowd-{n:03d}" for n in range(RARE_USERS)]
"""With one more listener or user they make a hub."""


def town(edges: dict[Relation, Pairs]) -> Graph:
    """A graph of what the pairs name."""
    names: dict[str, set[str]] = {kind: set() for kind in (ACCOUNT, TRACK, LISTENER, MEAN, RELEASE)}
    for relation, pairs in edges.items():
        names[relation.source] |= {source for source, _ in pairs}
        names[relation.target] |= {target for _, target in pairs}
    ids = {kind: sorted(found) for kind, found in names.items()}
    nodes = {kind: node_set(kind, found, (), np.zeros((len(found), 0))) for kind, found in ids.items()}
    made = {each.name: _edges(each, edges.get(each, ()), ids) for each in RELATIONS}
    return Graph(as_of="2026-10-01T00:00:00Z", nodes=nodes, edges=made)


def _edges(relation: Relation, pairs: Pairs, ids: dict[str, list[str]]) -> EdgeSet:
    sources, targets = ids[relation.source], ids[relation.target]
    return edge_set(
        relation,
        np.array([sources.index(source) for source, _ in pairs], np.int64),
        np.array([targets.index(target) for _, target in pairs], np.int64),
        np.ones(len(pairs)),
        source_count=len(sources),
        target_count=len(targets),
        facts={fact.name: np.zeros(len(pairs)) for fact in relation.facts},
    )


def kept(graph: Graph, *members: tuple[str, str], seed: int = 0) -> dict[str, set[str]]:
    """The ids that are kept around a ring of such members, by kind; kinds of which nothing is kept are left out."""
    rows = pl.DataFrame(list(members), schema={"subject_kind": pl.String, "subject_id": pl.String}, orient="row")
    masks = around_rings(graph, rows, seed=seed)
    ids = {
        kind: {one for one, stays in zip(graph.nodes[kind].ids(), mask, strict=True) if stays}
        for kind, mask in masks.items()
    }
    return {kind: found for kind, found in ids.items() if found}


@pytest.fixture
def _no_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "CONTROL_COUNT", 0)


@pytest.mark.usefixtures("_no_sample")
def test_members_are_kept_and_nobody_else_where_nothing_ties_them() -> None:
    graph = town({STREAMED: [("bot", "song"), ("fan", "hit")], UPLOADED: [("owner", "song"), ("other", "hit")]})
    assert kept(graph, (LISTENER, "bot"), (TRACK, "song"), (ACCOUNT, "owner")) == {
        LISTENER: {"bot"},
        TRACK: {"song"},
        ACCOUNT: {"owner"},
    }


@pytest.mark.usefixtures("_no_sample")
def test_without_rings_nothing_is_kept() -> None:
    assert kept(town({STREAMED: [("fan", "hit")], UPLOADED: [("owner", "hit")]})) == {}


@pytest.mark.usefixtures("_no_sample")
def test_who_shares_a_rare_track_with_a_bot_is_kept_and_who_shares_with_them_is_not() -> None:
    plays = [("bot", "rare"), ("second", "rare"), ("second", "next"), ("third", "next")]
    graph = town({STREAMED: plays, UPLOADED: [("owner", "rare"), ("other", "next")]})
    assert kept(graph, (LISTENER, "bot")) == {LISTENER: {"bot", "second"}, TRACK: {"rare"}, ACCOUNT: {"owner"}}


@pytest.mark.usefixtures("_no_sample")
def test_who_shares_a_rare_device_with_a_member_is_kept_account_or_listener() -> None:
    graph = town(
        {
            LISTENER_USED: [("bot", "device:1"), ("second", "device:1"), ("second", "device:2"), ("third", "device:2")],
            ACCOUNT_USED: [("owner", "device:1"), ("owner", "payee:1"), ("partner", "payee:1")],
        }
    )
    found = kept(graph, (LISTENER, "bot"))
    assert found == {LISTENER: {"bot", "second"}, ACCOUNT: {"owner"}, MEAN: {"device:1", "device:2", "payee:1"}}
    assert kept(graph, (ACCOUNT, "partner"))[ACCOUNT] == {"owner", "partner"}


@pytest.mark.usefixtures("_no_sample")
def test_what_a_member_uploaded_is_kept_with_those_who_play_it() -> None:
    graph = town({UPLOADED: [("owner", "song")], STREAMED: [("fan", "song")], RELEASED: [("album", "song")]})
    assert kept(graph, (ACCOUNT, "owner")) == {
        ACCOUNT: {"owner"},
        TRACK: {"song"},
        LISTENER: {"fan"},
        RELEASE: {"album"},
    }


@pytest.mark.usefixtures("_no_sample")
def test_what_lies_behind_a_hit_or_a_crowded_address_is_not_kept() -> None:
    crowd = ["bot", *CROWD]
    graph = town(
        {
            STREAMED: [(one, "hit") for one in crowd],
            LISTENER_USED: [(one, "address:1") for one in crowd],
            UPLOADED: [("star", "hit")],
        }
    )
    assert kept(graph, (LISTENER, "bot")) == {LISTENER: {"bot"}}
    assert kept(graph, (TRACK, "hit")) == {TRACK: {"hit"}, ACCOUNT: {"star"}}


@pytest.mark.usefixtures("_no_sample")
def test_as_many_as_are_rare_are_kept_all() -> None:
    crowd = ["bot", *CROWD[1:]]
    graph = town({STREAMED: [(one, "song") for one in crowd], UPLOADED: [("owner", "song")]})
    assert kept(graph, (LISTENER, "bot"))[LISTENER] == set(crowd)


@pytest.mark.usefixtures("_no_sample")
def test_users_of_both_kinds_make_a_crowd_together() -> None:
    graph = town({LISTENER_USED: [(one, "address:1") for one in CROWD], ACCOUNT_USED: [("owner", "address:1")]})
    assert kept(graph, (ACCOUNT, "owner")) == {ACCOUNT: {"owner"}}


@pytest.mark.usefixtures("_no_sample")
def test_the_owner_of_a_kept_track_is_kept_but_not_the_rest_of_its_catalogue() -> None:
    uploads = [("owner", "song"), ("owner", "other song")]
    graph = town({UPLOADED: uploads, STREAMED: [("bot", "song"), ("fan", "other song")]})
    assert kept(graph, (LISTENER, "bot")) == {LISTENER: {"bot"}, TRACK: {"song"}, ACCOUNT: {"owner"}}


def test_the_sample_is_bounded_drawn_by_the_seed_and_comes_with_what_it_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "CONTROL_COUNT", 3)
    songs = [(one, f"song of {one}") for one in CROWD]
    graph = town({STREAMED: [("bot", "song"), *songs], UPLOADED: [("owner", track) for _, track in songs]})
    first = kept(graph, (LISTENER, "bot"), seed=1)
    assert first == kept(graph, (LISTENER, "bot"), seed=1)
    assert first[LISTENER] != kept(graph, (LISTENER, "bot"), seed=2)[LISTENER]
    drawn = first[LISTENER] - {"bot"}
    assert len(drawn) == 3
    assert first[ACCOUNT] == {"owner"}
    assert {f"song of {one}" for one in drawn} <= first[TRACK]


def test_of_a_platform_smaller_than_the_sample_everybody_is_kept() -> None:
    graph = town({STREAMED: [("bot", "song"), ("fan", "hit")], UPLOADED: [("owner", "song"), ("other", "hit")]})
    assert kept(graph) == {LISTENER: {"bot", "fan"}, TRACK: {"song", "hit"}, ACCOUNT: {"owner", "other"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose ring is a part of it only."""
    place = tmp_path_factory.mktemp("scope")
    return write_run(write_rich_feed(place / "feed"), place / "run", day=7, rings=(FIRST_RING,))


def counts(projected: Projection) -> dict[str, int]:
    counted: dict[str, int] = {}
    for nodes in projected.nodes:
        counted[nodes.label.name] = counted.get(nodes.label.name, 0) + nodes.rows.height
    for facts in projected.facts:
        rows = sum(rows.height for rows in facts.rows.slices())
        assert rows == facts.rows.count
        counted[facts.type.name] = counted.get(facts.type.name, 0) + rows
    return counted


def test_what_is_taken_and_what_is_left_out_add_up_to_the_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "CONTROL_COUNT", 2)
    monkeypatch.setattr(scope, "RARE_USERS", 3)
    whole, taken = projection(folder, "all"), projection(folder, "rings")
    assert whole.left_out == {}
    assert taken.left_out["Listener"] > 0
    assert taken.left_out["STREAMED"] > 0
    assert {name: count + taken.left_out.get(name, 0) for name, count in counts(taken).items()} == counts(whole)


def test_nothing_is_taken_twice_and_every_end_is_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "CONTROL_COUNT", 2)
    monkeypatch.setattr(scope, "RARE_USERS", 3)
    taken = projection(folder, "rings")
    there: dict[str, set[str]] = {"Run": set(), "Ring": set(taken.rings(1)["ring_key"])}
    for nodes in taken.nodes:
        ids = nodes.rows[nodes.label.key].to_list()
        assert ids == sorted(set(ids))
        there.setdefault(nodes.label.keyed, set()).update(ids)
    for table in (*taken.facts, *taken.judgements(1)):
        rows = pl.concat(rows.select("source", "target") for rows in table.rows.slices()) if table.rows.count else None
        if rows is not None:
            assert not rows.is_duplicated().any()
            assert set(rows["target"]) <= there[table.target.label]
            assert table.source.label == "Run" or set(rows["source"]) <= there[table.source.label]
