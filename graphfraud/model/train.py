"""A GraphSAGE trained on labels of several kinds at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float, Int32, Int64
from torch import Tensor
from torch.nn.functional import softplus

from graphfraud.config import ModelSettings
from graphfraud.model.field import PRECISION, Field, Rows, field_of
from graphfraud.model.inputs import SageInputs, Schema
from graphfraud.model.sage import GraphSage

_DRAWING: Final = Lock()
"""Weights are drawn from torch's one global generator, by one thread at a time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Targets:
    """The labels of one node kind."""

    node_ix: Int32[np.ndarray, " label"]
    is_fraud: Bool[np.ndarray, " label"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainedSage:
    """A trained model and what is needed to use it again."""

    module: GraphSage
    schema: Schema
    settings: ModelSettings
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Aim:
    """Labels of one kind as a weighted sum of losses over a field's rows."""

    row_ix: Tensor
    sign: Tensor
    """+1 for fraud, -1 for legitimate."""
    weight: Tensor
    """A half in all for each class, whatever its size; nothing for a class without labels."""


def trained_sage(
    inputs: SageInputs,
    targets: Mapping[str, Targets],
    settings: ModelSettings,
    *,
    seed: int,
    device: str,
) -> TrainedSage:
    """The model that fits `targets` after `epoch_count` passes.

    The number of passes is fixed: labels come in few cases, so the loss on some of them rises long before
    the ranking of all others stops getting better. The same seed and thread count give the same weights;
    torch's random state stays as it was.
    """
    rows = {kind: np.unique(one.node_ix).astype(np.int64) for kind, one in sorted(targets.items())}
    field = field_of(inputs, rows, settings.layer_count).to(device)
    aims = _aims(targets, rows, device)
    module = _fresh_module(inputs.schema, settings, seed).to(device, PRECISION)
    with _deterministic(device):
        _fit(module, field, aims, settings)
    return TrainedSage(module=module.eval().cpu(), schema=inputs.schema, settings=settings, seed=seed)


def _aims(targets: Mapping[str, Targets], rows: Rows, device: str) -> dict[str, _Aim]:
    return {kind: _aim(one, rows[kind], device) for kind, one in sorted(targets.items())}


def _aim(targets: Targets, rows: Int64[np.ndarray, " row"], device: str) -> _Aim:
    fraud_count = int(targets.is_fraud.sum())
    class_count = np.where(targets.is_fraud, fraud_count, len(targets.is_fraud) - fraud_count)
    return _Aim(
        torch.from_numpy(np.searchsorted(rows, targets.node_ix)).to(device),
        torch.from_numpy(np.where(targets.is_fraud, 1.0, -1.0)).to(device, PRECISION),
        torch.from_numpy(0.5 / class_count).to(device, PRECISION),
    )


def _loss(logits: Mapping[str, Float[Tensor, " _row"]], aims: Mapping[str, _Aim]) -> Float[Tensor, ""]:
    """The mean over kinds of the class-balanced cross-entropy."""
    by_kind = [
        (softplus(-aim.sign * logits[kind].index_select(0, aim.row_ix)) * aim.weight).sum()
        for kind, aim in aims.items()
    ]
    return torch.stack(by_kind).mean()


def _fit(module: GraphSage, field: Field, aims: Mapping[str, _Aim], settings: ModelSettings) -> None:
    optimizer = torch.optim.AdamW(
        module.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    module.train()
    for _ in range(settings.epoch_count):
        optimizer.zero_grad()
        loss = _loss(module(field), aims)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimizer.step()


def _fresh_module(schema: Schema, settings: ModelSettings, seed: int) -> GraphSage:
    """A model with weights and dropout drawn from the seed; torch's own random state stays as it was."""
    with _DRAWING, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        module = GraphSage(schema, settings)
    module.chance.manual_seed(seed)
    return module


@contextmanager
def _deterministic(device: str) -> Iterator[None]:
    """Torch deterministic on a GPU while it lasts.

    What runs on a CPU here repeats as it is; torch's switch would only fill fresh memory, for a fifth
    of the time.
    """
    was_on = torch.are_deterministic_algorithms_enabled()
    only_warned = torch.is_deterministic_algorithms_warn_only_enabled()
    if device != "cpu":
        torch.use_deterministic_algorithms(mode=True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(mode=was_on, warn_only=only_warned)
