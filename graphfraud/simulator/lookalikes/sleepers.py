"""Sleepers: listeners who let rain and noise play all night, most nights."""

from typing import Final

import numpy as np
from numpy.random import Generator

from graphfraud.simulator.audience.clock import instants_ms
from graphfraud.simulator.audience.plays import PLAYLIST, sessions_in_order, stream_rows
from graphfraud.simulator.audience.stage import PLAYLISTS_PER_GENRE, Stage
from graphfraud.simulator.platform.chance import position_in_run
from graphfraud.simulator.platform.owners import SLEEP_GENRES
from graphfraud.simulator.platform.rows import Keys, Rows, subjects_of

GROUP_COUNT: Final = 8


def rows_added(stage: Stage, keys: Keys, rng: Generator) -> Rows:
    """The nights of a few of the stage's people, on one sleep playlist."""
    del keys
    people = stage.people
    sleeper_ix = np.sort(rng.choice(people.count, max(2, round(GROUP_COUNT * stage.crew_scale)), replace=False))
    sleeps = rng.random((sleeper_ix.size, stage.window.day_count)) < rng.uniform(0.3, 0.95, (sleeper_ix.size, 1))
    who, day = np.nonzero(sleeps)
    listener_ix = sleeper_ix[who]
    bedtime_h = rng.uniform(21, 24, sleeper_ix.size)[who] + rng.normal(0, 0.4, who.size)
    sessions = sessions_in_order(
        listener_id=listener_ix,
        start_ms=instants_ms(stage.window, day, bedtime_h, people.zone_h[listener_ix]),
        play_count=rng.integers(40, 110, who.size),
        source_ix=np.full(who.size, PLAYLIST),
        device_id=people.device_id[listener_ix, 2],
        ip_hash=people.home_ip[listener_ix],
        country_ix=people.country_ix[listener_ix],
    )
    playlist_ix = PLAYLISTS_PER_GENRE * int(rng.choice(SLEEP_GENRES)) + int(rng.integers(0, PLAYLISTS_PER_GENRE))
    track_ix = stage.playlists.track_ix[playlist_ix, position_in_run(sessions.play_count) % 15]
    return Rows(
        streams=stream_rows(
            sessions,
            track_id=track_ix,
            played_ms=stage.catalogue.duration_ms[track_ix],
            gap_ms=rng.integers(200, 1_500, track_ix.size),
            context_id=np.full(track_ix.size, stage.playlists.context_id[playlist_ix]),
            fake=False,
        ),
        subjects=subjects_of("listener", sleeper_ix),
    )
