"""From tables by id to the platform that rings are sought in."""

import numpy as np
import polars as pl
from jaxtyping import Int64

from graphfraud.config import FeatureSettings
from graphfraud.graph.typed import Graph
from graphfraud.rings.platform import Facts, Platform, PlayLog
from graphfraud.vocabulary import LISTENER, TRACK
from graphfraud_features.measures.ring_facts import account_facts, listener_facts, play_log, track_facts
from graphfraud_features.view import View


def ring_platform(
    graph: Graph, view: View, twins: pl.DataFrame, sounding: pl.Series, settings: FeatureSettings
) -> Platform:
    """The graph, and of its view the plays and plain facts.

    `twins` has track_id and twin_track_id; `sounding` names the tracks whose sound is known.
    """
    rows = pl.DataFrame({"track_id": graph.nodes[TRACK].ids()}, schema={"track_id": pl.String}).with_row_index("ix")
    return Platform(
        graph=graph,
        as_of_us=int(np.datetime64(graph.as_of.removesuffix("+00:00"), "us").astype(np.int64)),
        log=_log(play_log(view, settings).collect(engine="streaming"), graph.nodes[LISTENER].count),
        facts=_facts(view, _twin_rows(twins, rows), rows["track_id"].is_in(sounding.implode())),
    )


def _log(plays: pl.DataFrame, listener_count: int) -> PlayLog:
    counts = np.bincount(plays["listener_ix"].to_numpy(), minlength=listener_count)
    return PlayLog(
        offsets=np.concatenate([[0], np.cumsum(counts)]),
        track_ix=plays["track_ix"].to_numpy(),
        at_us=plays["started_at"].to_physical().to_numpy(),
        hour=plays["hour"].to_numpy(),
        device=plays["device"].fill_null(-1).to_numpy(),
        address=plays["address"].fill_null(-1).to_numpy(),
        is_paid=plays["is_paid"].to_numpy(),
        is_just_paid=plays["is_just_paid"].to_numpy(),
        is_night=plays["is_night"].to_numpy(),
    )


def _facts(view: View, twins: Int64[np.ndarray, "pair 2"], has_sound: pl.Series) -> Facts:
    listeners, accounts, tracks = pl.collect_all([listener_facts(view), account_facts(view), track_facts(view)])
    return Facts(
        listener_created_us=listeners["created_at"].to_physical().to_numpy(),
        listener_country=listeners["country"].to_numpy(),
        listener_household=listeners["household"].to_numpy(),
        account_created_us=accounts["created_at"].to_physical().to_numpy(),
        account_payee=accounts["payee"].fill_null(-1).to_numpy(),
        track_account_ix=tracks["account_ix"].to_numpy(),
        track_uploaded_us=tracks["uploaded_at"].to_physical().to_numpy(),
        track_words=tracks["words"].fill_null(-1).to_numpy(),
        twins=twins,
        has_sound=has_sound.to_numpy(),
    )


def _twin_rows(twins: pl.DataFrame, rows: pl.DataFrame) -> Int64[np.ndarray, "pair 2"]:
    one = twins.join(rows.rename({"ix": "one"}), on="track_id")
    both = one.join(rows.rename({"track_id": "twin_track_id", "ix": "other"}), on="twin_track_id").sort("one", "other")
    return np.asarray(both.select(pl.col("one", "other").cast(pl.Int64)).to_numpy().reshape(-1, 2))
