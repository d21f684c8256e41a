"""A camouflaged farm: bots that play mostly what people of some taste play, and the operator's tracks between."""

from typing import Final

from graphfraud.simulator.actor import Attack
from graphfraud.simulator.attacks.bot_farm import entered
from graphfraud.simulator.operations.knobs import Care, even, wide

ATTACK: Final = Attack(
    kind="camouflaged_farm",
    entered=entered,
    ranges={
        "bots": wide(30, 300),
        "tracks": wide(6, 80),
        "plays_per_day": wide(4, 25),
        "camouflage_share": even(0.6, 0.93),
        "taste_share": even(0.4, 1),
        "idle_day_share": even(0.1, 0.5),
        "just_paid_share": Care(even(0.05, 0.4), even(0, 0.1)),
        "sleep_share": even(0.6, 1),
    },
)
