"""What chance gives on a platform: random groups of any size, and what is usual of its listeners and tracks.

What a measure reads off random groups depends on their size alone, so that it is read once for each size.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int64

from graphfraud.rings.evidence.devices import is_elsewhere
from graphfraud.rings.platform import Platform

Rows = Int64[np.ndarray, " _row"]
ACTIVITY_BIN_COUNT: Final = 50
"""Listeners who play about as much are compared with each other, in so many bins."""
FAVOURITE_SAMPLE_COUNT: Final = 500
"""Listeners whose favourite tells how often people keep a device for one thing."""
LIKE_ACCOUNT_COUNT: Final = 40
"""Accounts of about as many plays that one is compared with."""
EXACT_SIZE: Final = 32
"""Groups up to this size are drawn as large; larger ones to within a twentieth."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Chance:
    """Random groups of a platform, and what measures read off them."""

    platform: Platform
    group_count: int
    seed: int
    known: dict[tuple[str, int], float] = field(default_factory=dict)

    def of_listeners(self, measure: str, count: int, reading: Callable[[Rows], float], *, groups: int = 0) -> float:
        """The median of what is read off random groups of `count` active listeners."""
        return self._median(f"listener {measure}", self.platform.active_listener_ix, count, reading, groups)

    def of_accounts(self, measure: str, count: int, reading: Callable[[Rows], float], *, groups: int = 0) -> float:
        """The median of what is read off random groups of `count` accounts with tracks."""
        return self._median(f"account {measure}", self._holders, count, reading, groups)

    def _median(self, name: str, pool: Rows, count: int, reading: Callable[[Rows], float], groups: int) -> float:
        size = min(_rounded(count), len(pool))
        if (name, size) not in self.known:
            rng = np.random.default_rng([self.seed, size, *name.encode()])
            drawn = (np.sort(rng.choice(pool, size, replace=False)) for _ in range(groups or self.group_count))
            self.known[name, size] = float(np.median([reading(group) for group in drawn]))
        return self.known[name, size]

    @cached_property
    def _holders(self) -> Rows:
        return np.unique(self.platform.facts.track_account_ix).astype(np.int64)

    def just_paid_share(self, listener_ix: Rows) -> float:
        """Of the paid plays of listeners who play as much as these, those that end just after they pay."""
        paid, just_paid = self._by_activity
        return self._like(listener_ix, just_paid, paid)

    def night_share(self, listener_ix: Rows) -> float:
        """Of the plays of listeners who play as much as these, those in their country's quietest hours."""
        return self._like(listener_ix, self._night, self.platform.listener_plays)

    def _like(
        self, listener_ix: Rows, part: Float64[np.ndarray, " listener"], whole: Float64[np.ndarray, " listener"]
    ) -> float:
        parts = np.bincount(self._activity_bin, weights=part, minlength=ACTIVITY_BIN_COUNT)
        wholes = np.bincount(self._activity_bin, weights=whole, minlength=ACTIVITY_BIN_COUNT)
        share = parts / np.maximum(wholes, 1.0)
        weight = self.platform.listener_plays[listener_ix]
        return float(np.average(share[self._activity_bin[listener_ix]], weights=np.maximum(weight, 1e-9)))

    @cached_property
    def _activity_bin(self) -> Int64[np.ndarray, " listener"]:
        """The bin of each listener by how much it plays; the first is also for those who play nothing."""
        plays, active = self.platform.listener_plays, self.platform.active_listener_ix
        order = active[np.argsort(plays[active], kind="stable")]
        bins = np.zeros(len(plays), np.int64)
        bins[order] = np.arange(len(order)) * ACTIVITY_BIN_COUNT // max(len(order), 1)
        return bins

    @cached_property
    def _by_activity(self) -> tuple[Float64[np.ndarray, " listener"], Float64[np.ndarray, " listener"]]:
        log = self.platform.log
        return _sums(log.is_paid, log.offsets), _sums(log.is_just_paid, log.offsets)

    @cached_property
    def _night(self) -> Float64[np.ndarray, " listener"]:
        return _sums(self.platform.log.is_night, self.platform.log.offsets)

    @cached_property
    def twin_share(self) -> float:
        """Of tracks whose sound is known, those that are nearly the same recording as another."""
        facts = self.platform.facts
        has_twin = np.zeros(len(facts.has_sound), np.bool_)
        has_twin[facts.twins.ravel()] = True
        return float(has_twin[facts.has_sound].mean()) if facts.has_sound.any() else 0.0

    @cached_property
    def title_share(self) -> float:
        """Of titles of three words or more, those whose words come under another account, too."""
        words, owner = self.platform.facts.track_words, self.platform.facts.track_account_ix
        told = words >= 0
        if not told.any():
            return 0.0
        pairs = np.unique(np.stack([words[told], owner[told]], axis=1), axis=0)
        return float((np.bincount(pairs[:, 0])[words[told]] >= 2).mean())

    @cached_property
    def usual_track_plays(self) -> float:
        """Median plays of a track that is played at all."""
        played = self.platform.track_plays[self.platform.track_plays > 0]
        return float(np.median(played)) if len(played) else 1.0

    def loyal_share(self, plays: float, head_count: int) -> float:
        """Of accounts of about so many plays, the median share that their so many keenest listeners make."""
        order = self._accounts_by_plays
        place = int(np.searchsorted(self.platform.account_plays[order], plays))
        start = max(0, min(place - LIKE_ACCOUNT_COUNT // 2, len(order) - LIKE_ACCOUNT_COUNT))
        by_account, shares = self.platform.by_account, []
        for account in order[start : start + LIKE_ACCOUNT_COUNT]:
            counts = np.sort(by_account.data[by_account.indptr[account] : by_account.indptr[account + 1]])
            shares.append(counts[-head_count:].sum() / counts.sum())
        return float(np.median(shares))

    @cached_property
    def _accounts_by_plays(self) -> Rows:
        """Accounts that are played, the least played first."""
        played = np.flatnonzero(self.platform.account_plays > 0)
        return np.asarray(played[np.argsort(self.platform.account_plays[played], kind="stable")])

    @cached_property
    def away_share(self) -> float:
        """Of the plays of a listener's favourite account, those from a device that it uses for nothing else."""
        log, active = self.platform.log, self.platform.active_listener_ix
        count = min(FAVOURITE_SAMPLE_COUNT, len(active))
        listener_ix = np.sort(np.random.default_rng(self.seed).choice(active, count, replace=False))
        play_ix = log.plays_of(listener_ix)
        listener = np.searchsorted(listener_ix, log.listeners_of(play_ix))
        owner = self.platform.facts.track_account_ix[log.track_ix[play_ix]].astype(np.int64)
        is_favourite = owner == _favourites(listener, owner, count)[listener]
        is_away = is_elsewhere(
            log,
            of_own=listener[~is_favourite],
            own_ix=play_ix[~is_favourite],
            of_asked=listener[is_favourite],
            asked_ix=play_ix[is_favourite],
        )
        return float(is_away.mean()) if is_away.size else 0.0


def _rounded(count: int) -> int:
    """The size of group that stands for one of `count`."""
    if count <= EXACT_SIZE:
        return max(count, 1)
    return round(float(np.exp(np.round(np.log(count) / 0.1) * 0.1)))


def _sums(sign: Bool[np.ndarray, " play"], offsets: Int64[np.ndarray, " offset"]) -> Float64[np.ndarray, " listener"]:
    running = np.concatenate([[0], np.cumsum(sign, dtype=np.int64)])
    return np.asarray(np.diff(running[offsets]), np.float64)


def _favourites(
    listener: Int64[np.ndarray, " play"], owner: Int64[np.ndarray, " play"], listener_count: int
) -> Int64[np.ndarray, " listener"]:
    """The account that each listener plays most, the first of equals; -1 for who plays nothing."""
    pairs, plays = np.unique(np.stack([listener, owner], axis=1), axis=0, return_counts=True)
    order = np.lexsort((pairs[:, 1], -plays, pairs[:, 0]))
    who, first = np.unique(pairs[order, 0], return_index=True)
    favourite = np.full(listener_count, -1, np.int64)
    favourite[who] = pairs[order, 1][first]
    return favourite
