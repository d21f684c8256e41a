"""A camouflaged farm."""

import numpy as np
from simulator.worlds import Theatre

from graphfraud.simulator.attacks.camouflaged_farm import ATTACK
from graphfraud.simulator.operations.knobs import Span


def test_most_of_what_its_bots_play_is_other_peoples(theatre: Theatre) -> None:
    for seed in range(3):
        ring = theatre.ring("camouflaged_farm", seed=seed, start_share=0, plays_per_day=20, days=28)
        others = ~np.isin(ring.fake.track_id, ring.own_track_id)
        assert others.mean() > 0.5
        assert np.unique(ring.fake.track_id[others]).size > 3 * np.unique(ring.fake.track_id[~others]).size


def test_it_hides_more_than_the_usual_farm(theatre: Theatre) -> None:
    span = ATTACK.ranges["camouflage_share"]
    assert isinstance(span, Span)
    hidden = []
    for kind in ("camouflaged_farm", "bot_farm"):
        rings = [theatre.ring(kind, seed=seed, start_share=0) for seed in range(8)]
        hidden.append(np.mean([1 - np.isin(ring.fake.track_id, ring.own_track_id).mean() for ring in rings]))
    assert hidden[0] > hidden[1] + 0.1
