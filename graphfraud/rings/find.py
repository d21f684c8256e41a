"""Rings of a platform: proposed, assembled, held against chance, and chosen where they overlap."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Final, Literal

import numpy as np
from jaxtyping import Int64

from graphfraud.config import RingSettings
from graphfraud.log_odds import sigmoid
from graphfraud.rings.candidates.assemble import assembled, without_accounts
from graphfraud.rings.candidates.stream import co_listening_seeds
from graphfraud.rings.candidates.suspicion import Suspicion
from graphfraud.rings.candidates.upload import tied_account_seeds
from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.chance import Chance
from graphfraud.rings.evidence.weigh import RingWeights, Weighed, ring_log_odds, weighed_evidence
from graphfraud.rings.platform import Platform
from graphfraud.rings.roles import BYSTANDER, Members, cast
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK

FEWEST_ACTORS: Final = 2
SMALLEST_CROWD: Final = 30
"""A group of up to so many listeners is a crowd on no platform."""
SAME_FROM: Final = 0.5
"""Share of the smaller one's actors from which two suspicions are about the same thing."""
WITHIN_FROM: Final = 0.9
"""Share of its actors from which a suspicion lies within a larger one."""
WORTH_OF_SIZE: Final = 0.5
"""Log-odds that a suspicion may lose by becoming e times as large: a ring is as large as the evidence holds."""
GROWN_UP_TO: Final = 1.5
"""Times as many actors, up to which a suspicion that holds another is that one, seen whole."""
FAMILIES_OF_UPLOADS: Final = ("catalogue", "content")
FAMILIES_OF_STREAMS: Final = ("effort", "rhythm", "means", "origin")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """A suspicion with its evidence and members."""

    kind: Literal["stream", "upload"]
    """Named for what speaks the loudest."""
    suspicion: Suspicion
    evidence: list[Weighed]
    log_odds: float
    members: dict[str, Members]

    @property
    def risk(self) -> float:
        """Probability that this is a ring."""
        return float(sigmoid(self.log_odds))

    @property
    def serves_somebody(self) -> bool:
        """Whether anybody gains: without a beneficiary there is no ring."""
        return any(len(self.members[kind].extent_ix) > 0 for kind in (ACCOUNT, TRACK))

    @property
    def extent_actor_count(self) -> int:
        """Accounts and listeners that are no bystanders."""
        return sum(len(self.members[kind].extent_ix) for kind in (ACCOUNT, LISTENER))


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    case: Case
    evidence: list[Weighed]
    log_odds: float
    actors: frozenset[int]


def judged_suspicions(
    platform: Platform,
    settings: RingSettings,
    weights: RingWeights,
    *,
    seed: int,
    least_log_odds: float,
    progress: Callable[[str], None],
) -> list[Judged]:
    """Suspicions of at least these log-odds, the likeliest first, of those about the same thing only the best."""
    progress("proposing groups")
    suspicions = _suspicions(platform, settings)
    progress(f"holding {len(suspicions):,} suspicions against chance")
    chance = Chance(
        platform=platform,
        group_count=settings.chance_group_count,
        seed=seed,
        suspected_listener_ix=_union([each.listener_ix for each in suspicions]),
        suspected_account_ix=_union([each.account_ix for each in suspicions]),
    )
    weighed = [_weighed(Case(chance=chance, suspicion=each), weights) for each in suspicions]
    likely = [each for each in weighed if each.log_odds >= least_log_odds]
    judged = [_judged(each, weights) for each in _best(likely, weights, least_log_odds)]
    kept = [each for each in judged if each is not None and each.log_odds >= least_log_odds and each.serves_somebody]
    return sorted((each for each in kept if each.extent_actor_count >= FEWEST_ACTORS), key=lambda each: -each.log_odds)


def _suspicions(platform: Platform, settings: RingSettings) -> list[Suspicion]:
    """Every seed made whole; what comes out the same from several stands once."""
    seeds = co_listening_seeds(platform, settings) + tied_account_seeds(platform, settings)
    limit = max(SMALLEST_CROWD, int(settings.max_group_share * len(platform.active_listener_ix)))
    whole = [assembled(platform, seed, max_listeners=limit) for seed in seeds]
    kept = [each for each in whole if each is not None and each.actor_count >= FEWEST_ACTORS]
    return list({_content(each): each for each in reversed(kept)}.values())


def _union(rows: list[Int64[np.ndarray, " _row"]]) -> Int64[np.ndarray, " _row"]:
    return np.unique(np.concatenate([np.zeros(0, np.int64), *rows]))


def _content(suspicion: Suspicion) -> tuple[bytes, ...]:
    return tuple(rows.tobytes() for rows in (suspicion.listener_ix, suspicion.account_ix, suspicion.track_ix))


def _weighed(case: Case, weights: RingWeights) -> _Weighed:
    evidence = weighed_evidence(case, weights)
    accounts = (-1 - case.suspicion.account_ix).tolist()
    return _Weighed(
        case, evidence, ring_log_odds(evidence, weights), frozenset(accounts + case.suspicion.listener_ix.tolist())
    )


def _best(likely: list[_Weighed], weights: RingWeights, least_log_odds: float) -> list[_Weighed]:
    """Of suspicions about the same thing the likeliest, grown as far as the evidence holds.

    What overlaps with a better one must stand on what is its own: on whom it serves that the other does not.
    """
    ranked = sorted(likely, key=lambda each: (-each.log_odds, -len(each.actors), min(each.actors)))
    best: list[_Weighed] = []
    for each in ranked:
        if any(_overlap(each, other) >= SAME_FROM for other in best):
            continue
        own = _on_its_own(each, best, weights)
        if own is not None and own.log_odds >= least_log_odds:
            best.append(_grown(own, ranked, best) if own is each else own)
    return sorted(best, key=lambda each: -each.log_odds)


def _on_its_own(found: _Weighed, better: list[_Weighed], weights: RingWeights) -> _Weighed | None:
    """The suspicion without the accounts of better ones; None when too little is left."""
    mine = found.case.suspicion.account_ix
    own_ix = np.setdiff1d(mine, _union([each.case.suspicion.account_ix for each in better]))
    if len(own_ix) == len(mine):
        return found
    rest = without_accounts(found.case.platform, found.case.suspicion, np.setdiff1d(mine, own_ix))
    if rest.actor_count < FEWEST_ACTORS:
        return None
    return _weighed(Case(chance=found.case.chance, suspicion=rest), weights)


def _grown(found: _Weighed, ranked: list[_Weighed], better: list[_Weighed]) -> _Weighed:
    """The likeliest of the little larger suspicions that `found` lies within, each given credit for its size.

    What is much larger, holds a better one as well, or serves whom a better one serves, is not the same thing grown.
    """
    taken = _union([each.case.suspicion.account_ix for each in better])
    wider = [
        each
        for each in ranked
        if len(found.actors & each.actors) >= WITHIN_FROM * len(found.actors)
        and len(each.actors) <= GROWN_UP_TO * len(found.actors)
        and not np.isin(each.case.suspicion.account_ix, taken).any()
        and not any(_overlap(each, other) >= SAME_FROM for other in better)
    ]
    return max(wider, key=lambda each: each.log_odds + WORTH_OF_SIZE * log(len(each.actors)), default=found)


def _overlap(one: _Weighed, other: _Weighed) -> float:
    return len(one.actors & other.actors) / min(len(one.actors), len(other.actors))


def _judged(weighed: _Weighed, weights: RingWeights) -> Judged | None:
    """The suspicion with its members, on the evidence of those whom it accuses; None when nobody is left."""
    members = cast(weighed.case, weighed.evidence)
    aside_ix = np.setdiff1d(weighed.case.suspicion.account_ix, members[ACCOUNT].extent_ix)
    if not len(aside_ix):
        return _named(weighed, members)
    rest = without_accounts(weighed.case.platform, weighed.case.suspicion, aside_ix)
    if rest.actor_count < FEWEST_ACTORS:
        return None
    again = _weighed(Case(chance=weighed.case.chance, suspicion=rest), weights)
    told = cast(again.case, again.evidence)
    return _named(again, {kind: _with_bystanders(told[kind], members[kind]) for kind in told})


def _with_bystanders(told: Members, before: Members) -> Members:
    """The members, and those who were bystanders before and are nothing now."""
    aside = np.flatnonzero([role == BYSTANDER for role in before.role])
    new = aside[~np.isin(before.ix[aside], told.ix)]
    ix = np.concatenate([told.ix, before.ix[new]])
    order = np.argsort(ix)
    role = [*told.role, *([BYSTANDER] * len(new))]
    weight = np.concatenate([told.weight, before.weight[new]])
    return Members(ix=ix[order], role=[role[place] for place in order], weight=weight[order])


def _named(weighed: _Weighed, members: dict[str, Members]) -> Judged:
    """Named for what speaks the loudest."""
    said = dict.fromkeys(FAMILIES_OF_STREAMS + FAMILIES_OF_UPLOADS, 0.0)
    for each in weighed.evidence:
        said[each.family] = said.get(each.family, 0.0) + each.log_odds
    by_uploads = sum(said[family] for family in FAMILIES_OF_UPLOADS)
    by_streams = sum(said[family] for family in FAMILIES_OF_STREAMS)
    return Judged(
        kind="upload" if by_uploads > by_streams else "stream",
        suspicion=weighed.case.suspicion,
        evidence=weighed.evidence,
        log_odds=weighed.log_odds,
        members=members,
    )
