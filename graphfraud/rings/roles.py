"""The part that each member plays, and how surely it is its part.

A hijacked honest listener is a victim, an artist whom bots merely play is a bystander: neither is accused. What
a listener does is attributed to its devices first: ring plays away from its own make a victim.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int64

from graphfraud.rings.evidence.case import Case
from graphfraud.rings.evidence.measures.means import away_shares
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
OWN_AUDIENCE_FROM: Final = 0.1
"""Share of an account's plays from others, from which it has an audience of its own; so it has when most of those
who hear it are others."""
SMALL_EFFORT: Final = 0.3
"""Of what the group does for whom it is there for: an account with an audience that gets less is framed, not served."""
FULL_WEIGHT_AT: Final = 0.8
"""Share of its plays that come from the group, from which an account or track is fully part of it."""
SILENT_WEIGHT: Final = 0.8
"""Of a track that nobody plays, as a share of its account's weight."""
NOTICED_SHARE: Final = 0.01
"""Of all the group's plays, those from which an account that it merely plays is named."""
NOTICED_LIFT: Final = 5.0
"""And so many times more than its popularity explains."""
DAY_US: Final = 86_400e6


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


def cast(case: Case) -> dict[str, Members]:
    """The members of each kind, in row order."""
    accounts = _accounts(case)
    return {ACCOUNT: accounts, TRACK: _tracks(case, accounts), LISTENER: _listeners(case)}


def _listeners(case: Case) -> Members:
    plays = case.suspicion.ring_plays
    if not len(plays):
        return Members(ix=case.suspicion.listener_ix, role=[], weight=plays)
    is_victim = _is_victim(case)
    share = plays / case.platform.listener_plays[case.suspicion.listener_ix]
    # Bots are told the same: whoever does much less than the group's usual is hardly one of them.
    usual = np.median(share), 0.5 * np.median(plays)
    bot = np.minimum(share / usual[0], 1.0) * np.minimum(plays / usual[1], 1.0) * (1.0 - 0.5 * is_victim.mean())
    weight = np.where(is_victim, np.minimum(plays / usual[1], 1.0), bot)
    return Members(
        ix=case.suspicion.listener_ix, role=[VICTIM if victim else BOT for victim in is_victim], weight=weight
    )


def _is_victim(case: Case) -> Bool[np.ndarray, " listener"]:
    """Whether somebody else plays in each listener's name."""
    share, has_life = away_shares(case)
    is_victim = has_life & (share >= AWAY_FROM)
    if 2 * is_victim.sum() >= len(is_victim):
        began_us = case.platform.log.at_us[case.ring_play_ix].min()
        created_us = case.platform.facts.listener_created_us[case.suspicion.listener_ix]
        is_victim |= ~has_life & (began_us - created_us >= OLD_ENOUGH_DAYS * DAY_US)
    return is_victim


def _accounts(case: Case) -> Members:
    """Who runs it, who gains from it, and whom it merely plays."""
    suspicion, platform = case.suspicion, case.platform
    noticed_ix = _noticed_accounts(case)
    account_ix = np.union1d(np.union1d(case.owner_ix, suspicion.account_ix), noticed_ix).astype(np.int64)
    gain = np.asarray(platform.by_account[account_ix][:, suspicion.listener_ix].sum(axis=1))
    share = gain / np.maximum(platform.account_plays[account_ix], 1.0)
    is_tied = _is_tied(case, account_ix)
    is_served = np.isin(account_ix, suspicion.account_ix) & (is_tied | ~_is_framed(case, account_ix, gain))
    role = np.where(is_served, np.where(is_tied, OPERATOR, BENEFICIARY), BYSTANDER)
    captive = np.minimum(share / FULL_WEIGHT_AT, 1.0)
    copies = np.minimum(_copied_share(case, account_ix) / FULL_WEIGHT_AT, 1.0)
    served = 1.0 - (1.0 - captive) * (1.0 - copies)
    if not len(suspicion.listener_ix):
        served = np.maximum(served, 0.5)
    return Members(ix=account_ix, role=role.tolist(), weight=np.where(is_served, served, gain / max(gain.sum(), 1.0)))


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


def _is_framed(
    case: Case, account_ix: Int64[np.ndarray, " account"], gain: Float64[np.ndarray, " account"]
) -> Bool[np.ndarray, " account"]:
    """Whether an account has an audience of its own and gets little of the group's effort."""
    usual = float(np.square(gain).sum() / max(gain.sum(), 1.0))
    audience = case.platform.by_account[account_ix]
    heads = np.diff(audience.indptr)
    inside = np.diff(audience[:, case.suspicion.listener_ix].indptr)
    share = gain / np.maximum(case.platform.account_plays[account_ix], 1.0)
    has_audience = (share < 1.0 - OWN_AUDIENCE_FROM) | (heads > 2 * inside)
    return np.asarray(has_audience & (gain < SMALL_EFFORT * usual))


def _is_tied(case: Case, account_ix: Int64[np.ndarray, " account"]) -> Bool[np.ndarray, " account"]:
    """Whether each account shares a payee, device or address with another account or listener of the suspicion."""
    accounts, listeners = (case.platform.means[name] for name in (ACCOUNT_USED.name, LISTENER_USED.name))
    served = accounts[case.suspicion.account_ix]
    users = np.bincount(served.indices, minlength=accounts.shape[1])
    users += np.bincount(listeners[case.suspicion.listener_ix].indices, minlength=accounts.shape[1])
    is_served = np.isin(account_ix, case.suspicion.account_ix)
    used = accounts[account_ix]
    row = np.repeat(np.arange(len(account_ix)), np.diff(used.indptr))
    others = users[used.indices] - is_served[row]
    return np.asarray(np.bincount(row[others > 0], minlength=len(account_ix)) > 0)


def _copied_share(case: Case, account_ix: Int64[np.ndarray, " account"]) -> Float64[np.ndarray, " account"]:
    """The share of each account's tracks that are a recording of a track of another account of the suspicion."""
    facts, track_ix = case.platform.facts, case.suspicion.track_ix
    inside = facts.twins[np.isin(facts.twins, track_ix).all(axis=1)]
    owners = facts.track_account_ix[inside]
    copied = np.unique(inside[owners[:, 0] != owners[:, 1]])
    owner = np.searchsorted(account_ix, facts.track_account_ix[copied])
    size = np.bincount(facts.track_account_ix, minlength=len(facts.account_created_us))[account_ix]
    return np.asarray(np.bincount(owner, minlength=len(account_ix)) / np.maximum(size, 1))


def _tracks(case: Case, accounts: Members) -> Members:
    """The suspicion's tracks, in the role of those who own them: who runs it gains by its tracks."""
    platform, track_ix = case.platform, case.suspicion.track_ix
    owner = np.searchsorted(accounts.ix, platform.facts.track_account_ix[track_ix])
    inside = np.asarray(platform.by_track[track_ix][:, case.suspicion.listener_ix].sum(axis=1))
    plays = platform.track_plays[track_ix]
    captive = np.where(plays > 0, np.minimum(inside / np.maximum(plays, 1.0) / FULL_WEIGHT_AT, 1.0), SILENT_WEIGHT)
    facts = platform.facts
    twins = facts.twins[np.isin(facts.twins, track_ix).all(axis=1)]
    own = np.where(np.isin(track_ix, twins), 1.0, captive)
    role = [BYSTANDER if accounts.role[row] == BYSTANDER else BENEFICIARY for row in owner]
    return Members(ix=track_ix, role=role, weight=accounts.weight[owner] * own)
