"""A suspicion on the table, with what several measures read of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float64, Int64

from graphfraud.rings.candidates.suspicion import Suspicion
from graphfraud.rings.evidence.chance import Chance
from graphfraud.rings.evidence.devices import Away, away_plays
from graphfraud.rings.platform import Platform
from graphfraud.rings.service import Service, service


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A suspicion, and the chance that it is held against."""

    chance: Chance
    suspicion: Suspicion

    @property
    def platform(self) -> Platform:
        """Where it all happens."""
        return self.chance.platform

    @property
    def listener_count(self) -> int:
        """Listeners under suspicion."""
        return len(self.suspicion.listener_ix)

    @cached_property
    def household_count(self) -> int:
        """Households under suspicion: those who pay together came together."""
        return len(np.unique(self.platform.facts.listener_household[self.suspicion.listener_ix]))

    @property
    def free_count(self) -> float:
        """How many of the listeners decide for themselves: every further one of a household half."""
        return 0.5 * (self.household_count + self.listener_count)

    @cached_property
    def away(self) -> Away:
        """How much of what each listener plays of it came from elsewhere."""
        play_ix, is_of_ring = self._plays
        return away_plays(self.platform.log, play_ix, self.listener_of(play_ix), is_of_ring, self.listener_count)

    @property
    def elsewhere(self) -> float:
        """How surely the listeners live elsewhere (0-1): the share of it that they play from places of nothing else."""
        told = self.away.can_tell
        if told.sum() < 2 or not self.chance.places_tell:
            return 0.0
        return float(self.away.share[told].mean() * told.mean())

    @cached_property
    def _plays(self) -> tuple[Int64[np.ndarray, " play"], Bool[np.ndarray, " play"]]:
        """Where the listeners' plays stand in the log, listener after listener, and which are of the ring's tracks."""
        log = self.platform.log
        play_ix = log.plays_of(self.suspicion.listener_ix)
        is_ring_track = np.zeros(len(self.platform.facts.track_account_ix), np.bool_)
        is_ring_track[self.suspicion.track_ix] = True
        return play_ix, is_ring_track[log.track_ix[play_ix]]

    @property
    def ring_play_ix(self) -> Int64[np.ndarray, " play"]:
        """The listeners' plays of the suspicion's tracks."""
        play_ix, is_of_ring = self._plays
        return np.asarray(play_ix[is_of_ring])

    def listener_of(self, play_ix: Int64[np.ndarray, " play"]) -> Int64[np.ndarray, " play"]:
        """Whose plays these are, as places in the suspicion's listeners."""
        return np.searchsorted(self.suspicion.listener_ix, self.platform.log.listeners_of(play_ix))

    @cached_property
    def owner_ix(self) -> Int64[np.ndarray, " owner"]:
        """Accounts that own the suspicion's tracks."""
        return np.unique(self.platform.facts.track_account_ix[self.suspicion.track_ix]).astype(np.int64)

    @cached_property
    def twins(self) -> Int64[np.ndarray, "pair 2"]:
        """Pairs of the suspicion's tracks that are the same recording."""
        return self._inside(self.platform.facts.twins)

    @cached_property
    def copies_ix(self) -> Int64[np.ndarray, " _track"]:
        """The suspicion's tracks that are a recording of another account's: of one in it, or of an earlier one."""
        facts = self.platform.facts
        pairs = self.platform.foreign_twins
        of, other = np.concatenate([pairs, pairs[:, ::-1]]).T
        came_later = facts.track_uploaded_us[of] > facts.track_uploaded_us[other]
        is_copy = came_later | np.isin(other, self.suspicion.track_ix)
        return np.intersect1d(of[is_copy], self.suspicion.track_ix)

    @cached_property
    def foreign_twins(self) -> Int64[np.ndarray, "pair 2"]:
        """Those of two accounts."""
        return self._inside(self.platform.foreign_twins)

    def _inside(self, pairs: Int64[np.ndarray, "pair 2"]) -> Int64[np.ndarray, "_pair 2"]:
        return np.asarray(pairs[np.isin(pairs, self.suspicion.track_ix).all(axis=1)])

    @cached_property
    def of_tracks(self) -> Service:
        """What the listeners do for the suspicion's tracks."""
        return service(self.platform.by_track, self.suspicion.track_ix, self.suspicion.listener_ix)

    @cached_property
    def owner_gain(self) -> Float64[np.ndarray, " owner"]:
        """Plays that each owner gets from the listeners on the suspicion's tracks."""
        log, facts = self.platform.log, self.platform.facts
        owner = np.searchsorted(self.owner_ix, facts.track_account_ix[log.track_ix[self.ring_play_ix]])
        return np.bincount(owner, minlength=len(self.owner_ix)).astype(np.float64)
