from pathlib import Path

import networkx as nx
from ringed_run import HOSTILE, manifest_of, ring_name, ringed_tables

from graphfraud.report.casefiles import case_files, payment_of
from graphfraud.report.graphml import ring_graph


def graph_of(**asked: str) -> "nx.MultiDiGraph[str]":
    tables = ringed_tables(2, 40, **asked)
    return ring_graph(case_files(tables, payment_of(manifest_of(tables)["identity"])))


def test_members_tracks_plays_and_shared_means_are_nodes_and_edges() -> None:
    graph = graph_of()
    edges = dict.fromkeys(("has_member", "uploaded", "streamed", "shares"), 0)
    for _, _, facts in graph.edges(data=True):
        edges[facts["kind"]] += 1
    assert edges == {"has_member": 41 + 11, "uploaded": 18, "streamed": 30 * 8, "shares": 6 + 2}
    assert graph.nodes[ring_name(0)]["ring_kind"] == "stream"
    assert graph.nodes["track:trk-000-000"]["title"] == "Rain on glass"
    assert graph.edges[ring_name(0), "account:acc-000-0", 0]["role"] == "operator"


def test_another_tool_reads_what_was_written_whatever_the_titles_are(tmp_path: Path) -> None:
    graph = graph_of(title=HOSTILE + "\x00\x1b")
    nx.write_graphml_xml(graph, tmp_path / "rings.graphml")
    again = nx.read_graphml(tmp_path / "rings.graphml")
    assert again.number_of_nodes() == graph.number_of_nodes()
    assert again.number_of_edges() == graph.number_of_edges()
    assert again.nodes["track:trk-000-000"]["title"] == HOSTILE + r"\x00\x1b"
