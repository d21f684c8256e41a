"""Plays from elsewhere: on a device that their listener uses for nothing else."""

import numpy as np
from jaxtyping import Bool, Int64

from graphfraud.rings.platform import PlayLog


def is_elsewhere(
    log: PlayLog,
    *,
    of_own: Int64[np.ndarray, " own"],
    own_ix: Int64[np.ndarray, " own"],
    of_asked: Int64[np.ndarray, " asked"],
    asked_ix: Int64[np.ndarray, " asked"],
) -> Bool[np.ndarray, " asked"]:
    """Whether each play asked about came from a device, or where none is known an address, of no own play.

    `of_own` and `of_asked` say whose plays these are, by any numbers.
    """
    foreign = []
    for place in (log.device, log.address):
        stride = np.int64(place.max(initial=0)) + 2
        usual = np.unique(of_own * stride + place[own_ix])
        foreign.append(~np.isin(of_asked * stride + place[asked_ix], usual))
    return np.where(log.device[asked_ix] >= 0, *foreign)
