"""The part that each member plays, and how surely it is its part.

A hijacked honest listener is a victim, an artist whom bots merely play is a bystander: neither is accused. What
a listener does is attributed to its devices first: ring plays away from its own make a victim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int64

from graphfraud.rings.evidence.ages import joined_together
from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.weigh import Weighed
from graphfraud.rings.platform import DAY_US
from graphfraud.rings.service import Service, service
from graphfraud.vocabulary import ACCOUNT, ACCOUNT_USED, LISTENER, LISTENER_USED, TRACK

BOT: Final = "bot"
VICTIM: Final = "victim"
OPERATOR: Final = "operator"
BENEFICIARY: Final = "beneficiary"
BYSTANDER: Final = "bystander"

AWAY_FROM: Final = 0.7
"""Share of its ring plays from elsewhere, from which a listener with a life of its own is a victim."""
OLD_ENOUGH_DAYS: Final = 30.0
"""Among victims, a listener who joined so long before the ring's first play is one, too, if it hardly plays itself."""
VICTIM_DOUBT: Final = 0.5
"""By so much a ring all of whose listeners else are victims doubts that one of them is a bot."""
OWN_AUDIENCE_FROM: Final = 0.1
"""Share of an account's plays from others, from which it has an audience of its own; so it has when most of those
who hear it are others."""
SMALL_EFFORT: Final = 0.3
"""Of what the group does for whom it is there for: an account with an audience that gets less is framed, not served."""
FULL_WEIGHT_AT: Final = 0.8
"""Share of its plays that come from the group, from which an account or track is fully part of it."""
SILENT_WEIGHT: Final = 0.8
"""Of a track that nobody plays, as a share of its account's weight."""
UNTIED_LOSS: Final = 0.05
"""Of its weight, for each further payee that gains: who is one of many, and tied to none, may not know of it."""
UNTIED_LEAST: Final = 0.5
"""What is left of it at least."""
OF_ONE_HAND: Final = ("accounts_opened_together", "recordings", "titles")
"""Measures that tell untied accounts of one operator from clients who share nothing but a farm."""
STRANGERS_UP_TO: Final = 0.5
"""How surely listeners may have joined together, and still be victims: the hijacked are strangers."""
FIRST_BY_DAYS: Final = 2.0
"""So long before all its copies, a recording is the original."""
OWN_PLACE_FROM: Final = 0.5
"""Of those who use a device or address, the share that must be of the suspicion for it to tie them."""
OWN_PAYEE_FROM: Final = 0.1
"""The same of a payee."""
NOTICED_SHARE: Final = 0.01
"""Of all the group's plays, those from which an account that it merely plays is named."""
NOTICED_LIFT: Final = 5.0
"""And so many times more than its popularity explains."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """Members of one kind, by row number, each with its role and weight."""

    ix: Int64[np.ndarray, " member"]
    role: list[str]
    weight: Float64[np.ndarray, " member"]
    """0 to 1: how surely, and how much, it is of the ring."""

    @property
    def extent_ix(self) -> Int64[np.ndarray, " _member"]:
        """All but bystanders."""
        return self.ix[[role != BYSTANDER for role in self.role]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Involved:
    """Accounts that a group has to do with, by row number."""

    ix: Int64[np.ndarray, " account"]
    gain: Float64[np.ndarray, " account"]
    """Plays by the group."""
    share: Float64[np.ndarray, " account"]
    """Of its plays those by the group, as far as each outsider counts."""
    is_tied: Bool[np.ndarray, " account"]
    """It shares a payee, device or address with others of the group."""
    is_used: Bool[np.ndarray, " account"]
    """It is framed or copied, not served."""
    is_whole: Bool[np.ndarray, " account"]
    """The group serves all of it, not only some of its tracks."""
    untied_weight: float
    """Of an account that gains and is tied to nobody."""


def cast(case: Case, evidence: Sequence[Weighed]) -> dict[str, Members]:
    """The members of each kind, in row order."""
    accounts = _involved(case, _of_one_hand(evidence))
    return {ACCOUNT: _accounts(case, accounts), TRACK: _tracks(case, accounts), LISTENER: _listeners(case)}


def _of_one_hand(evidence: Sequence[Weighed]) -> float:
    """How surely the accounts are one's (0-1), tied or not: opened together, or with the same recordings or titles."""
    readings = [each.reading for each in evidence if each.reading.measure in OF_ONE_HAND]
    return max((float(np.clip(each.strength, 0.0, 1.0)) * each.reliability for each in readings), default=0.0)


def _listeners(case: Case) -> Members:
    plays = case.suspicion.ring_plays
    if not len(plays):
        return Members(ix=case.suspicion.listener_ix, role=[], weight=plays)
    is_victim = _is_victim(case)
    share = plays / case.platform.listener_plays[case.suspicion.listener_ix]
    # Bots are told the same: whoever does much less than the group's usual is hardly one of them.
    usual = np.median(share), 0.5 * np.median(plays)
    is_usual = np.minimum(share / usual[0], 1.0) * np.minimum(plays / usual[1], 1.0)
    bot = is_usual * (1.0 - VICTIM_DOUBT * is_victim.mean())
    weight = np.where(is_victim, np.minimum(plays / usual[1], 1.0), bot)
    return Members(
        ix=case.suspicion.listener_ix, role=[VICTIM if victim else BOT for victim in is_victim], weight=weight
    )


def _is_victim(case: Case) -> Bool[np.ndarray, " listener"]:
    """Whether somebody else plays in each listener's name; where people play from everywhere, nobody can tell."""
    gone = case.away
    are_strangers = joined_together(case) <= STRANGERS_UP_TO
    is_victim = gone.can_tell & (gone.share >= AWAY_FROM) & (case.chance.places_tell and are_strangers)
    if 2 * is_victim.sum() >= len(is_victim):
        began_us = case.platform.log.at_us[case.ring_play_ix].min()
        created_us = case.platform.facts.listener_created_us[case.suspicion.listener_ix]
        is_victim |= ~gone.can_tell & (began_us - created_us >= OLD_ENOUGH_DAYS * DAY_US)
    return is_victim


def _involved(case: Case, of_one_hand: float) -> Involved:
    """The accounts that the group serves, whose tracks it takes, or that it plays more than chance explains."""
    suspicion = case.suspicion
    known_ix = np.concatenate([case.owner_ix, suspicion.account_ix, _noticed_accounts(case)])
    account_ix = np.unique(known_ix).astype(np.int64)
    served = service(case.platform.by_account, account_ix, suspicion.listener_ix)
    is_tied = _is_tied(case, account_ix)
    is_used = ~is_tied & (_is_framed(case, account_ix, served) | _is_copied(case, account_ix))
    is_whole = np.isin(account_ix, suspicion.account_ix)
    return Involved(
        ix=account_ix,
        gain=served.inside,
        share=served.share,
        is_tied=is_tied,
        is_used=is_used,
        is_whole=is_whole,
        untied_weight=_untied_weight(case, of_one_hand),
    )


def _accounts(case: Case, accounts: Involved) -> Members:
    """Who runs it, who gains from it, and whom it merely plays."""
    is_served = accounts.is_whole & ~accounts.is_used
    role = np.where(is_served, np.where(accounts.is_tied, OPERATOR, BENEFICIARY), BYSTANDER)
    # Whose tracks it takes is not accused for it, and not excused either.
    is_owner = np.isin(accounts.ix, case.owner_ix) & ~accounts.is_used
    aside = np.where(is_owner, 0.0, accounts.gain / max(accounts.gain.sum(), 1.0))
    weight = np.where(is_served, _service(case, accounts), aside)
    return Members(ix=accounts.ix, role=role.tolist(), weight=weight)


def _service(case: Case, accounts: Involved) -> Float64[np.ndarray, " account"]:
    """How far the group serves each account (0-1), by plays or by copies, and how surely the account knows of it."""
    captive = np.minimum(accounts.share / FULL_WEIGHT_AT, 1.0)
    copies = np.minimum(_copied_share(case, accounts.ix) / FULL_WEIGHT_AT, 1.0)
    served = 1.0 - (1.0 - captive) * (1.0 - copies)
    if not len(case.suspicion.listener_ix):
        served = np.maximum(served, 0.5)
    return np.asarray(served * np.where(accounts.is_tied, 1.0, accounts.untied_weight))


def _untied_weight(case: Case, of_one_hand: float) -> float:
    """The weight of those who gain and are tied to nobody, by how many payees do, and how surely they are one's."""
    payee = case.platform.facts.account_payee[case.suspicion.account_ix]
    payee_count = len(np.unique(payee[payee >= 0])) + int((payee < 0).sum())
    loss = min(1.0 - UNTIED_LEAST, UNTIED_LOSS * max(payee_count - 1, 0))
    return 1.0 - loss * (1.0 - of_one_hand)


def _noticed_accounts(case: Case) -> Int64[np.ndarray, " account"]:
    """Accounts outside the suspicion that the group plays far more than their popularity explains."""
    platform, listener_ix = case.platform, case.suspicion.listener_ix
    if not len(listener_ix):
        return np.zeros(0, np.int64)
    rows = platform.by_listener[listener_ix]
    owner = platform.facts.track_account_ix[rows.indices]
    gain = np.bincount(owner, weights=rows.data, minlength=len(platform.account_plays))
    expected = platform.account_plays * (gain.sum() / platform.account_plays.sum())
    return np.flatnonzero((gain >= NOTICED_SHARE * gain.sum()) & (gain >= NOTICED_LIFT * expected))


def _is_framed(case: Case, account_ix: Int64[np.ndarray, " account"], served: Service) -> Bool[np.ndarray, " account"]:
    """Whether an account has an audience of its own and gets little of the group's effort."""
    gain = served.inside
    usual = float(np.square(gain).sum() / max(gain.sum(), 1.0))
    audience = case.platform.by_account[account_ix]
    heads = np.diff(audience.indptr)
    inside = np.diff(audience[:, case.suspicion.listener_ix].indptr)
    has_audience = (served.share < 1.0 - OWN_AUDIENCE_FROM) | (heads > 2 * inside)
    return np.asarray(has_audience & (gain < SMALL_EFFORT * usual))


def _is_copied(case: Case, account_ix: Int64[np.ndarray, " account"]) -> Bool[np.ndarray, " account"]:
    """Whether all of an account's recordings that others of the suspicion have were its own, long before theirs.

    A copied artist must not pay for the copies.
    """
    facts = case.platform.facts
    pairs = case.foreign_twins
    lead_us = facts.track_uploaded_us[pairs[:, 1]] - facts.track_uploaded_us[pairs[:, 0]]
    first = np.where((lead_us > 0)[:, None], pairs, pairs[:, ::-1])
    is_clear = np.abs(lead_us) >= FIRST_BY_DAYS * DAY_US
    originals = facts.track_account_ix[first[is_clear, 0]]
    others = facts.track_account_ix[np.concatenate([first[is_clear, 1], first[~is_clear].ravel()])]
    return np.isin(account_ix, originals) & ~np.isin(account_ix, others)


def _is_tied(case: Case, account_ix: Int64[np.ndarray, " account"]) -> Bool[np.ndarray, " account"]:
    """Whether each account shares a payee, device or address with another account or listener of the suspicion.

    As far as many of those who use it are of the suspicion: a campus ties nobody, nor does a distributor.
    """
    accounts, listeners = (case.platform.means[name] for name in (ACCOUNT_USED.name, LISTENER_USED.name))
    inside = accounts[case.suspicion.account_ix].indices, listeners[case.suspicion.listener_ix].indices
    users = np.sort(np.concatenate(inside))
    used = accounts[account_ix]
    row = np.repeat(np.arange(len(account_ix)), np.diff(used.indptr))
    count = np.searchsorted(users, used.indices, side="right") - np.searchsorted(users, used.indices)
    others = count - np.isin(account_ix, case.suspicion.account_ix)[row]
    least = np.where(case.platform.is_place[used.indices], OWN_PLACE_FROM, OWN_PAYEE_FROM)
    is_own = others + 1 >= least * case.platform.users_of_means[used.indices]
    return np.asarray(np.bincount(row[(others > 0) & is_own], minlength=len(account_ix)) > 0)


def _copied_share(case: Case, account_ix: Int64[np.ndarray, " account"]) -> Float64[np.ndarray, " account"]:
    """The share of each account's tracks that are a recording of a track of another account of the suspicion."""
    facts = case.platform.facts
    copied = np.unique(case.foreign_twins)
    owner = np.searchsorted(account_ix, facts.track_account_ix[copied])
    size = np.diff(case.platform.tracks_by_account[0])[account_ix]
    return np.asarray(np.bincount(owner, minlength=len(account_ix)) / np.maximum(size, 1))


def _tracks(case: Case, accounts: Involved) -> Members:
    """The suspicion's tracks, in the role of their owner; of an account that it serves in part they gain themselves."""
    track_ix = case.suspicion.track_ix
    owner = np.searchsorted(accounts.ix, case.platform.facts.track_account_ix[track_ix])
    role = np.where(accounts.is_used, BYSTANDER, BENEFICIARY)[owner]
    service = np.where(accounts.is_whole, _service(case, accounts), 1.0)[owner]
    return Members(ix=track_ix, role=role.tolist(), weight=service * _track_service(case, track_ix))


def _track_service(case: Case, track_ix: Int64[np.ndarray, " track"]) -> Float64[np.ndarray, " track"]:
    """How far each track is the group's (0-1): by its plays, as a copy, or because hardly anybody else plays it."""
    captive = np.minimum(case.of_tracks.share / FULL_WEIGHT_AT, 1.0)
    usual = case.chance.usual_track_plays
    quiet = SILENT_WEIGHT * usual / (usual + 4.0 * case.of_tracks.outside)
    return np.where(np.isin(track_ix, case.twins), 1.0, np.maximum(captive, quiet))
