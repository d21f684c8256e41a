"""A trained GraphSAGE on disk: weights as safetensors, and a manifest from which alone it can be rebuilt."""

import dataclasses
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from graphfraud.config import ModelSettings
from graphfraud.errors import InputRefused
from graphfraud.folders.manifest import MANIFEST, read_manifest, write_manifest
from graphfraud.model.field import PRECISION
from graphfraud.model.inputs import MeanOver, Schema
from graphfraud.model.sage import GraphSage
from graphfraud.model.train import TrainedSage

WEIGHTS: Final = "weights.safetensors"
WHAT: Final = "model checkpoint"


def write_checkpoint(folder: Path, trained: TrainedSage) -> None:
    """Write the model into `folder`, the manifest last."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(trained.module.state_dict(), folder / WEIGHTS)
    facts = {
        "schema": dataclasses.asdict(trained.schema),
        "settings": dataclasses.asdict(trained.settings),
        "seed": trained.seed,
    }
    write_manifest(folder, facts)


def read_checkpoint(folder: Path) -> TrainedSage:
    """The model that `write_checkpoint` left.

    Raises: UsageError for a newer format, InputRefused for a file that is missing or damaged.
    """
    facts = read_manifest(folder, WHAT)
    try:
        schema, settings = _schema(facts["schema"]), ModelSettings(**facts["settings"])
        module = GraphSage(schema, settings).to(PRECISION)
        seed = int(facts["seed"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputRefused(f"{folder / MANIFEST}: {WHAT} is damaged: {error}; train it again") from error
    try:
        module.load_state_dict(load_file(folder / WEIGHTS))
    except OSError as error:
        raise InputRefused(f"{folder / WEIGHTS}: missing from the {WHAT}; train it again") from error
    except (SafetensorError, RuntimeError) as error:
        raise InputRefused(
            f"{folder / WEIGHTS}: {WHAT} is damaged: these are not its weights; train it again"
        ) from error
    return TrainedSage(module=module.eval(), schema=schema, settings=settings, seed=seed)


def _schema(said: dict[str, Any]) -> Schema:
    return Schema(
        feature_names={kind: tuple(names) for kind, names in said["feature_names"].items()},
        means=tuple(MeanOver(**mean) for mean in said["means"]),
    )
