"""What a page, a picture or an answer tells of rings and suspicions, beyond the contract's tables."""

from collections.abc import Sequence
from typing import Final

import dataframely as dy
import numpy as np
import polars as pl
from jaxtyping import Float64
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from graphfraud.rings.platform import Platform
from graphfraud.run.ring_tables import Ids, Named, ids_of, ring_play_ix
from graphfraud.tables import RING_OUTPUTS, RingDetails, RingHours, RingPlays, RingTies
from graphfraud.vocabulary import ACCOUNT, ACCOUNT_USED, LISTENER, LISTENER_USED, MEAN, SUBJECT_KINDS, TRACK
from graphfraud_features.view import View

KEY: Final = ("ring_id", "subject_kind", "subject_id")


def ring_details(named: Sequence[Named], platform: Platform, view: View) -> dict[str, pl.DataFrame]:
    """What is told of each ring and suspicion, as in `tables.RING_OUTPUTS`, in key order."""
    ids, means = ids_of(platform.graph), np.array(platform.graph.nodes[MEAN].ids(), dtype=object)
    made = {
        "rings/hours": _concat(RingHours, [_hours(ring, platform) for ring in named]),
        "rings/details": _described([_counted(ring, platform, ids) for ring in named], view),
        "rings/ties": _concat(RingTies, [_ties(ring, platform, ids, means) for ring in named]),
        "rings/plays": _concat(RingPlays, [_plays(ring, platform, ids) for ring in named]),
    }
    return {name: RING_OUTPUTS[name].validate(rows) for name, rows in made.items()}


def _concat(schema: type[dy.Schema], frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat([pl.DataFrame(schema=_dtypes(schema)), *frames])
    return whole.sort(schema.primary_key())


def _dtypes(schema: type[dy.Schema]) -> dict[str, pl.DataType]:
    return {name: column.dtype for name, column in schema.columns().items()}


def _hours(ring: Named, platform: Platform) -> pl.DataFrame:
    """When it plays, by hour of the day, beside when people of its listeners' countries do."""
    play_ix = ring_play_ix(ring, platform)
    home = platform.facts.listener_country[platform.log.listeners_of(play_ix)]
    plays = np.bincount(home, minlength=len(platform.day_curves))
    columns = {
        "ring_id": [ring.ring_id] * 24,
        "hour": np.arange(24),
        "plays": np.bincount(platform.log.hour[play_ix], minlength=24),
        "expected_share": plays @ platform.day_curves / len(home) if len(home) else np.full(24, 1 / 24),
    }
    return pl.DataFrame(columns, schema=_dtypes(RingHours))


def _counted(ring: Named, platform: Platform, ids: Ids) -> pl.DataFrame:
    """Every member, bystanders too, with its plays."""
    all_plays = {ACCOUNT: platform.account_plays, TRACK: platform.track_plays, LISTENER: platform.listener_plays}
    members = {kind: ring.judged.members[kind].ix for kind in SUBJECT_KINDS}
    columns = {
        "ring_id": [ring.ring_id] * sum(map(len, members.values())),
        "subject_kind": [kind for kind, ix in members.items() for _ in ix],
        "subject_id": [name for kind, ix in members.items() for name in ids[kind][ix]],
        "ring_plays": np.concatenate([_plays_with_ring(ring, platform, kind) for kind in members]).astype(np.int64),
        "all_plays": np.concatenate([all_plays[kind][ix] for kind, ix in members.items()]).astype(np.int64),
    }
    return pl.DataFrame(columns, schema={name: _dtypes(RingDetails)[name] for name in columns})


def _described(counted: Sequence[pl.DataFrame], view: View) -> pl.DataFrame:
    """The members of every ring with plain facts."""
    known = {
        ACCOUNT: view.accounts.select(subject_id="account_id", since="created_at"),
        TRACK: view.tracks.select("account_id", "title", "artist_name", subject_id="track_id", since="uploaded_at"),
        LISTENER: view.listeners.select(subject_id="listener_id", since="created_at"),
    }
    facts = pl.concat([rows.with_columns(subject_kind=pl.lit(kind)) for kind, rows in known.items()], how="diagonal")
    members = pl.concat([pl.DataFrame(schema=_dtypes(RingDetails)), *counted], how="diagonal")
    found = facts.join(members.lazy().select(*KEY, "ring_plays", "all_plays"), on=KEY[1:]).collect()
    return found.select(pl.col(name).cast(dtype) for name, dtype in _dtypes(RingDetails).items()).sort(KEY)


def _plays_with_ring(ring: Named, platform: Platform, kind: str) -> Float64[np.ndarray, " member"]:
    """Plays of each member with the extent: a listener's of its tracks, a track's or account's by its listeners."""
    ix = ring.judged.members[kind].ix
    if kind == LISTENER:
        return np.asarray(platform.plays_on(ring.extent_ix(TRACK))[ix])
    by = platform.by_track if kind == TRACK else platform.by_account
    return np.asarray(by[ix][:, ring.extent_ix(LISTENER)].sum(axis=1))


def _ties(ring: Named, platform: Platform, ids: Ids, names: np.ndarray) -> pl.DataFrame:
    """Devices, addresses, payees, plans and recordings that two or more of the extent use."""
    frames = [
        _uses(platform.means[relation.name], ring, kind, ids, names)
        for kind, relation in ((ACCOUNT, ACCOUNT_USED), (LISTENER, LISTENER_USED))
    ]
    uses = pl.concat([*frames, _recordings(ring, platform, ids)])
    shared = uses.filter(pl.len().over("means_id") >= 2)
    kind = pl.col("means_id").str.split(":").list.first()
    return shared.with_columns(means_kind=kind).select(list(_dtypes(RingTies)))


def _recordings(ring: Named, platform: Platform, ids: Ids) -> pl.DataFrame:
    """Which of its tracks are nearly the same recording; one is called after the first of them."""
    track_ix, twins = ring.extent_ix(TRACK), platform.facts.twins
    inside = np.searchsorted(track_ix, twins[np.isin(twins, track_ix).all(axis=1)])
    shape = len(track_ix), len(track_ix)
    pairs = coo_array((np.ones(len(inside), np.int8), (inside[:, 0], inside[:, 1])), shape=shape)
    _, recording = connected_components(pairs, directed=False)
    _, first = np.unique(recording, return_index=True)
    names = ids[TRACK][track_ix]
    columns = {
        "ring_id": [ring.ring_id] * len(track_ix),
        "means_id": ["recording:" + name for name in names[first[recording]]],
        "subject_kind": [TRACK] * len(track_ix),
        "subject_id": names.tolist(),
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _uses(used: csr_array, ring: Named, kind: str, ids: Ids, names: np.ndarray) -> pl.DataFrame:
    ix = ring.extent_ix(kind)
    counts = np.diff(used.indptr)[ix]
    means_ix = [used.indices[used.indptr[row] : used.indptr[row + 1]] for row in ix]
    columns = {
        "ring_id": [ring.ring_id] * int(counts.sum()),
        "means_id": names[np.concatenate([np.zeros(0, np.int32), *means_ix])].tolist(),
        "subject_kind": [kind] * int(counts.sum()),
        "subject_id": np.repeat(ids[kind][ix], counts).tolist(),
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _plays(ring: Named, platform: Platform, ids: Ids) -> pl.DataFrame:
    """Who plays which track how often."""
    listener_ix, track_ix = ring.extent_ix(LISTENER), ring.extent_ix(TRACK)
    pairs = platform.by_listener[listener_ix][:, track_ix].tocoo()
    columns = {
        "ring_id": [ring.ring_id] * pairs.nnz,
        "listener_id": ids[LISTENER][listener_ix[pairs.row]].tolist(),
        "track_id": ids[TRACK][track_ix[pairs.col]].tolist(),
        "plays": pairs.data.astype(np.int64),
    }
    return pl.DataFrame(columns, schema=_dtypes(RingPlays))
