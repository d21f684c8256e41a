"""A platform of eleven subjects in the graph database, as a loader leaves it while another load is on its way.

Run 3 is current, run 2 the one before, and rows of load 4 are already there: nothing of 4, nor what ended before 3, may
be seen. One stream ring: acc-op and acc-two gain, lis-1 to lis-3 play, lis-vic is hijacked, acc-good's hit is played
to hide.
"""

from datetime import UTC, date, datetime
from typing import Any, Final

from asked_judgements import CURRENT, JUDGEMENTS, OLD_RING, OTHER_RING, PAYEES, PENDING, PENDING_RING, PREVIOUS, RING
from neo4j import Driver, Session

from graphfraud.neo4j.schema import CONSTRAINTS, INDEXES
from graphfraud.vocabulary.database import FOREVER, SCHEMA_VERSION

AS_OF: Final = datetime(2026, 10, 1, tzinfo=UTC)
HOSTILE: Final = "<script>alert(1)</script>\x1b[31m'}"
_LONG_AGO, _LATELY = datetime(2020, 10, 2, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
ACCOUNTS: Final = {
    "acc-op": {"created_at": _LATELY, "verified": False},
    "acc-two": {"created_at": _LATELY, "verified": False},
    "acc-good": {"created_at": _LONG_AGO, "verified": True},
    "acc-lone": {"created_at": _LATELY, "verified": False},
    "acc-new": {"created_at": _LATELY, "verified": False},
}
TRACKS: Final = {
    "trk-a1": {"title": HOSTILE, "uploaded_at": _LATELY, "contains_ai": "None"},
    "trk-a2": {"title": "Rain Two", "uploaded_at": _LATELY},
    "trk-b1": {"title": "Rain Three", "uploaded_at": _LATELY},
    "trk-hit": {"title": "Hit", "uploaded_at": datetime(2025, 10, 1, tzinfo=UTC), "contains_ai": "Partly"},
    "trk-quiet": {"title": "Quiet", "uploaded_at": _LATELY},
}
LISTENERS: Final = {
    name: {"created_at": _LATELY if name in {"lis-1", "lis-2", "lis-3"} else _LONG_AGO, "country": "SE"}
    for name in ("lis-1", "lis-2", "lis-3", "lis-vic", "lis-fan1", "lis-fan2", "lis-fan3", "lis-gone", "lis-new")
}
MEANS: Final = {
    "device:d1": "Device",
    "device:old": "Device",
    "device:new": "Device",
    "address:hub": "Address",
    "payee:p1": "Payee",
    "payee:good": "Payee",
    "payee:lone": "Payee",
    "plan_group:g1": "PlanGroup",
}

Fact = tuple[str, str, str, dict[str, Any]]


def _plays(listener: str, track: str, hours: dict[int, int], just_paid: float = 0.1, **span: int) -> Fact:
    told = {
        "plays": sum(hours.values()),
        "first_on": date(2026, 9, 1),
        "last_on": date(2026, 9, 30),
        "just_paid_share": just_paid,
        "hour_plays": [hours.get(hour, 0) for hour in range(24)],
    }
    return listener, "STREAMED", track, told | span


def _used(subject: str, means: str, strangers: int, **span: int) -> Fact:
    type_ = "PAID_OUT_TO" if means.startswith("payee") else "USED"
    return subject, type_, means, {"weight": 1 / strangers, **span}


_RETIRED, _ON_ITS_WAY = {"since": 1, "until": CURRENT}, {"since": PENDING}
FACTS: Final[tuple[Fact, ...]] = (
    ("acc-op", "UPLOADED", "trk-a1", {}),
    ("acc-op", "UPLOADED", "trk-a2", {}),
    ("acc-two", "UPLOADED", "trk-b1", {}),
    ("acc-good", "UPLOADED", "trk-hit", {}),
    ("acc-lone", "UPLOADED", "trk-quiet", {}),
    ("acc-good", "UPLOADED", "trk-a2", _RETIRED),
    ("acc-new", "UPLOADED", "trk-a1", _ON_ITS_WAY),
    _plays("lis-1", "trk-a1", {3: 40}, 0.9),
    _plays("lis-1", "trk-a2", {3: 30}, 0.9),
    _plays("lis-1", "trk-b1", {4: 20}, 0.9),
    _plays("lis-1", "trk-hit", {4: 10}),
    _plays("lis-2", "trk-a1", {3: 40}, 0.9),
    _plays("lis-2", "trk-b1", {3: 20}, 0.9),
    _plays("lis-2", "trk-hit", {5: 5}),
    _plays("lis-3", "trk-a2", {3: 30}, 0.9),
    _plays("lis-3", "trk-b1", {4: 30}, 0.9),
    _plays("lis-vic", "trk-a1", {12: 3}),
    _plays("lis-vic", "trk-hit", {20: 20}),
    _plays("lis-fan1", "trk-hit", {19: 8}),
    _plays("lis-fan2", "trk-hit", {19: 7}),
    _plays("lis-fan2", "trk-a1", {19: 2}),
    _plays("lis-fan3", "trk-hit", {18: 6}),
    _plays("lis-fan3", "trk-quiet", {18: 9}),
    _plays("lis-fan1", "trk-a1", {0: 99}, **_RETIRED),
    _plays("lis-fan3", "trk-a1", {0: 77}, **_ON_ITS_WAY),
    _plays("lis-new", "trk-a1", {0: 55}, **_ON_ITS_WAY),
    _used("acc-op", "device:d1", 3),
    _used("acc-two", "device:d1", 3),
    _used("lis-1", "device:d1", 3),
    _used("lis-1", "plan_group:g1", 2),
    _used("lis-2", "plan_group:g1", 2),
    _used("acc-op", "address:hub", 100),
    _used("acc-good", "address:hub", 100),
    _used("lis-fan1", "address:hub", 100),
    _used("acc-op", "device:old", 2, **_RETIRED),
    _used("acc-lone", "device:old", 2, **_RETIRED),
    _used("acc-op", "device:new", 2, **_ON_ITS_WAY),
    _used("acc-good", "device:new", 2, **_ON_ITS_WAY),
    _used("acc-op", "payee:p1", 2),
    _used("acc-two", "payee:p1", 2),
    _used("acc-good", "payee:good", 1),
    _used("acc-lone", "payee:lone", 1),
    _used("acc-new", "payee:p1", 3, **_ON_ITS_WAY),
    ("trk-a1", "SOUNDS_LIKE", "trk-b1", {"cosine": 0.97}),
    ("trk-a1", "SOUNDS_LIKE", "trk-a2", {"cosine": 0.98}),
    ("trk-a2", "SOUNDS_LIKE", "trk-quiet", {"cosine": 0.99, **_RETIRED}),
    ("trk-a1", "SOUNDS_LIKE", "trk-hit", {"cosine": 0.99, **_ON_ITS_WAY}),
)


def _ring(ring_id: str, run: int, kind: str, risk: float, log_odds: tuple[float, float]) -> dict[str, Any]:
    return {
        "ring_key": f"{ring_id}:{run}",
        "ring_id": ring_id,
        "run": run,
        "kind": kind,
        "risk": risk,
        "accounts": 2,
        "tracks": 3,
        "listeners": 4,
        "first_seen": _LATELY,
        "last_seen": AS_OF,
        "measures": ["closure", "outside_audience"],
        "values": [0.9, 0.2],
        "expected": [0.1, 0.3],
        "log_odds": list(log_odds),
        "sentences": ["plays little else", "some others listen"],
    }


RINGS: Final = (
    _ring(RING, PREVIOUS, "stream", 0.8, (2.0, -1.0)),
    _ring(OLD_RING, PREVIOUS, "stream", 0.99, (9.0, 1.0)),
    _ring(RING, CURRENT, "stream", 0.99, (5.0, -0.5)),
    _ring(OTHER_RING, CURRENT, "upload", 0.9, (1.0, 3.0)),
    _ring(RING, PENDING, "stream", 0.1, (-5.0, -5.0)),
    _ring(PENDING_RING, PENDING, "stream", 0.999, (9.0, 9.0)),
)
MEMBERS: Final = (
    (RING, CURRENT, "acc-op", "operator", 1.0, 143, 145),
    (RING, CURRENT, "acc-two", "beneficiary", 0.9, 70, 70),
    (RING, CURRENT, "trk-a1", "beneficiary", 1.0, 83, 85),
    (RING, CURRENT, "trk-a2", "beneficiary", 1.0, 60, 60),
    (RING, CURRENT, "trk-b1", "beneficiary", 0.8, 70, 70),
    (RING, CURRENT, "lis-1", "bot", 1.0, 90, 100),
    (RING, CURRENT, "lis-2", "bot", 0.9, 60, 65),
    (RING, CURRENT, "lis-3", "bot", 0.9, 60, 60),
    (RING, CURRENT, "lis-vic", "victim", 0.3, 3, 23),
    (RING, CURRENT, "acc-good", "bystander", 0.1, 35, 56),
    (RING, CURRENT, "trk-hit", "bystander", 0.1, 35, 56),
    (OTHER_RING, CURRENT, "acc-two", "beneficiary", 0.5, 50, 70),
    (OTHER_RING, CURRENT, "trk-b1", "beneficiary", 0.5, 50, 70),
    (OTHER_RING, CURRENT, "lis-3", "bot", 0.4, 30, 60),
    (RING, PREVIOUS, "acc-op", "operator", 1.0, 1, 1),
    (RING, PREVIOUS, "lis-gone", "bot", 1.0, 1, 1),
    (RING, PENDING, "acc-lone", "operator", 1.0, 1, 1),
    (RING, PENDING, "lis-new", "bot", 1.0, 1, 1),
    (PENDING_RING, PENDING, "acc-lone", "operator", 1.0, 1, 1),
    (PENDING_RING, PENDING, "trk-quiet", "beneficiary", 1.0, 1, 1),
)


def plant(driver: Driver) -> None:
    """Puts the world, and nothing else, into the database."""
    with driver.session(notifications_min_severity="OFF") as session:
        session.run("MATCH (node) DETACH DELETE node").consume()
        for statement in (*CONSTRAINTS, *INDEXES):
            session.run(statement).consume()
        session.run("CALL db.awaitIndexes(60)").consume()
        _nodes(session)
        _ties(session)


def _nodes(session: Session) -> None:
    for label, rows in (("Account", ACCOUNTS), ("Track", TRACKS), ("Listener", LISTENERS)):
        _create(session, label, [{f"{label.lower()}_id": name, **told} for name, told in rows.items()])
    for label in set(MEANS.values()):
        _create(session, f"Means:{label}", [{"means_id": name} for name, own in MEANS.items() if own == label])
    _create(session, "Ring", list(RINGS))
    states = {PREVIOUS: "retired", CURRENT: "loaded", PENDING: "loading"}
    runs = [
        {"number": n, "run_id": f"{n:016x}", "as_of": AS_OF, "state": state, "listeners": 9}
        for n, state in states.items()
    ]
    _create(session, "Run", [run | {"current": run["number"] == CURRENT, "currency": "EUR"} for run in runs])
    held = {"name": "graphfraud", "schema_version": SCHEMA_VERSION, "current": CURRENT, "previous": PREVIOUS}
    _create(session, "Database", [held])


def _create(session: Session, label: str, rows: list[dict[str, Any]]) -> None:
    session.run(f"UNWIND $rows AS row CREATE (node:{label}) SET node = row", rows=rows).consume()


_FIND: Final = """
MATCH (source:Account|Track|Listener|Ring|Run)
WHERE row[0] IN [source.account_id, source.track_id, source.listener_id, source.ring_key, toString(source.number)]
MATCH (target:Account|Track|Listener|Means)
WHERE row[1] IN [target.account_id, target.track_id, target.listener_id, target.means_id]
"""


def _ties(session: Session) -> None:
    spans = {"since": 1, "until": FOREVER}
    rows = [(source, target, type_, spans | told) for source, type_, target, told in FACTS]
    rows += [
        (f"{ring_id}:{run}", subject, "HAS_MEMBER", dict(zip(_MEMBER, (run, *told), strict=True)))
        for ring_id, run, subject, *told in MEMBERS
    ]
    rows += [
        (str(run), subject, type_, {"run": run, **told})
        for type_, of_runs in (("JUDGED", JUDGEMENTS), ("PAYS", PAYEES))
        for run, judged in of_runs.items()
        for subject, told in judged.items()
    ]
    for type_ in sorted({row[2] for row in rows}):
        own = [[row[0], row[1], row[3]] for row in rows if row[2] == type_]
        tie = f"CREATE (source)-[tie:{type_}]->(target) SET tie = row[2]"
        made = session.run(f"UNWIND $rows AS row {_FIND} {tie}", rows=own).consume().counters.relationships_created
        assert made == len(own), type_


_MEMBER: Final = ("run", "role", "weight", "ring_plays", "all_plays")
