"""Users of one VPN: people of many countries who all seem to live at a few addresses, abroad."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.random import Generator

from graphfraud.simulator.act import Act
from graphfraud.simulator.actor import Lookalike
from graphfraud.simulator.audience.listening import heard_on
from graphfraud.simulator.audience.people import people_drawn, people_login_rows, people_rows
from graphfraud.simulator.audience.stage import Stage
from graphfraud.simulator.platform.chance import log_uniform
from graphfraud.simulator.platform.rows import ADDRESS, LISTENER, Numbers, Rows, subjects_of


def entered(stage: Stage, numbers: Numbers, rng: Generator) -> Act:
    """People like others, behind the exits of one VPN."""
    count = max(5, round(log_uniform(rng, 20, 150) * stage.crew_scale))
    drawn = people_drawn(count, stage.scenes, window=stage.window, numbers=numbers, rng=rng)
    exits = numbers.taken(ADDRESS, int(rng.integers(1, 5)))
    carrier_ip = stage.people.carrier_ip[stage.compatriots.drawn(drawn.country_ix, rng)]
    always = rng.random(count) < rng.uniform(0.3, 1)
    at_exit = np.where(always[:, None], exits[rng.integers(0, exits.size, (count, 4))], carrier_ip)
    people = replace(drawn, home_ip=exits[rng.integers(0, exits.size, count)], carrier_ip=at_exit)
    return Act(
        rows=Rows(
            listeners=people_rows(people),
            logins=people_login_rows(people, window=stage.window, rng=rng),
            subjects=subjects_of(LISTENER, people.listener_id),
        ),
        plays_on=lambda day, rng: [heard_on(stage, people, day, rng)],
    )


LOOKALIKE: Final = Lookalike(kind="vpn", entered=entered)
