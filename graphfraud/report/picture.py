"""A part of a ring small enough to read: the weightiest of each kind, and what stands for the rest.

Columns from left to right: what they share, who runs it or gains, what is played, who plays it.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from graphfraud.printable import counted, printable
from graphfraud.report.casefiles import CaseFile
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK

MOST_ACCOUNTS: Final = 12
MOST_TRACKS: Final = 24
"""Of a ring of more the tracks of an account are drawn as one stack."""
MOST_LISTENERS: Final = 30
MOST_TIES: Final = 8
MOST_EDGES: Final = 400


@dataclass(slots=True)
class Picture:
    """Nodes and edges as the page draws them."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    """id, name (the platform's own id, of one subject or means), label, kind (a subject's, or `means`), role, weight,
    count: how many it stands for."""
    edges: list[dict[str, Any]] = field(default_factory=list)
    """source, target (ids of nodes), kind (`uploaded`, `streamed`, `shares`), plays."""

    def has(self, node_id: str) -> bool:
        """Whether a node is drawn."""
        return any(node["id"] == node_id for node in self.nodes)


def picture(case: CaseFile) -> Picture:
    """The readable part of a ring."""
    drawn = Picture()
    every_account, listeners = _extent(case, ACCOUNT), _extent(case, LISTENER)
    accounts = every_account.head(MOST_ACCOUNTS)
    for kind, members in ((ACCOUNT, accounts), (LISTENER, listeners.head(MOST_LISTENERS))):
        drawn.nodes += [_node(kind, row) for row in members.iter_rows(named=True)]
    _add_rest(drawn, ACCOUNT, every_account.height - MOST_ACCOUNTS)
    _add_rest(drawn, LISTENER, listeners.height - MOST_LISTENERS)
    place = _add_tracks(drawn, case, accounts)
    _add_plays(drawn, case, place)
    _add_ties(drawn, case, place)
    return drawn


def _extent(case: CaseFile, kind: str) -> pl.DataFrame:
    return case.members[kind].filter(pl.col("role") != "bystander")


def _node(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    name = f"{kind}:{row['subject_id']}"
    label = printable(row.get("title") or row["subject_id"])
    own = {"id": name, "name": printable(row["subject_id"]), "label": label}
    return own | {"kind": kind, "role": row["role"], "weight": row["weight"], "count": 1}


def _add_rest(drawn: Picture, kind: str, count: int) -> None:
    if count > 0:
        own = {"id": f"rest:{kind}", "name": counted(count, f"more {kind}"), "label": f"{count:,} more"}
        drawn.nodes.append(own | {"kind": kind, "role": "rest", "weight": 0.5, "count": count})


def _add_tracks(drawn: Picture, case: CaseFile, accounts: pl.DataFrame) -> pl.DataFrame:
    """Draws tracks or stacks of them; where each track is drawn: track_id, place."""
    order = pl.DataFrame({"account_id": accounts["subject_id"]}).with_row_index("place")
    tracks = _extent(case, TRACK).join(order, on="account_id", how="left", maintain_order="left")
    tracks = tracks.sort("place", nulls_last=True, maintain_order=True)
    if tracks.height <= MOST_TRACKS:
        drawn.nodes += [_node(TRACK, row) for row in tracks.iter_rows(named=True)]
        _add_uploads(drawn, tracks.select("account_id", place="track:" + pl.col("subject_id")))
        return tracks.select(track_id="subject_id", place="track:" + pl.col("subject_id"))
    stacked = tracks.join(accounts.select(account_id="subject_id"), on="account_id", how="semi")
    _add_stacks(drawn, stacked)
    _add_rest(drawn, TRACK, tracks.height - stacked.height)
    return stacked.select(track_id="subject_id", place="stack:" + pl.col("account_id"))


def _add_stacks(drawn: Picture, tracks: pl.DataFrame) -> None:
    """One stack for the tracks of each account."""
    stacks = tracks.group_by("account_id", maintain_order=True).agg(pl.len(), pl.col("weight").mean())
    for account_id, count, weight in stacks.iter_rows():
        label = f"{count:,} tracks" if count > 1 else "1 track"
        own = {"id": f"stack:{account_id}", "name": f"of {printable(account_id)}", "label": label}
        drawn.nodes.append(own | {"kind": TRACK, "role": "beneficiary", "weight": weight, "count": count})
    _add_uploads(drawn, stacks.select("account_id", place="stack:" + pl.col("account_id")))


def _add_uploads(drawn: Picture, places: pl.DataFrame) -> None:
    for account_id, place in places.iter_rows():
        if drawn.has(f"{ACCOUNT}:{account_id}"):
            drawn.edges.append({"source": f"{ACCOUNT}:{account_id}", "target": place, "kind": "uploaded", "plays": 0})


def _add_plays(drawn: Picture, case: CaseFile, places: pl.DataFrame) -> None:
    """Plays of the drawn listeners on what is drawn, the strongest first."""
    listeners = _extent(case, LISTENER).head(MOST_LISTENERS).select(listener_id="subject_id")
    plays = case.plays.join(listeners, on="listener_id", how="semi").join(places, on="track_id")
    sums = plays.group_by("listener_id", "place").agg(pl.col("plays").sum())
    strongest = sums.sort("plays", "listener_id", "place", descending=[True, False, False])
    for listener_id, place, count in strongest.head(max(MOST_EDGES - len(drawn.edges), 0)).iter_rows():
        edge = {"source": place, "target": f"{LISTENER}:{listener_id}", "kind": "streamed", "plays": count}
        drawn.edges.append(edge)


def _add_ties(drawn: Picture, case: CaseFile, places: pl.DataFrame) -> None:
    """What the most of them share, accounts before all, as far as two who are drawn do."""
    tracks = places.select(subject_kind=pl.lit(TRACK), subject_id="track_id", place="place")
    subject = pl.coalesce("place", pl.col("subject_kind") + ":" + pl.col("subject_id"))
    placed = case.ties.join(tracks, on=["subject_kind", "subject_id"], how="left").with_columns(subject=subject)
    shown = placed.filter(pl.col("subject").is_in([node["id"] for node in drawn.nodes]))
    is_account = (pl.col("subject_kind") == ACCOUNT).sum() >= 2
    counts = case.ties.group_by("means_id").agg(user_count=pl.len(), ties_accounts=is_account)
    widest = (
        shown.group_by("means_id", "means_kind")
        .agg(pl.col("subject").unique().sort())
        .filter(pl.col("subject").list.len() >= 2)
        .join(counts, on="means_id")
        .sort("ties_accounts", "user_count", "means_id", descending=[True, True, False])
    )
    for means_id, kind, subjects, count, _ in widest.head(MOST_TIES).iter_rows():
        own = {"id": f"means:{means_id}", "name": printable(means_id.removeprefix(f"{kind}:"))}
        label = f"{kind.replace('_', ' ')} of {count}"
        drawn.nodes.append(own | {"label": label, "kind": "means", "role": kind, "weight": 1.0, "count": count})
        drawn.edges += [
            {"source": f"means:{means_id}", "target": subject, "kind": "shares", "plays": 0} for subject in subjects
        ]
