"""Names of nodes, edges and what they carry, declared once."""

from dataclasses import dataclass
from typing import Final

ACCOUNT: Final = "account"
TRACK: Final = "track"
LISTENER: Final = "listener"
MEAN: Final = "mean"
"""A shared means: one device, address, payee or plan group that two or more subjects use."""

SUBJECT_KINDS: Final = (ACCOUNT, TRACK, LISTENER)
ID_COLUMN: Final = {ACCOUNT: "account_id", TRACK: "track_id", LISTENER: "listener_id", MEAN: "mean_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One kind of edge: a past verb from a source kind to a target kind."""

    name: str
    source: str
    target: str
    weight: str
    """What the edge's weight counts, with its unit."""


UPLOADED: Final = Relation(name="uploaded", source=ACCOUNT, target=TRACK, weight="1")
STREAMED: Final = Relation(name="streamed", source=LISTENER, target=TRACK, weight="plays, count")
ACCOUNT_USED: Final = Relation(name="account_used", source=ACCOUNT, target=MEAN, weight="1")
LISTENER_USED: Final = Relation(name="listener_used", source=LISTENER, target=MEAN, weight="1")

RELATIONS: Final = (UPLOADED, STREAMED, ACCOUNT_USED, LISTENER_USED)
