"""What fraud costs, in euros: to be careful is dearer."""

from dataclasses import dataclass
from typing import Final

from graphfraud.simulator.operations.knobs import Knobs

LISTENER_EUR: Final = 0.03
"""A fresh account; one that has aged costs more by the year."""
LISTENER_YEAR_EUR: Final = 0.3
TAKEN_OVER_EUR: Final = 0.4
"""A stolen password that works."""
PAID_PLAN_MONTH_EUR: Final = 0.8
"""Bought where plans are cheap, with stolen cards, or a sixth of a family."""
DEVICE_MONTH_EUR: Final = 0.15
ADDRESS_MONTH_EUR: Final = 0.1
RESIDENTIAL_SESSION_EUR: Final = 0.0008
PLAYING_HOUR_EUR: Final = 0.002
"""A machine that plays and is watched: a play heard out takes six times as long as one cut at 30 s."""
PLAY_HOURS, JUST_PAID_HOURS = 0.053, 0.009
HUMAN_DAY_MONTH_EUR: Final = 0.05
"""To run a bot by the clock of people: it works a third of the hours, on more machines."""
UPLOAD_ACCOUNT_EUR: Final = 3.0
UPLOAD_ACCOUNT_YEAR_EUR: Final = 4.0
"""For each year that the account was kept before it was used."""
TRACK_EUR: Final = 0.02
"""To make or copy it; a tenth of a cent of it is electricity."""
RELEASE_EUR: Final = 0.2
MONTH_DAYS: Final = 30.4


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewBill:
    """What one bot costs for all its days."""

    account_eur: float
    plan_eur: float
    device_eur: float
    address_eur: float
    clock_eur: float
    playing_eur: float

    @property
    def each_eur(self) -> float:
        """All of it together."""
        return self.account_eur + self.plan_eur + self.device_eur + self.address_eur + self.clock_eur + self.playing_eur


def bot_bill(knobs: Knobs, day_count: int, *, takes_over: bool) -> CrewBill:
    """What each bot costs in a window of `day_count` days with these knobs: to be careful is dearer."""
    months = knobs.presence_days(day_count) / MONTH_DAYS
    plays = knobs.plays_of_a_bot(day_count)
    hours = plays * (knobs.just_paid_share * JUST_PAID_HOURS + (1 - knobs.just_paid_share) * PLAY_HOURS)
    aged_eur = LISTENER_EUR + LISTENER_YEAR_EUR * knobs.account_age_days / 2 / 365
    return CrewBill(
        account_eur=TAKEN_OVER_EUR if takes_over else aged_eur,
        plan_eur=0.0 if takes_over else knobs.premium_share * PAID_PLAN_MONTH_EUR * months,
        device_eur=knobs.devices_per_bot * DEVICE_MONTH_EUR * months,
        address_eur=knobs.addresses_per_bot * ADDRESS_MONTH_EUR * months
        + knobs.residential_share * plays / knobs.plays_per_session * RESIDENTIAL_SESSION_EUR,
        clock_eur=knobs.sleep_share * HUMAN_DAY_MONTH_EUR * months,
        playing_eur=hours * PLAYING_HOUR_EUR,
    )


def affordable_bots(knobs: Knobs, wanted: int, day_count: int, *, takes_over: bool = False) -> int:
    """As many bots as the budget buys, and two at least."""
    return max(2, min(wanted, int(knobs.budget_eur / bot_bill(knobs, day_count, takes_over=takes_over).each_eur)))


def costs_of(
    knobs: Knobs, day_count: int, *, bots: int, accounts: int, tracks: int, releases: int, takes_over: bool = False
) -> dict[str, float]:
    """What an operation spends in EUR, by what it is spent on."""
    each = bot_bill(knobs, day_count, takes_over=takes_over)
    kept_years = knobs.preparation_days / 365
    return {
        "cost of listeners": bots * each.account_eur,
        "cost of plans": bots * each.plan_eur,
        "cost of devices": bots * each.device_eur,
        "cost of addresses": bots * each.address_eur,
        "cost of human days": bots * each.clock_eur,
        "cost of playing time": bots * each.playing_eur,
        "cost of upload accounts": accounts * (UPLOAD_ACCOUNT_EUR + UPLOAD_ACCOUNT_YEAR_EUR * kept_years),
        "cost of tracks": tracks * TRACK_EUR,
        "cost of distribution": releases * RELEASE_EUR,
    }
