"""Rows of other loads, all against all: what an answer of the current run must be deaf to."""

from typing import Any, Final

from asked_world import CURRENT, PENDING
from neo4j import Driver

from graphfraud.vocabulary.database import FOREVER

_LONG_PAST: Final = 1
_SPANS: Final = ({"since": _LONG_PAST, "until": CURRENT}, {"since": PENDING, "until": FOREVER})
_PLAYS: Final = {"plays": 1000, "just_paid_share": 1.0, "hour_plays": [1000] * 24}
_FACTS: Final = (
    ("Listener", "STREAMED", "Track", _PLAYS),
    ("Account", "UPLOADED", "Track", {}),
    ("Account", "USED", "Device", {"weight": 0.5}),
    ("Account", "PAID_OUT_TO", "Payee", {"weight": 0.5}),
    ("Listener", "USED", "Device|PlanGroup", {"weight": 0.5}),
    ("Track", "SOUNDS_LIKE", "Track", {"cosine": 1.0}),
)
_JUDGED: Final = {
    "risk": 0.9999,
    "verdict": "block",
    "restriction": "block",
    "label": "legitimate",
    "listeners": 1,
    "streams": 5000,
    "artificial_streams": 5000.0,
    "withheld_streams": 5000,
    "income_amount": 500.0,
    "artificial_amount": 500.0,
}
_ROLES: Final = {"Account": "operator", "Track": "beneficiary", "Listener": "bot"}


def add_noise(driver: Driver) -> None:
    """Ties every pair by facts that ended or have not begun, and judges everybody in two other runs."""
    with driver.session(notifications_min_severity="OFF") as session:
        for source, type_, target, told in _FACTS:
            for span in _SPANS:
                tie = f"CREATE (source)-[tie:{type_}]->(target) SET tie = $told"
                match = f"MATCH (source:{source}) MATCH (target:{target}) WHERE source <> target"
                session.run(f"{match} {tie}", told=told | span).consume()
        for run in (_LONG_PAST, PENDING):
            session.run("MERGE (:Run {number: $run})", run=run).consume()
            for kind, role in _ROLES.items():
                session.run(_JUDGE.format(kind), _judgement(run, role)).consume()
            session.run(_PAY, run=run, pays=_PAYS | {"run": run}).consume()


_PAYS: Final = {"accounts": 99, "tracks": 99, "income_amount": 9999.0, "artificial_amount": 9999.0}
_PAY: Final = "MATCH (run:Run {number: $run}) MATCH (p:Payee) CREATE (run)-[pays:PAYS]->(p) SET pays = $pays"
_JUDGE: Final = """
MATCH (run:Run {{number: $run}})
MATCH (subject:{0})
CREATE (run)-[judged:JUDGED]->(subject)
SET judged = $judged
WITH subject
UNWIND $rings AS ring_id
MERGE (ring:Ring {{ring_key: ring_id + ':' + $run}})
SET ring.ring_id = ring_id, ring += $ring
CREATE (ring)-[:HAS_MEMBER {{run: $run, role: $role, weight: 1.0, ring_plays: 1, all_plays: 9999}}]->(subject)
"""


def _judgement(run: int, role: str) -> dict[str, Any]:
    rings = [f"ring-{n:016x}" for n in range(1, 5)]
    evidence = {"measures": ["x"], "values": [1.0], "expected": [0.0], "log_odds": [-9.0], "sentences": ["noise"]}
    ring = {"run": run, "kind": "stream", "risk": 0.9999, "accounts": 99, "tracks": 99, "listeners": 99, **evidence}
    return {"run": run, "role": role, "rings": rings, "ring": ring, "judged": _JUDGED | {"run": run}}
