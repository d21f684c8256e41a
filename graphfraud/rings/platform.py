"""What rings are sought in: who played what, when and from where, who uploaded it, who is paid, what sounds the same.

Everything is by row number, as in the graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64, UInt8
from scipy.sparse import coo_array, csr_array

from graphfraud.graph.typed import EdgeSet, Graph
from graphfraud.vocabulary import ACCOUNT_USED, LISTENER_USED, MEAN, STREAMED

DAY_US: Final = 86_400e6
HUB_USERS: Final = 2_000
"""A means of more users makes nobody suspicious: rings look past it, and none of their lists grows as long as a hub."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlayLog:
    """Every play, by listener and then by instant."""

    offsets: Int64[np.ndarray, " listener_offset"]
    """The plays of listener i begin at `offsets[i]` and end before `offsets[i + 1]`."""
    track_ix: Int32[np.ndarray, " play"]
    at_us: Int64[np.ndarray, " play"]
    hour: UInt8[np.ndarray, " play"]
    """UTC, 0 to 23."""
    device: Int32[np.ndarray, " play"]
    """Equal numbers are equal devices; -1 is unknown."""
    address: Int32[np.ndarray, " play"]
    is_paid: Bool[np.ndarray, " play"]
    is_just_paid: Bool[np.ndarray, " play"]
    """Cut soon after the 30 s that pay."""
    is_night: Bool[np.ndarray, " play"]
    """In the eight quietest hours of the listener's country."""

    def plays_of(self, listener_ix: Int64[np.ndarray, " asked"]) -> Int64[np.ndarray, " play"]:
        """Where the plays of these listeners stand, listener after listener."""
        return spread(self.offsets, listener_ix)

    def listeners_of(self, play_ix: Int64[np.ndarray, " play"]) -> Int64[np.ndarray, " play"]:
        """Whose plays these are."""
        return np.searchsorted(self.offsets, play_ix, side="right") - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """What is plainly known of subjects."""

    listener_created_us: Int64[np.ndarray, " listener"]
    listener_country: Int32[np.ndarray, " listener"]
    """Equal numbers are equal home countries."""
    listener_household: Int32[np.ndarray, " listener"]
    """Equal numbers pay together, by one plan; whoever pays alone has a number of its own."""
    account_created_us: Int64[np.ndarray, " account"]
    account_payee: Int32[np.ndarray, " account"]
    """Equal numbers are equal payees; -1 is unknown."""
    track_account_ix: Int32[np.ndarray, " track"]
    track_uploaded_us: Int64[np.ndarray, " track"]
    track_words: Int32[np.ndarray, " track"]
    """Equal numbers are titles of the same words; -1 is a title of fewer than three."""
    twins: Int64[np.ndarray, "pair 2"]
    """Tracks that are the same recording in another coat."""
    has_sound: Bool[np.ndarray, " track"]
    """Whether it is known what a track sounds like."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Platform:
    """All of it, and what follows from it once."""

    graph: Graph
    log: PlayLog
    facts: Facts
    as_of_us: int

    @cached_property
    def by_listener(self) -> csr_array:
        """Plays [listener, track]."""
        edges = self.graph.edges[STREAMED.name]
        shape = edges.source_count, edges.target_count
        return csr_array((edges.weight.astype(np.float64), edges.target_ix, edges.source_offsets), shape=shape)

    @cached_property
    def by_track(self) -> csr_array:
        """Plays [track, listener]."""
        edges = self.graph.edges[STREAMED.name]
        shape = edges.target_count, edges.source_count
        return csr_array((edges.reverse_weight.astype(np.float64), edges.source_ix, edges.target_offsets), shape=shape)

    @cached_property
    def by_account(self) -> csr_array:
        """Plays [account, listener]."""
        return grouped_rows(self.by_track, self.facts.track_account_ix, len(self.facts.account_created_us))

    @cached_property
    def listener_plays(self) -> Float64[np.ndarray, " listener"]:
        """Plays of each listener."""
        return np.asarray(self.by_listener.sum(axis=1))

    @cached_property
    def play_count(self) -> float:
        """All plays."""
        return float(self.listener_plays.sum())

    @cached_property
    def listener_log_days(self) -> Float64[np.ndarray, " listener"]:
        """The log of each listener's age in days, and one."""
        return _log_days(self.as_of_us - self.facts.listener_created_us)

    @cached_property
    def account_log_days(self) -> Float64[np.ndarray, " account"]:
        """The same of accounts."""
        return _log_days(self.as_of_us - self.facts.account_created_us)

    @cached_property
    def foreign_twins(self) -> Int64[np.ndarray, "pair 2"]:
        """Pairs of twins under two accounts."""
        owner = self.facts.track_account_ix[self.facts.twins]
        return np.asarray(self.facts.twins[owner[:, 0] != owner[:, 1]])

    @cached_property
    def track_plays(self) -> Float64[np.ndarray, " track"]:
        """Plays of each track."""
        return np.asarray(self.by_track.sum(axis=1))

    @cached_property
    def account_plays(self) -> Float64[np.ndarray, " account"]:
        """Plays of each account's tracks."""
        return np.bincount(
            self.facts.track_account_ix, weights=self.track_plays, minlength=len(self.facts.account_created_us)
        )

    @cached_property
    def tracks_by_account(self) -> tuple[Int64[np.ndarray, " account_offset"], Int64[np.ndarray, " track"]]:
        """Offsets and rows of each account's tracks."""
        order = np.argsort(self.facts.track_account_ix, kind="stable")
        counts = np.bincount(self.facts.track_account_ix, minlength=len(self.facts.account_created_us))
        return np.concatenate([[0], np.cumsum(counts)]), order

    @cached_property
    def active_listener_ix(self) -> Int64[np.ndarray, " listener"]:
        """Listeners that played anything."""
        return np.flatnonzero(self.listener_plays > 0)

    @cached_property
    def day_curves(self) -> Float64[np.ndarray, "country 24"]:
        """How the plays of each home country's listeners spread over the hours, UTC; even where nobody plays."""
        home = np.repeat(self.facts.listener_country, np.diff(self.log.offsets)).astype(np.int64)
        country_count = int(self.facts.listener_country.max(initial=0)) + 1
        plays = np.bincount(home * 24 + self.log.hour, minlength=24 * country_count).reshape(country_count, 24)
        smooth = plays + 1e-9
        return np.asarray(smooth / smooth.sum(axis=1, keepdims=True))

    def tracks_of(self, account_ix: Int64[np.ndarray, " asked"]) -> Int64[np.ndarray, " track"]:
        """The tracks of some accounts, sorted."""
        offsets, order = self.tracks_by_account
        return np.sort(order[spread(offsets, account_ix)])

    def plays_on(self, track_ix: Int64[np.ndarray, " asked"]) -> Float64[np.ndarray, " listener"]:
        """How often each listener of the platform played these tracks."""
        rows = self.by_track[track_ix]
        plays = np.bincount(rows.indices, weights=rows.data, minlength=self.by_track.shape[1])
        return plays.astype(np.float64, copy=False)  # of nothing at all bincount makes integers

    @cached_property
    def users_of_means(self) -> Int64[np.ndarray, " means"]:
        """How many listeners and accounts use each of the shared means."""
        counts = [np.bincount(used.indices, minlength=used.shape[1]) for used in self.means.values()]
        return np.asarray(np.sum(counts, axis=0))

    @cached_property
    def is_place(self) -> Bool[np.ndarray, " means"]:
        """Which of the shared means are devices or addresses."""
        nodes = self.graph.nodes[MEAN]
        flags = [nodes.feature_names.index(name) for name in ("is_device", "is_address")]
        return np.asarray(nodes.features[:, flags].max(axis=1, initial=0.0) > 0)

    @cached_property
    def means(self) -> Mapping[str, csr_array]:
        """Who used which shared means but hubs, 1 where it did: [listener, means] and [account, means]."""
        edges = {name: self.graph.edges[name] for name in (LISTENER_USED.name, ACCOUNT_USED.name)}
        user_count = np.sum([np.diff(one.target_offsets) for one in edges.values()], axis=0)
        return {name: _used(one, user_count <= HUB_USERS) for name, one in edges.items()}


def _log_days(age_us: Int64[np.ndarray, " subject"]) -> Float64[np.ndarray, " subject"]:
    return np.asarray(np.log1p(np.maximum(age_us, 0) / DAY_US))


def _used(edges: EdgeSet, is_wanted: Bool[np.ndarray, " means"]) -> csr_array:
    kept = is_wanted[edges.target_ix]
    offsets = np.concatenate([[0], np.cumsum(kept)])[edges.source_offsets]
    shape = edges.source_count, edges.target_count
    return csr_array((np.ones(int(kept.sum())), edges.target_ix[kept], offsets), shape=shape)


def spread(offsets: Int64[np.ndarray, " offset"], row_ix: Int64[np.ndarray, " row"]) -> Int64[np.ndarray, " item"]:
    """Where the items of some rows stand, row after row."""
    starts, counts = offsets[row_ix], np.diff(offsets)[row_ix]
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(counts.sum())


def grouped_rows(matrix: csr_array, group: Int32[np.ndarray, " row"], group_count: int) -> csr_array:
    """The sums of the matrix's rows by group: [group, column]."""
    coordinates = matrix.tocoo()
    shape = group_count, matrix.shape[1]
    summed = coo_array((coordinates.data, (group[coordinates.row], coordinates.col)), shape=shape).tocsr()
    summed.sum_duplicates()
    return csr_array(summed)
