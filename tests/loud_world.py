"""A small platform with two bot farms and two upload rings that hide little, so that all can be found."""

from pathlib import Path

from graphfraud.simulator.cast import AskedAttack
from graphfraud.simulator.labels import ReviewTeam
from graphfraud.simulator.operations.knobs import Span
from graphfraud.simulator.world import WorldSettings, write_world

LOUD = {
    "budget_eur": Span(1e6, 1e6),
    "start_share": Span(0.1, 0.3),
    "days": Span(20, 28),
    "plays_per_day": Span(15, 30),
    "camouflage_share": Span(0.15, 0.3),
    "just_paid_share": Span(0.4, 0.8),
    "sleep_share": Span(0.0, 0.3),
    "breadth_share": Span(0.8, 1.0),
    "devices_per_bot": Span(0.1, 0.5),
    "addresses_per_bot": Span(0.1, 0.5),
    "residential_share": Span(0.0, 0.0),
    "turnover": Span(1.0, 1.0),
    "ramp_share": Span(0.0, 0.0),
    "organic_share": Span(0.01, 0.1),
}
ATTACKS = {
    "bot_farm": AskedAttack(ring_count=2, ranges={**LOUD, "bots": Span(90, 180), "tracks": Span(60, 150)}),
    "upload_ring": AskedAttack(
        ring_count=2, ranges={**LOUD, "bots": Span(30, 60), "accounts": Span(4, 8), "tracks": Span(200, 400)}
    ),
}
SCALE = 0.02


def write_loud_world(folder: Path, *, seed: int) -> None:
    """Writes it: about 800 listeners, 4 rings, of which reviewers know two or so."""
    team = ReviewTeam(ring_share=0.6, wrong_share=0.0)
    write_world(folder, WorldSettings(scale=SCALE, seed=seed, attacks=ATTACKS, team=team))


def write_honest_world(folder: Path, *, seed: int) -> None:
    """Writes the same without its rings."""
    write_world(folder, WorldSettings(scale=SCALE, seed=seed, attacks={}))
