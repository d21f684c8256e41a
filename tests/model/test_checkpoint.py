import json
from pathlib import Path

import numpy as np
import pytest
from small_platform import farmed_platform

from graphfraud.config import ModelSettings
from graphfraud.errors import InputRefused, UsageError
from graphfraud.graph.typed import Graph, node_set
from graphfraud.model.checkpoint import read_checkpoint, write_checkpoint
from graphfraud.model.infer import sage_logits
from graphfraud.model.inputs import sage_inputs
from graphfraud.model.train import Targets, TrainedSage, trained_sage
from graphfraud.vocabulary import LISTENER, TRACK

PLATFORM = farmed_platform()


@pytest.fixture(scope="module")
def trained() -> TrainedSage:
    one = PLATFORM.labels(range(3))[TRACK]
    targets = {TRACK: Targets(node_ix=one.node_ix, is_fraud=one.is_fraud)}
    settings = ModelSettings(hidden_count=8, epoch_count=3)
    return trained_sage(sage_inputs(PLATFORM.graph), targets, settings, seed=5, device="cpu")


@pytest.fixture
def folder(tmp_path: Path, trained: TrainedSage) -> Path:
    write_checkpoint(tmp_path / "model", trained)
    return tmp_path / "model"


def test_a_model_comes_back_whole(folder: Path, trained: TrainedSage) -> None:
    again = read_checkpoint(folder)
    assert (again.schema, again.settings, again.seed) == (trained.schema, trained.settings, trained.seed)
    before, after = sage_logits(trained, PLATFORM.graph), sage_logits(again, PLATFORM.graph)
    for kind, logits in before.items():
        np.testing.assert_array_equal(after[kind], logits)


def test_a_newer_format_is_refused_by_name(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 7}))
    with pytest.raises(UsageError, match="model checkpoint has format 7"):
        read_checkpoint(folder)


def test_settings_of_another_make_are_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"settings": {"hidden_count": "many"}}))
    with pytest.raises(InputRefused, match=r"manifest\.json: model checkpoint is damaged"):
        read_checkpoint(folder)


def test_missing_weights_are_named(folder: Path) -> None:
    (folder / "weights.safetensors").unlink()
    with pytest.raises(InputRefused, match=r"weights\.safetensors: missing"):
        read_checkpoint(folder)


def test_truncated_weights_are_named(folder: Path) -> None:
    path = folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(InputRefused, match=r"weights\.safetensors: model checkpoint is damaged"):
        read_checkpoint(folder)


def test_a_graph_with_other_features_is_refused_with_the_nearest_name(trained: TrainedSage) -> None:
    old = PLATFORM.graph.nodes[LISTENER]
    names = ("play_logs", *old.feature_names[1:])
    renamed = node_set(LISTENER, old.ids(), names, old.features)
    graph = Graph(
        as_of=PLATFORM.graph.as_of, nodes={**PLATFORM.graph.nodes, LISTENER: renamed}, edges=PLATFORM.graph.edges
    )
    with pytest.raises(UsageError, match="listener feature 'play_log', which the graph lacks: 'play_logs' is there"):
        sage_logits(trained, graph)


def test_a_graph_without_one_of_the_relations_is_refused(trained: TrainedSage) -> None:
    edges = {name: one for name, one in PLATFORM.graph.edges.items() if name != "account_used"}
    graph = Graph(as_of=PLATFORM.graph.as_of, nodes=PLATFORM.graph.nodes, edges=edges)
    with pytest.raises(UsageError, match="other features or relations"):
        sage_logits(trained, graph)
