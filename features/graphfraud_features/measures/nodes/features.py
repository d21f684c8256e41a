"""The features of all subjects, those of listeners first: what a track's audience is needs them."""

import polars as pl

from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK
from graphfraud_features.measures.measured import Measured
from graphfraud_features.measures.nodes.accounts import account_features
from graphfraud_features.measures.nodes.listeners import listener_features
from graphfraud_features.measures.nodes.oddness import listener_oddness
from graphfraud_features.measures.nodes.tracks import track_features
from graphfraud_features.measures.passes.company import audiences_seen
from graphfraud_features.measures.platform import Platform
from graphfraud_features.view import View


def subject_features(view: View, platform: Platform, measured: Measured, used: pl.LazyFrame) -> dict[str, pl.DataFrame]:
    """One row for each account, track and listener, by kind."""
    listeners = listener_features(platform, measured, used).collect()
    has_played = platform.listeners["listener_ix"].is_in(measured.listeners["listener_ix"].implode())
    company = audiences_seen(measured.pairs, measured.standing, listener_oddness(listeners, has_played))
    accounts, tracks = pl.collect_all(
        [
            account_features(view, platform, measured, company, used),
            track_features(view, platform, measured, company),
        ]
    )
    return {ACCOUNT: accounts, TRACK: tracks, LISTENER: listeners}
