"""A platform in arrays with rings planted in it, for tests of `graphfraud.rings`; shapes are checked in every call."""

from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import install_import_hook

with install_import_hook(["graphfraud.rings", "graphfraud.graph"], "beartype.beartype"):
    import graphfraud.rings.find
    import graphfraud.rings.lineage  # noqa: F401  # imported to be checked

from graphfraud.config import RingSettings
from graphfraud.graph.typed import Graph, edge_set, node_set
from graphfraud.prior.shipped import shipped_ring_weights
from graphfraud.rings.candidates.suspicion import Suspicion
from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import Chance
from graphfraud.rings.find import Judged, judged_suspicions
from graphfraud.rings.platform import Facts, Platform, PlayLog
from graphfraud.vocabulary import (
    ACCOUNT,
    ACCOUNT_USED,
    LISTENER,
    LISTENER_USED,
    MEAN,
    STREAMED,
    TRACK,
    UPLOADED,
)

DAY_US = 86_400_000_000
AS_OF_US = 20_000 * DAY_US
WINDOW_DAYS = 28
AWAKE = np.array([2, 1, 1, 1, 1, 2, 6, 15, 20, 20, 20, 21, 23, 22, 21, 22, 25, 29, 32, 33, 31, 26, 17, 9.0])
NIGHT_HOURS = np.argsort(AWAKE)[:8]


def _moved(values: Any, new: np.ndarray) -> list[Any]:
    """The values, each at its new number."""
    moved = np.empty(len(new), dtype=np.asarray(values).dtype)
    moved[new] = values
    return moved.tolist()


@dataclass
class Town:
    """People who play hits and favourites by day, each on a device of their own; then whoever is added."""

    listener_count: int = 400
    account_count: int = 120
    tracks_each: int = 4
    seed: int = 0
    plays: list[np.ndarray] = field(default_factory=list)
    """Rows of listener, track, instant in us, device, address, is_just_paid."""
    listener_age_days: list[float] = field(default_factory=list)
    account_age_days: list[float] = field(default_factory=list)
    payee: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    upload_age_days: list[float] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    twins: list[tuple[int, int]] = field(default_factory=list)
    account_devices: list[tuple[int, int]] = field(default_factory=list)
    households: list[np.ndarray] = field(default_factory=list)
    """Listeners who pay together."""

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.opened(self.account_count, ages=self.random.uniform(30, 3_000, self.account_count))
        for account in range(self.account_count):
            age = self.random.uniform(0, self.account_age_days[account], self.tracks_each)
            self.uploaded(account, self.tracks_each, ages=age)
        self.joined(self.listener_count, ages=self.random.uniform(1, 2_000, self.listener_count))
        pull = self.random.lognormal(0, 1.5, len(self.owner))
        for listener in range(self.listener_count):
            count = int(np.clip(self.random.lognormal(4, 0.9), 5, 600))
            favourites = self.random.choice(len(pull), 25, p=pull / pull.sum())
            tracks = np.where(
                self.random.random(count) < 0.6,
                self.random.choice(favourites, count),
                self.random.choice(len(pull), count, p=pull / pull.sum()),
            )
            self.played(listener, tracks, device=listener)

    def opened(self, count: int, *, ages: np.ndarray, payee: int | None = None) -> np.ndarray:
        """New accounts, each with a payee of its own unless one is given."""
        first = len(self.account_age_days)
        self.account_age_days += list(ages)
        self.payee += [payee if payee is not None else 1_000_000 + first + n for n in range(count)]
        return np.arange(first, first + count)

    def uploaded(self, account: int, count: int, *, ages: np.ndarray, words: int = -1) -> np.ndarray:
        """New tracks of an account."""
        first = len(self.owner)
        self.owner += [account] * count
        self.upload_age_days += list(np.broadcast_to(ages, count))
        self.words += [words] * count
        return np.arange(first, first + count)

    def joined(self, count: int, *, ages: np.ndarray) -> np.ndarray:
        """New listeners."""
        first = len(self.listener_age_days)
        self.listener_age_days += list(np.broadcast_to(ages, count))
        return np.arange(first, first + count)

    def played(
        self,
        listener: int,
        tracks: np.ndarray,
        *,
        device: int,
        address: int = -1,
        flat: bool = False,
        just_paid: float = 0.02,
    ) -> None:
        """Plays of a listener on a device, at an address unless it is unknown, by day or round the clock."""
        count = len(tracks)
        hours = self.random.integers(0, 24, count) if flat else self.random.choice(24, count, p=AWAKE / AWAKE.sum())
        day = self.random.integers(0, WINDOW_DAYS, count)
        at_us = (
            AS_OF_US - DAY_US * (WINDOW_DAYS - day) + hours * (DAY_US // 24) + self.random.integers(0, 3_000_000, count)
        )
        cut = self.random.random(count) < just_paid
        where = np.full(count, device), np.full(count, address)
        self.plays.append(np.column_stack([np.full(count, listener), tracks, at_us, *where, cut]))

    def at_home(self) -> None:
        """Every play so far came from its listener's home."""
        for rows in self.plays:
            rows[:, 4] = rows[:, 0]

    def farm(
        self, *, bots: int = 40, accounts: int = 2, tracks: int = 15, camouflage: float = 0.2, crude: bool = True
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Bots that play an operator's tracks: listeners, accounts, tracks."""
        owners = self.opened(accounts, ages=np.full(accounts, 60.0) + self.random.random(accounts), payee=7)
        songs = np.concatenate([self.uploaded(owner, tracks, ages=np.array(40.0)) for owner in owners])
        members = self.joined(bots, ages=50 + self.random.random(bots))
        for bot in members:
            device = 5_000 + bot // 4 if crude else 5_000 + bot
            own = self.random.choice(songs, int(self.random.poisson(150 * (1 - camouflage))))
            cover = self.random.integers(
                0, self.account_count * self.tracks_each, self.random.poisson(150 * camouflage)
            )
            self.played(bot, np.concatenate([own, cover]), device=device, flat=crude, just_paid=0.6 if crude else 0.02)
        return members, owners, songs

    def scene(self, *, people: int = 25) -> tuple[np.ndarray, int]:
        """Friends who play one little-known account beside all else, each as much as they like."""
        fans = self.random.choice(self.listener_count, people, replace=False)
        account = int(self.opened(1, ages=np.array([900.0]))[0])
        songs = self.uploaded(account, 8, ages=self.random.uniform(10, 800, 8))
        for fan in fans:
            self.played(fan, self.random.choice(songs, int(self.random.lognormal(3, 1))), device=fan)
        return np.sort(fans), account

    def hijack(self, *, victims: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Honest listeners in whose names somebody plays, from devices that are not theirs."""
        owners = self.opened(1, ages=np.array([45.0]))
        songs = self.uploaded(int(owners[0]), 12, ages=np.array(30.0))
        taken = np.sort(self.random.choice(self.listener_count, victims, replace=False))
        for victim in taken:
            device = 9_000 + victim % 8
            self.played(victim, self.random.choice(songs, 60), device=device, flat=True, just_paid=0.7)
        return taken, owners, songs

    def renumbered(self, listener: np.ndarray, account: np.ndarray, track: np.ndarray) -> "Town":
        """The same town, its listeners, accounts and tracks numbered anew: `listener[n]` is what was n."""
        other = copy(self)
        other.plays = [np.column_stack([listener[rows[:, 0]], track[rows[:, 1]], rows[:, 2:]]) for rows in self.plays]
        for name, new in (("listener_age_days", listener), ("account_age_days", account), ("payee", account)):
            setattr(other, name, _moved(getattr(self, name), new))
        other.owner = _moved(account[self.owner], track)
        for name in ("upload_age_days", "words"):
            setattr(other, name, _moved(getattr(self, name), track))
        other.twins = [(int(min(pair)), int(max(pair))) for pair in track[np.array(self.twins, int).reshape(-1, 2)]]
        other.account_devices = [(int(account[owner]), device) for owner, device in self.account_devices]
        other.households = [listener[members] for members in self.households]
        return other

    def platform(self) -> Platform:
        """All of it, as rings are sought in it."""
        rows = np.concatenate(self.plays).astype(np.int64)
        rows = rows[np.lexsort((rows[:, 2], rows[:, 0]))]
        listener, track, at_us, device, address, cut = rows.T
        counts = {ACCOUNT: len(self.account_age_days), TRACK: len(self.owner), LISTENER: len(self.listener_age_days)}
        hour = (at_us % DAY_US // (DAY_US // 24)).astype(np.uint8)
        graph = self._graph(listener, track, device, counts)
        return Platform(
            graph=graph,
            as_of_us=AS_OF_US,
            log=PlayLog(
                offsets=np.concatenate([[0], np.cumsum(np.bincount(listener, minlength=counts[LISTENER]))]),
                track_ix=track.astype(np.int32),
                at_us=at_us,
                hour=hour,
                device=device.astype(np.int32),
                address=address.astype(np.int32),
                is_paid=np.ones(len(device), np.bool_),
                is_just_paid=cut.astype(np.bool_),
                is_night=np.isin(hour, NIGHT_HOURS),
            ),
            facts=Facts(
                listener_created_us=AS_OF_US - (DAY_US * np.array(self.listener_age_days)).astype(np.int64),
                listener_country=np.zeros(counts[LISTENER], np.int32),
                listener_household=self._households(counts[LISTENER]),
                account_created_us=AS_OF_US - (DAY_US * np.array(self.account_age_days)).astype(np.int64),
                account_payee=np.unique(self.payee, return_inverse=True)[1].astype(np.int32),
                track_account_ix=np.array(self.owner, np.int32),
                track_uploaded_us=AS_OF_US - (DAY_US * np.array(self.upload_age_days)).astype(np.int64),
                track_words=np.array(self.words, np.int32),
                twins=np.array(sorted(self.twins), np.int64).reshape(-1, 2),
                has_sound=np.ones(counts[TRACK], np.bool_),
            ),
        )

    def _households(self, count: int) -> np.ndarray:
        numbers = np.arange(count, dtype=np.int32)
        for members in self.households:
            numbers[members] = members[0]
        return numbers

    def _graph(self, listener: np.ndarray, track: np.ndarray, device: np.ndarray, counts: dict[str, int]) -> Graph:
        pairs, plays = np.unique(np.column_stack([listener, track]), axis=0, return_counts=True)
        uses = np.unique(np.column_stack([listener, device]), axis=0)
        logins = np.array(sorted(set(self.account_devices)), np.int64).reshape(-1, 2)
        paid = np.column_stack([np.arange(counts[ACCOUNT]), np.array(self.payee)])
        means, means_ix = np.unique(np.concatenate([uses[:, 1], logins[:, 1], paid[:, 1]]), return_inverse=True)
        is_payee = np.isin(means, paid[:, 1])
        by_listener, by_login, by_payee = np.split(means_ix, [len(uses), len(uses) + len(logins)])
        nodes = {
            kind: node_set(kind, [f"{kind[0]}{n:05d}" for n in range(count)], (), np.zeros((count, 0)))
            for kind, count in counts.items()
        }
        flags = np.column_stack([~is_payee, np.zeros(len(means)), is_payee]).astype(np.float64)
        nodes[MEAN] = node_set(
            MEAN, [f"device:{n:05d}" for n in range(len(means))], ("is_device", "is_address", "is_payee"), flags
        )
        sources = np.concatenate([logins[:, 0], paid[:, 0]])
        edges = (
            (UPLOADED, np.array(self.owner), np.arange(counts[TRACK]), np.ones(counts[TRACK])),
            (STREAMED, pairs[:, 0], pairs[:, 1], plays),
            (LISTENER_USED, uses[:, 0], by_listener, np.ones(len(uses))),
            (ACCOUNT_USED, sources, np.concatenate([by_login, by_payee]), np.ones(len(sources))),
        )
        sets = {
            relation.name: edge_set(
                relation,
                source,
                target,
                weight,
                source_count=nodes[relation.source].count,
                target_count=nodes[relation.target].count,
            )
            for relation, source, target, weight in edges
        }
        return Graph(as_of="2024-10-04T00:00:00+00:00", nodes=nodes, edges=sets)


@dataclass(frozen=True)
class Settled:
    """A town whose rings and scenes are known, and what was found in it."""

    platform: Platform
    crude: tuple[np.ndarray, np.ndarray, np.ndarray]
    hidden: tuple[np.ndarray, np.ndarray, np.ndarray]
    hijacked: tuple[np.ndarray, np.ndarray, np.ndarray]
    scenes: list[tuple[np.ndarray, int]]
    found: list[Judged]


def case_of(platform: Platform, listeners: np.ndarray, accounts: np.ndarray) -> Case:
    """A suspicion of these listeners and accounts, with all of the accounts' tracks."""
    tracks = platform.tracks_of(accounts)
    suspicion = Suspicion(
        level="test",
        listener_ix=np.asarray(listeners, np.int64),
        account_ix=np.asarray(accounts, np.int64),
        track_ix=tracks,
        ring_plays=platform.plays_on(tracks)[listeners],
    )
    return Case(chance=Chance(platform=platform, group_count=32, seed=0), suspicion=suspicion)


def judged(platform: Platform, *, least_log_odds: float = 0.0, seed: int = 0) -> list[Judged]:
    """The rings of a platform, with the weights that ship."""
    return judged_suspicions(
        platform,
        RingSettings(),
        shipped_ring_weights(),
        seed=seed,
        least_log_odds=least_log_odds,
        progress=lambda _: None,
    )


def jaccard(found: np.ndarray, planted: np.ndarray) -> float:
    return len(np.intersect1d(found, planted)) / max(len(np.union1d(found, planted)), 1)
