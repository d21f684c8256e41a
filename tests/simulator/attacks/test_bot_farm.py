"""A bot farm."""

import numpy as np
from simulator.worlds import BUSY, Theatre


def test_bots_loop_an_operators_few_tracks(theatre: Theatre) -> None:
    ring = theatre.ring("bot_farm", **BUSY, camouflage_share=0, tracks=20)
    assert set(ring.fake.track_id) <= set(ring.own_track_id)
    pairs = np.unique(np.column_stack([ring.fake.listener_id, ring.fake.track_id]), axis=0)
    assert ring.fake.count / len(pairs) > 10
