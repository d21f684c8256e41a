import numpy as np
import pytest
import torch
from small_platform import farmed_platform, relabelled

from graphfraud.config import ModelSettings
from graphfraud.graph.typed import Graph, edge_set, node_set
from graphfraud.model.field import PRECISION, field_of
from graphfraud.model.inputs import SageInputs, sage_inputs
from graphfraud.model.sage import GraphSage, SAGEConv
from graphfraud.vocabulary import ACCOUNT, LISTENER, MEAN, SUBJECT_KINDS, TRACK, Relation

SETTINGS = ModelSettings(hidden_count=8, layer_count=2, dropout_share=0.5)


def fresh_model(inputs: SageInputs, settings: ModelSettings = SETTINGS) -> GraphSage:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return GraphSage(inputs.schema, settings).to(PRECISION)


def all_logits(graph: Graph, model: GraphSage) -> dict[str, np.ndarray]:
    inputs = sage_inputs(graph)
    every_row = {kind: np.arange(len(seen)) for kind, seen in inputs.seen.items()}
    with torch.no_grad():
        logits = model.eval()(field_of(inputs, every_row, len(model.layers)).to("cpu"))
    return {kind: values.numpy() for kind, values in logits.items()}


def liked_graph(random: np.random.Generator) -> tuple[Graph, torch.Tensor]:
    """Fifty listeners and thirty tracks, edges of weight 1 and no damping; and the edges as PyG wants them."""
    source, target = np.nonzero(random.random((50, 30)) < 0.1)
    nodes = {
        kind: node_set(kind, [f"{n:02d}" for n in range(count)], ("a", "b", "c"), random.normal(size=(count, 3)))
        for kind, count in ((LISTENER, 50), (TRACK, 30))
    }
    liked = Relation(name="liked", source=LISTENER, target=TRACK, weight="1")
    edges = edge_set(liked, source, target, np.ones(len(source)), source_count=50, target_count=30)
    graph = Graph(as_of="2026-01-01T00:00:00+00:00", nodes=nodes, edges={"liked": edges})
    return graph, torch.from_numpy(np.stack([source, target]))


@pytest.mark.parametrize(("mean", "kind", "other"), [("liked_by", TRACK, LISTENER), ("liked", LISTENER, TRACK)])
def test_a_layer_says_what_pygs_own_convolution_says_edge_by_edge(mean: str, kind: str, other: str) -> None:
    graph, edge_index = liked_graph(np.random.default_rng(0))
    inputs = sage_inputs(graph)
    layer = fresh_model(inputs).layers[0]
    features = {of: seen[:, :3].to(PRECISION) for of, seen in inputs.seen.items()}
    theirs = SAGEConv((3, 3), 8, aggr="mean").to(PRECISION)
    theirs.load_state_dict(layer.convolutions[mean].state_dict())
    expected = theirs((features[other], features[kind]), edge_index if kind == TRACK else edge_index.flip(0))
    ours = layer.convolved(kind, inputs.seen[kind].to(PRECISION))
    torch.testing.assert_close(ours, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("layer_count", [1, 2, 3])
def test_new_ids_permute_the_logits_and_change_nothing_else(layer_count: int) -> None:
    graph = farmed_platform().graph
    model = fresh_model(sage_inputs(graph), ModelSettings(hidden_count=8, layer_count=layer_count))
    moved, new_ix = relabelled(graph, seed=3)
    before, after = all_logits(graph, model), all_logits(moved, model)
    for kind in SUBJECT_KINDS:
        np.testing.assert_allclose(after[kind][new_ix[kind]], before[kind], atol=1e-5)


@pytest.mark.parametrize("layer_count", [1, 2, 3])
def test_the_field_of_some_rows_gives_the_logits_of_the_whole_graph(layer_count: int) -> None:
    graph = farmed_platform().graph
    inputs = sage_inputs(graph)
    model = fresh_model(inputs, ModelSettings(hidden_count=8, layer_count=layer_count))
    rows = {ACCOUNT: np.array([3, 17]), TRACK: np.zeros(0, np.int64), LISTENER: np.array([0, 5, 399])}
    field = field_of(inputs, rows, layer_count).to("cpu")
    some, every = model.eval()(field), all_logits(graph, model)
    for kind, ix in rows.items():
        np.testing.assert_allclose(some[kind].detach(), every[kind][ix], atol=1e-9)


def test_dropout_takes_the_same_units_of_every_row() -> None:
    layer = fresh_model(sage_inputs(farmed_platform().graph)).layers[0].train()
    dropped = layer._dropped(torch.ones(100, 8))  # noqa: SLF001  # chance is hard to see from outside
    assert (dropped == dropped[0]).all()
    assert set(dropped[0].tolist()) <= {0.0, 2.0}


def test_shared_means_carry_messages_but_get_no_logit() -> None:
    graph = farmed_platform().graph
    model = fresh_model(sage_inputs(graph))
    assert set(all_logits(graph, model)) == set(SUBJECT_KINDS)
    alone = Graph(
        as_of=graph.as_of,
        nodes=graph.nodes,
        edges=graph.edges
        | {
            "account_used": edge_set(
                graph.edges["account_used"].relation,
                np.zeros(0, np.int64),
                np.zeros(0, np.int64),
                np.zeros(0),
                source_count=graph.nodes[ACCOUNT].count,
                target_count=graph.nodes[MEAN].count,
            )
        },
    )
    assert not np.allclose(all_logits(graph, model)[ACCOUNT], all_logits(alone, model)[ACCOUNT])
