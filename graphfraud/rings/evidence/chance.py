"""What chance gives on a platform: random groups of any size, and what is usual of its listeners and tracks.

Whoever is under any suspicion stands aside, where enough others are left: a platform full of bots is no
measure of what people do. What a measure reads off random groups depends on their size alone, so that it is read
once for each size.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int64

from graphfraud.rings.evidence.devices import away_plays
from graphfraud.rings.platform import Platform

Rows = Int64[np.ndarray, " _row"]
COSTLY: Final = 16
"""Random groups that are drawn at most where reading one is costly."""
ACTIVITY_BIN_COUNT: Final = 50
"""Listeners who play about as much are compared with each other, in so many bins."""
BIN_PRIOR_PLAYS: Final = 100.0
"""So many plays as everybody's stand in each bin, that a few listeners do not decide it."""
FAVOURITE_SAMPLE_COUNT: Final = 500
"""Listeners whose favourite tells how often people play one thing from elsewhere."""
MOST_AWAY: Final = 0.5
"""Share of plays of a favourite from elsewhere, above which places tell nothing."""
LIKE_ACCOUNT_COUNT: Final = 40
"""Accounts of about as many plays that one is compared with."""
EXACT_SIZE: Final = 32
"""Groups up to this size are drawn as large; larger ones to within a twentieth."""
LEAST_LEFT: Final = 0.5
"""Share of subjects that must be under no suspicion, that those who are can stand aside."""


def _nobody() -> Rows:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Chance:
    """Random groups of a platform, and what measures read off them."""

    platform: Platform
    group_count: int
    seed: int
    suspected_listener_ix: Rows = field(default_factory=_nobody)
    suspected_account_ix: Rows = field(default_factory=_nobody)
    known: dict[tuple[str, int], float] = field(default_factory=dict)

    def of_listeners(
        self, measure: str, count: int, reading: Callable[[Rows], float], *, groups: int | None = None
    ) -> float:
        """The median of what is read off random groups of `count` active listeners."""
        return self._median(f"listener {measure}", self.listener_ix, count, reading, groups)

    def of_accounts(
        self, measure: str, count: int, reading: Callable[[Rows], float], *, groups: int | None = None
    ) -> float:
        """The median of what is read off random groups of `count` accounts with tracks."""
        return self._median(f"account {measure}", self.account_ix, count, reading, groups)

    def of_tracks(self, measure: str, count: int, reading: Callable[[Rows], float]) -> float:
        """The median of what is read off random groups of `count` tracks that are played."""
        return self._median(f"track {measure}", self.track_ix, count, reading, COSTLY)

    def _median(self, name: str, pool: Rows, count: int, reading: Callable[[Rows], float], groups: int | None) -> float:
        size = min(_rounded(count), len(pool))
        if (name, size) not in self.known:
            rng = np.random.default_rng([self.seed, size, *name.encode()])
            draws = min(self.group_count, groups or self.group_count)
            drawn = (np.sort(rng.choice(pool, size, replace=False)) for _ in range(draws))
            self.known[name, size] = float(np.median([reading(group) for group in drawn]))
        return self.known[name, size]

    @cached_property
    def listener_ix(self) -> Rows:
        """Listeners that play anything, and are under no suspicion."""
        return _left(self.platform.active_listener_ix, self.suspected_listener_ix)

    @cached_property
    def account_ix(self) -> Rows:
        """Accounts that have tracks, and are under no suspicion."""
        holders = np.unique(self.platform.facts.track_account_ix).astype(np.int64)
        return _left(holders, self.suspected_account_ix)

    @cached_property
    def track_ix(self) -> Rows:
        """Tracks that anybody plays, of accounts under no suspicion."""
        is_left = np.isin(self.platform.facts.track_account_ix, self.account_ix)
        return np.flatnonzero(is_left & (self.platform.track_plays > 0))

    def just_paid_share(self, listener_ix: Rows) -> float:
        """Of the paid plays of listeners who play as much as these, those that end just after they pay."""
        return self._along(self._just_paid_curve, listener_ix)

    def night_share(self, listener_ix: Rows) -> float:
        """Of the plays of listeners who play as much as these, those in their country's quietest hours."""
        return self._along(self._night_curve, listener_ix)

    def _along(self, curve: Float64[np.ndarray, " bin"], listener_ix: Rows) -> float:
        weight = np.maximum(self.platform.listener_plays[listener_ix], 1e-9)
        return float(np.average(curve[self._activity_bin(listener_ix)], weights=weight))

    @cached_property
    def _just_paid_curve(self) -> Float64[np.ndarray, " bin"]:
        log = self.platform.log
        return self._curve(_sums(log.is_just_paid, log.offsets), _sums(log.is_paid, log.offsets))

    @cached_property
    def _night_curve(self) -> Float64[np.ndarray, " bin"]:
        log = self.platform.log
        return self._curve(_sums(log.is_night, log.offsets), self.platform.listener_plays)

    def _curve(
        self, part: Float64[np.ndarray, " listener"], whole: Float64[np.ndarray, " listener"]
    ) -> Float64[np.ndarray, " bin"]:
        """A share by how much listeners play."""
        bins = self._activity_bin(self.listener_ix)
        parts = np.bincount(bins, weights=part[self.listener_ix], minlength=ACTIVITY_BIN_COUNT)
        wholes = np.bincount(bins, weights=whole[self.listener_ix], minlength=ACTIVITY_BIN_COUNT)
        usual = parts.sum() / max(wholes.sum(), 1.0)
        return np.asarray((parts + BIN_PRIOR_PLAYS * usual) / (wholes + BIN_PRIOR_PLAYS))

    def _activity_bin(self, listener_ix: Rows) -> Int64[np.ndarray, " _row"]:
        """The bin of each listener by how much it plays."""
        plays = self.platform.listener_plays[listener_ix]
        return np.asarray(np.searchsorted(self._activity_borders, plays, side="right"))

    @cached_property
    def _activity_borders(self) -> Float64[np.ndarray, " border"]:
        plays = np.sort(self.platform.listener_plays[self.listener_ix])
        return plays[np.arange(1, ACTIVITY_BIN_COUNT) * len(plays) // ACTIVITY_BIN_COUNT]

    @cached_property
    def twin_share(self) -> float:
        """Of tracks whose sound is known, those that are nearly the same recording as another."""
        facts = self.platform.facts
        has_twin = np.zeros(len(facts.has_sound), np.bool_)
        has_twin[facts.twins.ravel()] = True
        asked = facts.has_sound & np.isin(facts.track_account_ix, self.account_ix)
        return float(has_twin[asked].mean()) if asked.any() else 0.0

    @cached_property
    def title_share(self) -> float:
        """Of titles of three words or more, those whose words come under another account, too."""
        words, owner = self.platform.facts.track_words, self.platform.facts.track_account_ix
        told = words >= 0
        asked = told & np.isin(owner, self.account_ix)
        if not asked.any():
            return 0.0
        pairs = np.unique(np.stack([words[told], owner[told]], axis=1), axis=0)
        return float((np.bincount(pairs[:, 0])[words[asked]] >= 2).mean())

    @cached_property
    def usual_track_plays(self) -> float:
        """Median plays of a track that is played at all."""
        return float(np.median(self.platform.track_plays[self.track_ix])) if len(self.track_ix) else 1.0

    def loyal_share(self, plays: float, head_count: int) -> float:
        """Of accounts of about so many plays, the median share that their so many keenest listeners make."""
        order = self._accounts_by_plays
        place = int(np.searchsorted(self.platform.account_plays[order], plays))
        start = max(0, min(place - LIKE_ACCOUNT_COUNT // 2, len(order) - LIKE_ACCOUNT_COUNT))
        by_account, shares = self.platform.by_account, []
        for account in order[start : start + LIKE_ACCOUNT_COUNT]:
            counts = np.sort(by_account.data[by_account.indptr[account] : by_account.indptr[account + 1]])
            shares.append(counts[-head_count:].sum() / counts.sum())
        return float(np.median(shares)) if shares else 1.0

    @cached_property
    def _accounts_by_plays(self) -> Rows:
        """Accounts that are played and under no suspicion, the least played first."""
        played = self.account_ix[self.platform.account_plays[self.account_ix] > 0]
        return np.asarray(played[np.argsort(self.platform.account_plays[played], kind="stable")])

    @cached_property
    def away_share(self) -> float:
        """How much of what listeners play of their favourite account comes from elsewhere, on the mean."""
        log, count = self.platform.log, min(FAVOURITE_SAMPLE_COUNT, len(self.listener_ix))
        listener_ix = np.sort(np.random.default_rng(self.seed).choice(self.listener_ix, count, replace=False))
        play_ix = log.plays_of(listener_ix)
        listener = np.searchsorted(listener_ix, log.listeners_of(play_ix))
        owner = self.platform.facts.track_account_ix[log.track_ix[play_ix]].astype(np.int64)
        is_favourite = owner == _favourites(listener, owner, count)[listener]
        gone = away_plays(log, play_ix, listener, is_favourite, count)
        return float(gone.share[gone.can_tell].mean()) if gone.can_tell.any() else 0.0

    @property
    def places_tell(self) -> bool:
        """Whether people play their favourites from where they play all else."""
        return self.away_share <= MOST_AWAY


def _left(everybody: Rows, suspected: Rows) -> Rows:
    """Those under no suspicion; everybody where that leaves too few."""
    left = np.setdiff1d(everybody, suspected, assume_unique=True)
    return left if len(left) >= LEAST_LEFT * len(everybody) else everybody


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
