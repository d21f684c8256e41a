"""Accounts that something ties together: a payee, a device, an address, a burst, the same recordings or titles.

Each kind of tie but bursts proposes by itself, and all of them together, because any of them may be missing from a
ring, and each of them occurs among honest people: labels, studios, cover bands.
"""

from itertools import product
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64, Integer
from scipy.sparse import coo_array, csr_array

from graphfraud.config import RingSettings
from graphfraud.rings.candidates.communities import Ties, communities
from graphfraud.rings.candidates.suspicion import Seed
from graphfraud.rings.platform import Platform
from graphfraud.vocabulary import ACCOUNT_USED, MEAN

LEAST_SHARE: Final = 0.2
"""Share of the smaller catalogue that two accounts must have in common, in recordings or titles, beyond the share of
the platform's tracks that have their like under some other account anyhow."""
MOST_USUAL: Final = 0.5
"""So much of that share counts at most in recordings, that some ties remain on a platform full of copies; where the
same titles come everywhere, they tie nobody."""
BURST_US: Final = 2 * 86_400_000_000
"""Accounts of a burst were opened within so long of each other, and so they deliver: by the middle of their tracks."""
BURST_WEIGHT: Final = 0.15
"""Of a burst as a tie: it only adds to something else."""
FEWEST_IN_BURST: Final = 3
BURST_LIFT: Final = 10.0
"""And are so many times more than chance would bring together in both."""
LEAST_TOGETHER: Final = 0.3
"""Ties of all kinds together that hold two accounts in one group."""


def tied_account_seeds(platform: Platform, settings: RingSettings) -> list[Seed]:
    """Groups of accounts, by each kind of tie and by all; the same group may come more than once."""
    account_count = len(platform.facts.account_created_us)
    by_kind = account_ties(platform, settings.max_tied_accounts)
    by_kind["all ties"] = _together(list(by_kind.values()), account_count).at_least(LEAST_TOGETHER)
    del by_kind["burst"]  # proposes nobody alone: rings that begin in one week would be one
    return [
        Seed(members="accounts", level=level, member_ix=members)
        for level, ties in by_kind.items()
        for members in communities(ties, node_count=account_count, fewest=2)
    ]


def account_ties(platform: Platform, max_accounts: int) -> dict[str, Ties]:
    """Ties between accounts by kind.

    A means of n accounts ties each two by 1 / (n - 1), and one of more than `max_accounts` by nothing;
    recordings and titles tie by the share of the smaller catalogue that has its like in the other, and a burst of up
    to `max_accounts` by `BURST_WEIGHT`.
    """
    return {
        "payee": _ties_of_groups(platform.facts.account_payee, max_accounts),
        "device": _ties_of_means(platform, "is_device", max_accounts),
        "address": _ties_of_means(platform, "is_address", max_accounts),
        "burst": _ties_of_bursts(platform, max_accounts),
        "recordings": _ties_of_recordings(platform),
        "titles": _ties_of_titles(platform, max_accounts),
    }


def _ties_of_means(platform: Platform, flag: str, max_accounts: int) -> Ties:
    nodes = platform.graph.nodes[MEAN]
    is_meant = nodes.features[:, nodes.feature_names.index(flag)] > 0
    return _ties_of_columns(platform.means[ACCOUNT_USED.name], is_meant, max_accounts)


def _ties_of_groups(group: Int32[np.ndarray, " account"], max_accounts: int) -> Ties:
    known = np.flatnonzero(group >= 0)
    shape = len(group), int(group.max(initial=-1)) + 1
    used = coo_array((np.ones(len(known)), (known, group[known])), shape=shape).tocsr()
    return _ties_of_columns(csr_array(used), np.ones(shape[1], np.bool_), max_accounts)


def _ties_of_bursts(platform: Platform, max_accounts: int) -> Ties:
    """Ties of accounts that were opened together and deliver together, on four grids, so that no border parts them."""
    facts, (offsets, _) = platform.facts, platform.tracks_by_account
    has_tracks = np.flatnonzero(np.diff(offsets) > 0)
    opened_us, delivered_us = facts.account_created_us[has_tracks], _middle_upload_us(platform)[has_tracks]
    every = []
    for opened_shift_us, delivered_shift_us in product((0, BURST_US // 2), repeat=2):
        burst = np.full(len(facts.account_created_us), -1, np.int32)
        burst[has_tracks] = _bursts(opened_us + opened_shift_us, delivered_us + delivered_shift_us)
        every.append(_ties_of_groups(burst, max_accounts))
    found = _together(every, len(facts.account_created_us))
    return Ties(one_ix=found.one_ix, other_ix=found.other_ix, weight=np.full(len(found.weight), BURST_WEIGHT))


def _middle_upload_us(platform: Platform) -> Int64[np.ndarray, " account"]:
    """When each account had uploaded the half of its tracks; 0 for one without."""
    facts, (offsets, _) = platform.facts, platform.tracks_by_account
    in_order = np.lexsort((facts.track_uploaded_us, facts.track_account_ix))
    counts = np.diff(offsets)
    middle_us = np.zeros(len(counts), np.int64)
    has_tracks = counts > 0
    middle_us[has_tracks] = facts.track_uploaded_us[in_order[(offsets[:-1] + (counts - 1) // 2)[has_tracks]]]
    return middle_us


def _bursts(
    opened_us: Int64[np.ndarray, " account"], delivered_us: Int64[np.ndarray, " account"]
) -> Int64[np.ndarray, " account"]:
    """The burst of each account on one grid; -1 for none."""
    times = opened_us // BURST_US, delivered_us // BURST_US
    cell, place, count = np.unique(np.stack(times), axis=1, return_inverse=True, return_counts=True)
    by_chance = np.prod([_count_of(cell[row], every) for row, every in enumerate(times)], axis=0)
    is_burst = (count >= FEWEST_IN_BURST) & (count >= BURST_LIFT * by_chance / max(len(opened_us), 1))
    return np.where(is_burst[place.ravel()], place.ravel(), -1)


def _count_of(values: Int64[np.ndarray, " cell"], every: Int64[np.ndarray, " account"]) -> Int64[np.ndarray, " cell"]:
    """How often each value is among all."""
    ordered = np.sort(every)
    return np.searchsorted(ordered, values, side="right") - np.searchsorted(ordered, values)


def _ties_of_columns(used: csr_array, is_meant: Bool[np.ndarray, " means"], max_accounts: int) -> Ties:
    """Ties of rows over the columns that they share."""
    user_count = np.bincount(used.indices, minlength=used.shape[1])
    binds = is_meant & (user_count >= 2) & (user_count <= max_accounts)
    weight = 1.0 / np.maximum(user_count - 1, 1)
    binding = csr_array(used[:, binds])
    return _upper(csr_array((binding * weight[binds]) @ csr_array(binding.T)))


def _ties_of_recordings(platform: Platform) -> Ties:
    """Ties of accounts by the share of the smaller catalogue that is a twin of something in the other."""
    owner, pairs = platform.facts.track_account_ix, platform.facts.twins
    foreign = pairs[owner[pairs[:, 0]] != owner[pairs[:, 1]]]
    both = np.concatenate([foreign, foreign[:, ::-1]])
    found = np.unique(np.stack([both[:, 0], owner[both[:, 1]].astype(np.int64)], axis=1), axis=0)
    usual = len(np.unique(foreign)) / max(int(platform.facts.has_sound.sum()), 1)
    return _ties_of_counts(
        platform, owner[found[:, 0]], found[:, 1], np.ones(len(found)), least=LEAST_SHARE + min(usual, MOST_USUAL)
    )


def _ties_of_titles(platform: Platform, max_accounts: int) -> Ties:
    """Ties of accounts by the share of the smaller catalogue whose titles have the words of one in the other."""
    words, owner = platform.facts.track_words, platform.facts.track_account_ix
    told = np.flatnonzero(words >= 0)
    shape = len(platform.facts.account_created_us), int(words.max(initial=-1)) + 1
    titled = coo_array((np.ones(len(told)), (owner[told], words[told])), shape=shape).tocsr()
    titled.sum_duplicates()
    carriers = np.bincount(titled.indices, minlength=shape[1])
    rare = csr_array(titled[:, (carriers >= 2) & (carriers <= max_accounts)])
    has = csr_array((np.ones_like(rare.data), rare.indices, rare.indptr), shape=rare.shape)
    found = csr_array(rare @ csr_array(has.T)).tocoo()
    usual = float((carriers[words[told]] >= 2).mean()) if len(told) else 0.0
    return _ties_of_counts(platform, found.row, found.col, found.data, least=LEAST_SHARE + usual)


def _ties_of_counts(
    platform: Platform,
    account_ix: Integer[np.ndarray, " count"],
    other_ix: Integer[np.ndarray, " count"],
    track_count: Float64[np.ndarray, " count"],
    *,
    least: float,
) -> Ties:
    """Ties by the greater of both shares of a catalogue, given tracks of accounts that have their like in others."""
    size = np.bincount(platform.facts.track_account_ix, minlength=len(platform.facts.account_created_us))
    shape = len(size), len(size)
    share = coo_array((track_count / size[account_ix], (account_ix, other_ix)), shape=shape).tocsr()
    share.sum_duplicates()
    return _upper(csr_array(share.maximum(share.T))).at_least(least)


def _together(every: list[Ties], account_count: int) -> Ties:
    """The sum of all ties between each two."""
    one, other = (np.concatenate([getattr(ties, end) for ties in every]) for end in ("one_ix", "other_ix"))
    weight = np.concatenate([ties.weight for ties in every])
    return _upper(csr_array(coo_array((weight, (one, other)), shape=(account_count, account_count)).tocsr()))


def _upper(matrix: csr_array) -> Ties:
    """Each pair of different rows once."""
    pairs = matrix.tocoo()
    kept = (pairs.row < pairs.col) & (pairs.data > 0)
    return Ties(
        one_ix=pairs.row[kept].astype(np.int64), other_ix=pairs.col[kept].astype(np.int64), weight=pairs.data[kept]
    )
