"""The logits that a trained GraphSAGE gives."""

import numpy as np
import torch
from jaxtyping import Float64

from graphfraud.errors import UsageError, nearest
from graphfraud.graph.typed import Graph
from graphfraud.model.field import Rows, field_of
from graphfraud.model.inputs import SageInputs, Schema, sage_inputs
from graphfraud.model.train import TrainedSage


def sage_logits(trained: TrainedSage, graph: Graph, *, device: str = "cpu") -> dict[str, Float64[np.ndarray, " _node"]]:
    """The logit of fraud of every node, by kind.

    Raises: UsageError when the graph's features or relations are not those that the model was trained on.
    """
    inputs = sage_inputs(graph)
    every_row = {kind: np.arange(len(values)) for kind, values in inputs.seen.items()}
    return logits_at(trained, inputs, every_row, device=device)


def logits_at(
    trained: TrainedSage, inputs: SageInputs, rows: Rows, *, device: str
) -> dict[str, Float64[np.ndarray, " _row"]]:
    """The logits of some rows, by kind; `rows` are sorted.

    Raises: UsageError as `sage_logits` does.
    """
    _refuse_other_schema(trained.schema, inputs.schema)
    field = field_of(inputs, rows, trained.settings.layer_count).to(device)
    module = trained.module.to(device).eval()
    with torch.no_grad():
        logits = module(field)
    module.cpu()
    return {kind: values.cpu().numpy() for kind, values in logits.items() if kind in rows}


def _refuse_other_schema(trained: Schema, found: Schema) -> None:
    for kind, names in trained.feature_names.items():
        for name in names:
            if name not in found.feature_names.get(kind, ()):
                near = nearest(name, found.feature_names.get(kind, ()))
                hint = f": {near!r} is there" if near else ""
                raise UsageError(
                    f"the model reads {kind} feature {name!r}, which the graph lacks{hint}; train it again"
                )
    if trained != found:
        raise UsageError("the graph has other features or relations than the model was trained on: train it again")
