"""What three loads of the planted platform think of it: the previous one, the current one, and one on its way."""

from typing import Any, Final

PREVIOUS, CURRENT, PENDING = 2, 3, 4
RING, OTHER_RING, OLD_RING, PENDING_RING = (f"ring-{n:016x}" for n in (1, 2, 8, 9))


def _track(listeners: int, streams: int, artificial: float, verdict: str, risk: float) -> dict[str, Any]:
    """A stream pays a tenth."""
    return _judged(verdict, risk) | {
        "listeners": listeners,
        "streams": streams,
        "artificial_streams": artificial,
        "withheld_streams": int(artificial),
        "income_amount": streams / 10,
        "artificial_amount": artificial / 10,
    }


def _judged(verdict: str, risk: float, **more: Any) -> dict[str, Any]:
    restriction = None if verdict == "allow" else verdict
    return {"verdict": verdict, "restriction": restriction, "risk": risk, **more}


JUDGEMENTS: Final[dict[int, dict[str, dict[str, Any]]]] = {
    PREVIOUS: {
        "acc-op": _judged("hold", 0.7),
        "acc-two": _judged("review", 0.95),
        "acc-good": _judged("allow", 0.02),
        "acc-lone": _judged("review", 0.8),
        "trk-a1": _track(4, 100, 90.0, "hold", 0.9),
        "trk-quiet": _track(9, 90, 90.0, "hold", 0.9),
        "lis-1": _judged("block", 0.99),
        "lis-2": _judged("allow", 0.3),
        "lis-gone": _judged("block", 0.99),
    },
    CURRENT: {
        "acc-op": _judged("block", 0.99, ring_id=RING),
        "acc-two": _judged("review", 0.95, ring_id=RING),
        "acc-good": _judged("allow", 0.02, label="legitimate", label_source="appeal", ring_id=RING),
        "acc-lone": _judged("review", 0.8, reasons=["mass_upload"]),
        "trk-a1": _track(4, 85, 80.0, "hold", 0.98) | {"ring_id": RING},
        "trk-a2": _track(2, 60, 60.0, "hold", 0.97) | {"ring_id": RING},
        "trk-b1": _track(3, 70, 70.0, "hold", 0.96) | {"ring_id": RING},
        "trk-hit": _track(6, 56, 15.0, "allow", 0.05) | {"ring_id": RING},
        "trk-quiet": _track(1, 9, 0.0, "hold", 0.6),
        "lis-1": _judged("block", 0.99, ring_id=RING),
        "lis-2": _judged("block", 0.98, ring_id=RING),
        "lis-3": _judged("hold", 0.97, ring_id=RING),
        "lis-vic": _judged("allow", 0.1, ring_id=RING),
        "lis-fan1": _judged("allow", 0.01),
        "lis-fan2": _judged("allow", 0.01),
        "lis-fan3": _judged("allow", 0.01),
    },
    PENDING: {
        "acc-op": _judged("allow", 0.01),
        "acc-good": _judged("block", 0.999),
        "acc-new": _judged("block", 0.999),
        "trk-a1": _track(999, 999, 999.0, "block", 0.999),
        "trk-quiet": _track(999, 999, 999.0, "block", 0.999),
        "lis-new": _judged("block", 0.999),
    },
}


def _pays(accounts: int, tracks: int, income: float, artificial: float) -> dict[str, Any]:
    return {"accounts": accounts, "tracks": tracks, "income_amount": income, "artificial_amount": artificial}


PAYEES: Final[dict[int, dict[str, dict[str, Any]]]] = {
    PREVIOUS: {"payee:p1": _pays(1, 1, 10.0, 9.0), "payee:lone": _pays(1, 1, 9.0, 9.0)},
    CURRENT: {
        "payee:p1": _pays(2, 3, 21.5, 21.0),
        "payee:good": _pays(1, 1, 5.6, 1.5),
        "payee:lone": _pays(1, 0, 0.9, 0.0),
    },
    PENDING: {"payee:p1": _pays(3, 9, 999.0, 999.0), "payee:lone": _pays(1, 9, 999.0, 999.0)},
}
