"""Who comes on after the honest platform: attacks, and honest people who look like them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.operations.knobs import Care, Knobs, Span
from graphfraud.simulator.platform.rows import Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An attack; `entered` is called once for each of its rings."""

    kind: str
    entered: Callable[[Stage, Numbers, Knobs, Generator], Act]
    ranges: Mapping[str, Span | Care]
    """Of the knobs in which it differs from the usual attack."""
    per_scale: float = 2
    """Rings on a platform of scale 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """Honest people who look like an attack; `entered` is called once for each of their groups."""

    kind: str
    entered: Callable[[Stage, Numbers, Generator], Act]
    per_scale: float = 4
    """Groups on a platform of scale 1."""
