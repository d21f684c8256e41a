"""Listeners who give the same few tracks, owners or payees the same unusual attention, or play from the same devices.

The thinnest ring shows only at the level of owners: no two bots of it need share a track. What a listener
gives is measured in nats: how surprising so many plays are for somebody who plays so much and something that
is played so often (a Poisson deviance). Strays cost nothing, hits weigh little, and a bot that hides among
hits still spends most of its surprise on those who pay for it.
"""

from itertools import pairwise, product
from typing import Final

import numpy as np
from jaxtyping import Float64, Int32, Int64, Integer, UInt64
from scipy.sparse import coo_array, csr_array

from graphfraud.config import RingSettings
from graphfraud.rings.candidates.communities import Ties, communities
from graphfraud.rings.candidates.suspicion import Seed
from graphfraud.rings.platform import Platform, PlayLog, grouped_rows

BLOCK_PAIRS: Final = 30_000_000
"""Pairs of listeners that share anything, held at once at most: about half a GiB."""
LIKENESS_CUTS: Final = (0.4, 0.6)
"""Least cosines: a loose cut keeps a hidden ring together, a tight one parts it from a crowd."""
RESOLUTIONS: Final = (1.0, 0.5)
"""Of communities: the coarse one keeps a ring of thousands whole, each of whom is tied to a few hundred at most."""
FEWEST_AUDIENCE: Final = 3
LEAST_OF_GREATEST: Final = 0.1
"""Attention below this share of a listener's greatest is left out: it hardly moves a cosine and is most of the work."""
MOST_PARTNERS: Final = 256
"""Of one listener, the likest: a ring of thousands needs no pair of every two to hold together."""
SMALL_AUDIENCE: Final = 300
"""An effective audience of so many is small on a platform of any size."""


def co_listening_seeds(platform: Platform, settings: RingSettings) -> list[Seed]:
    """Groups of listeners, each once, by the tracks, owners and payees that they play, and by where they play from."""
    seeds = []
    for level, plays in _levels(platform):
        ties = likenesses(_attention(plays, settings.max_audience_share), least=min(LIKENESS_CUTS))
        for cut, resolution in product(LIKENESS_CUTS, RESOLUTIONS):
            groups = communities(
                ties.at_least(cut),
                node_count=plays.shape[0],
                fewest=settings.min_listeners_count,
                resolution=resolution,
            )
            seeds += [Seed(members="listeners", level=level, member_ix=members) for members in groups]
    return list({seed.member_ix.tobytes(): seed for seed in reversed(seeds)}.values())


def _levels(platform: Platform) -> list[tuple[str, csr_array]]:
    """Plays [listener, thing] at each level."""
    by_payee = grouped_rows(platform.by_account, _payee_rows(platform.facts.account_payee), _payee_count(platform))
    return [
        ("track", platform.by_listener),
        ("account", csr_array(platform.by_account.T)),
        ("payee", csr_array(by_payee.T)),
        ("device", _plays_by_device(platform.log, platform.by_listener.shape[0])),
    ]


def _plays_by_device(log: PlayLog, listener_count: int) -> csr_array:
    """Plays [listener, device]: who plays in the names of many does so from few devices.

    The hijacked share nothing that they like, and a home has too few people to count. Addresses tell less: strangers
    share those of carriers and of private networks.
    """
    listener, is_known = np.repeat(np.arange(listener_count), np.diff(log.offsets)), log.device >= 0
    shape = listener_count, max(int(log.device.max(initial=-1)) + 1, 1)
    places = listener[is_known], log.device[is_known]
    plays = coo_array((np.ones(int(is_known.sum())), places), shape=shape).tocsr()
    plays.sum_duplicates()
    return csr_array(plays)


def _payee_rows(payee: Int32[np.ndarray, " account"]) -> Int32[np.ndarray, " account"]:
    """The payee of each account; who has no known one stands alone."""
    alone = np.flatnonzero(payee < 0)
    rows = payee.copy()
    rows[alone] = payee.max(initial=-1) + 1 + np.arange(len(alone))
    return rows


def _payee_count(platform: Platform) -> int:
    payee = platform.facts.account_payee
    return int(payee.max(initial=-1) + 1 + (payee < 0).sum())


def _attention(plays: csr_array, max_audience_share: float) -> csr_array:
    """The attention of each listener to each thing [listener, thing]: nats of surprise, damped by the audience.

    The audience is the effective one (inverse Simpson): strays who tried once do not hide a captive audience.
    """
    listener_plays, thing_plays = np.asarray(plays.sum(axis=1)), np.asarray(plays.sum(axis=0))
    rows = np.repeat(np.arange(plays.shape[0]), np.diff(plays.indptr))
    expected = listener_plays[rows] * thing_plays[plays.indices] / np.maximum(listener_plays.sum(), 1.0)
    nats = np.where(plays.data > expected, plays.data * np.log(plays.data / expected) - plays.data + expected, 0.0)
    heads = np.bincount(plays.indices, minlength=plays.shape[1])
    squares = np.bincount(plays.indices, weights=plays.data**2, minlength=plays.shape[1])
    audience = np.divide(thing_plays**2, squares, out=np.ones(len(squares)), where=squares > 0)
    limit = max(SMALL_AUDIENCE, max_audience_share * plays.shape[0])
    is_telling = (heads >= FEWEST_AUDIENCE) & (audience <= limit)
    damping = np.where(is_telling, audience**-0.5, 0.0)
    return _greatest(csr_array((nats * damping[plays.indices], plays.indices, plays.indptr), shape=plays.shape), rows)


def _greatest(attention: csr_array, rows: Integer[np.ndarray, " entry"]) -> csr_array:
    """Of each listener's attention what is not next to nothing beside its greatest."""
    greatest = np.zeros(attention.shape[0])
    np.maximum.at(greatest, rows, attention.data)
    kept = (attention.data >= LEAST_OF_GREATEST * greatest[rows]) & (attention.data > 0)
    counts = np.bincount(rows[kept], minlength=attention.shape[0])
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return csr_array((attention.data[kept], attention.indices[kept], offsets), shape=attention.shape)


def likenesses(attention: csr_array, *, least: float) -> Ties:
    """Pairs of listeners whose attention has a cosine of at least `least`, one being among the likest of the other.

    Holds a block of listeners at a time, as many as share things with `BLOCK_PAIRS` others in all.
    """
    lengths = np.sqrt(np.asarray(attention.power(2).sum(axis=1)))
    rows = np.repeat(np.arange(attention.shape[0]), np.diff(attention.indptr))
    unit = csr_array((attention.data / lengths[rows], attention.indices, attention.indptr), shape=attention.shape)
    turned = csr_array(unit.T)
    found = []
    for start, end in pairwise(_blocks(unit)):
        cosines = (unit[start:end] @ turned).tocoo()
        kept = (cosines.data >= least) & (cosines.row + start != cosines.col)
        found.append(_likest(cosines.row[kept].astype(np.int64) + start, cosines.col[kept], cosines.data[kept]))
    one, other, cosine = (np.concatenate([part[end] for part in found]) for end in range(3))
    _, first = np.unique(one * np.int64(len(lengths)) + other, return_index=True)
    return Ties(one_ix=one[first], other_ix=other[first], weight=cosine[first])


def _blocks(attention: csr_array) -> list[int]:
    """Where blocks of rows begin, and the end: none of several rows has more pairs than are held at once."""
    heads = csr_array((np.ones(attention.nnz), attention.indices, attention.indptr), shape=attention.shape)
    pairs = np.asarray(heads @ np.bincount(attention.indices, minlength=attention.shape[1]).astype(np.float64))
    block = (np.cumsum(pairs) // BLOCK_PAIRS).astype(np.int64)
    return [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), attention.shape[0]]


def _likest(
    row: Int64[np.ndarray, " tie"], partner: Integer[np.ndarray, " tie"], cosine: Float64[np.ndarray, " tie"]
) -> tuple[Int64[np.ndarray, " _tie"], Int64[np.ndarray, " _tie"], Float64[np.ndarray, " _tie"]]:
    """The ties of each listener with its likest partners, as lesser row, greater row, cosine.

    Of equally like ones, as bots of one script are, it takes some at random: the nearest rows would make
    a chain of them, that falls apart.
    """
    order = np.lexsort((_mixed(row, partner), -cosine, row))
    row, partner, cosine = row[order], partner[order].astype(np.int64), cosine[order]
    kept = np.arange(len(row)) - np.searchsorted(row, row) < MOST_PARTNERS
    return np.minimum(row, partner)[kept], np.maximum(row, partner)[kept], cosine[kept]


def _mixed(row: Int64[np.ndarray, " tie"], partner: Integer[np.ndarray, " tie"]) -> UInt64[np.ndarray, " tie"]:
    """Numbers that follow no order of the rows, and are the same each time (a step of SplitMix64)."""
    mixed = row.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + partner.astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(mixed ^ (mixed >> np.uint64(27)))
