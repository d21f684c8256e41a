import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.config import PrevalenceByKind
from graphfraud.fusion.calibration import BEHAVIOUR_LIMIT
from graphfraud.fusion.rings import ring_of, stolen, with_rings
from graphfraud.log_odds import bounded_log_odds, logit

EVIDENCE = {
    "subject_kind": pl.String,
    "subject_id": pl.String,
    "behaviour_log_odds": pl.Float64,
    "behaviour_reasons": pl.List(pl.String),
}
SUSPECTED = {
    **dict.fromkeys(["suspicion", "subject_kind", "subject_id", "role"], pl.String),
    "weight": pl.Float64,
    "ring_risk": pl.Float64,
    "ring_id": pl.String,
}


def evidence(**log_odds: float | None) -> pl.DataFrame:
    """Listeners and what their behaviour says of them."""
    rows = [("listener", name, value, ["flat_day_nats_high"]) for name, value in log_odds.items()]
    return pl.DataFrame(rows, schema=EVIDENCE, orient="row")


def member(name: str, role: str, *, weight: float = 1.0, risk: float = 0.99, ring: str | None = "ring-1") -> tuple:
    return (ring or "only suspected", "listener", name, role, weight, risk, ring)


def suspected(*members: tuple) -> pl.DataFrame:
    return pl.DataFrame(list(members), schema=SUSPECTED, orient="row")


def after(own: pl.DataFrame, *members: tuple) -> dict[str, float | None]:
    told = with_rings(own, suspected(*members), PrevalenceByKind())
    assert told.columns == own.columns
    assert told["subject_id"].equals(own["subject_id"])
    return dict(told.select("subject_id", "behaviour_log_odds").iter_rows())


def counted(risk: float) -> float:
    """The risk of a suspicion as it counts."""
    least = 1.0 / (1.0 + np.exp(2.0))
    return risk * min((risk - least) / (0.5 - least), 1.0)


def test_without_rings_nothing_changes() -> None:
    own = evidence(a=1.5, b=-2.0, c=None)
    assert with_rings(own, suspected(), PrevalenceByKind()).equals(own)


def test_whoever_serves_a_ring_is_as_likely_fraudulent_as_the_ring_whatever_it_looks_like_alone() -> None:
    found = after(
        evidence(shy=-3.0, silent=None, loud=4.0), *(member(name, "bot") for name in ("shy", "silent", "loud"))
    )
    ring = bounded_log_odds(logit(counted(0.99)) - logit(0.01), limit=BEHAVIOUR_LIMIT)
    assert found["silent"] == pytest.approx(np.logaddexp(0, ring))
    assert found["shy"] == pytest.approx(np.logaddexp(-3.0, ring))
    assert found["loud"] > max(4.0, found["shy"])


def test_the_ring_is_the_first_reason_of_whom_it_accuses() -> None:
    own = evidence(bot=1.0, doubtful=1.0, victim=1.0)
    members = (
        member("bot", "bot"),
        member("doubtful", "operator", risk=0.3, ring=None),
        member("victim", "victim"),
    )
    told = with_rings(own, suspected(*members), PrevalenceByKind())
    assert told["behaviour_reasons"].to_list() == [
        ["ring_bot", "flat_day_nats_high"],
        ["ring_suspected", "flat_day_nats_high"],
        ["flat_day_nats_high"],
    ]


@pytest.mark.parametrize("role", ["victim", "bystander"])
def test_what_a_ring_did_to_the_excused_does_not_speak_against_them(role: str) -> None:
    found = after(evidence(taken=3.0, calm=-1.0, silent=None), *(member(n, role) for n in ("taken", "calm", "silent")))
    assert found["taken"] == pytest.approx(3.0 * (1 - counted(0.99)))
    assert found["calm"] == -1.0, "what speaks for them stands"
    assert found["silent"] is None


def test_a_doubtful_ring_excuses_only_as_far_as_it_is_sure() -> None:
    found = after(evidence(taken=3.0), member("taken", "victim", risk=0.2, ring=None))
    assert found["taken"] == pytest.approx(3.0 * (1 - counted(0.2)))


def test_the_likeliest_ring_speaks_not_the_number_of_them() -> None:
    once = after(evidence(bot=0.0), member("bot", "bot"))
    thrice = after(
        evidence(bot=0.0),
        member("bot", "bot"),
        member("bot", "bot", risk=0.9, ring="ring-2"),
        member("bot", "bot", weight=0.1, ring="ring-3"),
    )
    assert thrice == pytest.approx(once)


@given(st.floats(-8, 8), st.floats(0.01, 0.98), st.floats(0.001, 0.01))
def test_a_surer_ring_never_makes_its_servants_safer(own: float, risk: float, more: float) -> None:
    less_sure = after(evidence(bot=own), member("bot", "bot", risk=risk))["bot"]
    surer = after(evidence(bot=own), member("bot", "bot", risk=risk + more))["bot"]
    assert own <= less_sure <= surer


def test_nothing_steps_where_a_suspicion_begins() -> None:
    own = evidence(bot=0.5, silent=None)
    barely = after(own, member("bot", "bot", risk=0.1193, ring=None), member("silent", "bot", risk=0.1193, ring=None))
    assert barely["bot"] == pytest.approx(0.5, abs=0.01)
    assert barely["silent"] == pytest.approx(0.0, abs=0.05)


def test_nothing_steps_where_a_ring_begins_to_be_reported() -> None:
    below = after(evidence(bot=0.5), member("bot", "bot", risk=0.4999999, ring=None))["bot"]
    above = after(evidence(bot=0.5), member("bot", "bot", risk=0.5))["bot"]
    assert above == pytest.approx(below, abs=1e-5)


def test_a_subject_belongs_to_the_ring_of_largest_weight_times_risk_of_equals_to_the_smallest_id() -> None:
    belongs = ring_of(
        suspected(
            member("a", "bot", weight=0.5, risk=0.9, ring="ring-1"),
            member("a", "bot", weight=0.9, risk=0.6, ring="ring-2"),
            member("b", "bot", weight=0.5, risk=0.8, ring="ring-2"),
            member("b", "victim", weight=0.8, risk=0.5, ring="ring-1"),
            member("c", "bot", risk=0.4, ring=None),
        )
    )
    assert sorted(belongs.select("subject_id", "ring_id").iter_rows()) == [("a", "ring-2"), ("b", "ring-1")]


def test_plays_are_stolen_in_victims_names_and_wait_only_for_reported_rings() -> None:
    rows = [
        member("victim", "victim"),
        member("doubtful", "victim", risk=0.3, ring=None),
        member("bot", "bot"),
        ("ring-1", "track", "theirs", "beneficiary", 1.0, 0.99, "ring-1"),
        ("ring-1", "track", "cover", "bystander", 1.0, 0.99, "ring-1"),
    ]
    taken = stolen(suspected(*rows), hold_from=0.5)
    assert sorted(taken.victims.select("listener_id", "risk", "waits").collect().rows()) == [
        ("doubtful", 0.3, False),
        ("victim", 0.99, True),
    ]
    assert taken.tracks.collect().rows() == [("ring-1", "theirs")]
