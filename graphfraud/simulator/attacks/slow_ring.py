"""A slow ring: it grows for weeks, a bot and a track at a time, and no day of it stands out."""

from typing import Final

from graphfraud.simulator.actor import Attack
from graphfraud.simulator.attacks.bot_farm import entered
from graphfraud.simulator.operations.knobs import Care, even, wide

ATTACK: Final = Attack(
    kind="slow_ring",
    entered=entered,
    ranges={
        "bots": wide(20, 250),
        "accounts": wide(2, 15),
        "start_share": even(0, 0.15),
        "days": wide(25, 120),
        "ramp_share": even(0.5, 1),
        "plays_per_day": Care(wide(4, 15), wide(1.5, 6)),
        "upload_days": wide(20, 300),
        "idle_day_share": even(0.2, 0.6),
    },
)
