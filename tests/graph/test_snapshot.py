import json
from pathlib import Path

import numpy as np
import pytest
from small_platform import farmed_platform

from graphfraud.errors import InputRefused, UsageError
from graphfraud.graph.snapshot import graph_digest, read_graph, write_graph
from graphfraud.graph.typed import Graph, edge_set, node_set
from graphfraud.vocabulary import LISTENER, STREAMED, TRACK

FILES = ("listener.features.npy", "track.quantiles.npy", "account.ids_bytes.npy", "streamed.source_offsets.npy")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_graph(tmp_path / "graph", farmed_platform().graph)
    return tmp_path / "graph"


def changed_manifest(folder: Path, **facts: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


def test_a_graph_comes_back_with_its_digest(folder: Path) -> None:
    before, after = farmed_platform().graph, read_graph(folder)
    assert graph_digest(after) == graph_digest(before) == json.loads((folder / "manifest.json").read_text())["digest"]
    assert after.nodes[TRACK].ids() == before.nodes[TRACK].ids()
    assert after.nodes[TRACK].feature_names == before.nodes[TRACK].feature_names
    np.testing.assert_array_equal(after.edges["streamed"].weight, before.edges["streamed"].weight)


def test_a_graph_that_was_read_cannot_be_written_to(folder: Path) -> None:
    features = read_graph(folder).nodes[TRACK].features
    assert isinstance(features, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        features[0, 0] = 1.0


def test_a_graph_without_nodes_and_edges_comes_back(tmp_path: Path) -> None:
    nodes = {kind: node_set(kind, [], ("play_log",), np.zeros((0, 1))) for kind in (LISTENER, TRACK)}
    none = np.zeros(0, np.int64)
    edges = {"streamed": edge_set(STREAMED, none, none, none, source_count=0, target_count=0)}
    write_graph(tmp_path, Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges=edges))
    assert read_graph(tmp_path).nodes[TRACK].count == 0


def with_facts(shares: list[float]) -> Graph:
    nodes = {kind: node_set(kind, ["a", "b"], (), np.zeros((2, 0))) for kind in (LISTENER, TRACK)}
    facts = {"just_paid_share": np.array(shares, np.float32), "first_us": np.array([7, 2**50])}
    ends = np.array([1, 0]), np.array([0, 1])
    edges = edge_set(STREAMED, *ends, np.ones(2), source_count=2, target_count=2, facts=facts)
    return Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={"streamed": edges})


def test_facts_of_edges_come_back_in_the_order_of_the_edges(tmp_path: Path) -> None:
    before = with_facts([0.25, 0.5])
    write_graph(tmp_path, before)
    after = read_graph(tmp_path)
    assert after.edges["streamed"].facts["just_paid_share"].tolist() == [0.5, 0.25]
    assert after.edges["streamed"].facts["first_us"].tolist() == [2**50, 7]
    assert [fact.name for fact in after.edges["streamed"].relation.facts] == ["first_us", "just_paid_share"]
    assert graph_digest(after) == graph_digest(before) != graph_digest(with_facts([0.25, 0.75]))


def test_a_graph_without_facts_says_nothing_of_them(folder: Path) -> None:
    said = json.loads((folder / "manifest.json").read_text())
    assert not any("facts" in edges for edges in said["edges"].values())


def test_the_digest_hangs_on_every_value() -> None:
    assert graph_digest(farmed_platform(seed=1).graph) != graph_digest(farmed_platform(seed=2).graph)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputRefused, match=f"{name}: missing"):
        read_graph(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept_share", [0.0, 0.1, 0.9])
def test_a_truncated_file_is_named(folder: Path, name: str, kept_share: float) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: int(len(whole) * kept_share)])
    with pytest.raises(InputRefused, match=f"{name}: graph snapshot is damaged"):
        read_graph(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("at", [0, 8, 20, -1])
def test_a_file_with_one_changed_byte_is_named(folder: Path, name: str, at: int) -> None:
    garbled = bytearray((folder / name).read_bytes())
    garbled[at] ^= 0xFF
    (folder / name).write_bytes(garbled)
    with pytest.raises(InputRefused, match=f"{name}: graph snapshot is damaged"):
        read_graph(folder)


def test_names_are_held_to_the_digest_too(folder: Path) -> None:
    changed_manifest(folder, as_of="2027-01-01T00:00:00+00:00")
    with pytest.raises(InputRefused, match=r"manifest\.json: graph snapshot is damaged"):
        read_graph(folder)


@pytest.mark.parametrize("facts", [{"arrays": 3}, {"arrays": {}}, {"nodes": {"track": {}}}, {"edges": None}])
def test_a_manifest_that_lacks_its_facts_is_refused(folder: Path, facts: dict[str, object]) -> None:
    changed_manifest(folder, **facts)
    with pytest.raises(InputRefused, match=r"manifest\.json: graph snapshot is damaged"):
        read_graph(folder)


def test_a_newer_format_is_refused_by_name(folder: Path) -> None:
    changed_manifest(folder, format=2)
    with pytest.raises(UsageError, match="graph snapshot has format 2"):
        read_graph(folder)
