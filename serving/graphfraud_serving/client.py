"""A caller's side of the services."""

from collections.abc import Sequence
from typing import Any, Final

import grpc

from graphfraud.errors import EnvironmentFault, GraphfraudError, UsageError
from graphfraud.v1 import scoring_pb2, scoring_pb2_grpc
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK
from graphfraud_serving.convert import PARTS, name_of

LARGEST_ANSWER_BYTES: Final = 64 * 2**20
"""Far more than a batch of the longest ids takes."""
MISUSE: Final = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)


def scores_from(address: str, kind: str, ids: Sequence[str], *, timeout_s: float) -> list[dict[str, Any]]:
    """What the server at `address` says of some subjects of a kind, in the order asked, as plain values.

    Raises: EnvironmentFault when no server answers in time, UsageError for what it refuses.
    """
    options = [("grpc.max_receive_message_length", LARGEST_ANSWER_BYTES)]
    with grpc.insecure_channel(address, options=options) as channel:
        stub = scoring_pb2_grpc.ScoringStub(channel)
        try:
            scores = _asked(stub, kind, ids, timeout_s)
        except grpc.RpcError as error:
            raise _as_known(error, address, timeout_s) from error
    return [_plain(score) for score in scores]


def _asked(
    stub: scoring_pb2_grpc.ScoringStub, kind: str, ids: Sequence[str], timeout_s: float
) -> Sequence[scoring_pb2.Score]:
    if kind == TRACK:
        return stub.ScoreTracks(scoring_pb2.ScoreTracksRequest(track_ids=ids), timeout=timeout_s).scores
    if kind == ACCOUNT:
        return stub.ScoreAccounts(scoring_pb2.ScoreAccountsRequest(account_ids=ids), timeout=timeout_s).scores
    if kind == LISTENER:
        return stub.ScoreListeners(scoring_pb2.ScoreListenersRequest(listener_ids=ids), timeout=timeout_s).scores
    raise UsageError(f"{kind!r} is no kind of subject: choose account, track or listener")


def _as_known(error: Any, address: str, timeout_s: float) -> GraphfraudError:
    if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
        return EnvironmentFault(f"{address}: no answer within {timeout_s:g} s: raise --timeout, or see to the server")
    if error.code() == grpc.StatusCode.UNAVAILABLE:
        return EnvironmentFault(
            f"{address}: no server answers: start one with `graphfraud serve RUN`, or give --address"
        )
    if error.code() in MISUSE:
        return UsageError(str(error.details()))
    return GraphfraudError(f"{address}: {error.details()}")


def _plain(score: scoring_pb2.Score) -> dict[str, Any]:
    status = name_of(scoring_pb2.ItemStatus, score.status)
    if score.status != scoring_pb2.ITEM_STATUS_OK:
        return {"subject_id": score.subject_id, "status": status}
    parts = {part: getattr(score, part) if score.HasField(part) else None for part in PARTS}
    return {
        "subject_id": score.subject_id,
        "status": status,
        "risk": score.risk,
        **parts,
        "verdict": name_of(scoring_pb2.Verdict, score.verdict),
        "reasons": list(score.reasons),
        "ring_id": score.ring_id or None,
        "ring_role": name_of(scoring_pb2.RingRole, score.ring_role) if score.ring_id else None,
    }
