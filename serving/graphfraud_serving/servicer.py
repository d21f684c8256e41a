"""The services: convert, call, convert."""

import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, Final, TypeVar

import grpc
from grpc_status import rpc_status

from graphfraud.errors import GraphfraudError
from graphfraud.v1 import rings_pb2, rings_pb2_grpc, scoring_pb2, scoring_pb2_grpc
from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK
from graphfraud_serving.convert import member_messages, ring_kind, ring_message, run_reference, score_messages
from graphfraud_serving.scorebook import Scorebook
from graphfraud_serving.status import status_of

LOG: Final = logging.getLogger(__name__)

Context = grpc.aio.ServicerContext[Any, Any]
Service = TypeVar("Service")
Request = TypeVar("Request")
Response = TypeVar("Response")


def told(
    answer: Callable[[Service, Request], Response],
) -> Callable[[Service, Request, Context], Awaitable[Response]]:
    """The answer as a call, every error of it as its status."""

    @wraps(answer)
    async def call(service: Service, request: Request, context: Context) -> Response:
        try:
            return answer(service, request)
        except Exception as error:
            if not isinstance(error, GraphfraudError):
                tell_defect(error)
            status = rpc_status.to_status(status_of(error))
            await context.abort_with_status(status)
            raise AssertionError from error  # abort_with_status raises

    return call


def tell_defect(error: Exception) -> None:
    """Logs where it went wrong, and not what the error says: it may quote a row."""
    where = "".join(traceback.format_tb(error.__traceback__))
    LOG.error("%s while a call was answered, at\n%s", type(error).__name__, where)


class ScoringServicer(scoring_pb2_grpc.ScoringServicer):
    """Scores of subjects, from one run."""

    def __init__(self, book: Scorebook) -> None:
        self.book = book

    @told
    def ScoreTracks(self, request: scoring_pb2.ScoreTracksRequest) -> scoring_pb2.ScoreTracksResponse:
        """The score of each track asked for."""
        return scoring_pb2.ScoreTracksResponse(
            scores=self._scores(TRACK, request.track_ids), run=run_reference(self.book)
        )

    @told
    def ScoreAccounts(self, request: scoring_pb2.ScoreAccountsRequest) -> scoring_pb2.ScoreAccountsResponse:
        """The score of each account asked for."""
        return scoring_pb2.ScoreAccountsResponse(
            scores=self._scores(ACCOUNT, request.account_ids), run=run_reference(self.book)
        )

    @told
    def ScoreListeners(self, request: scoring_pb2.ScoreListenersRequest) -> scoring_pb2.ScoreListenersResponse:
        """The score of each listener asked for."""
        return scoring_pb2.ScoreListenersResponse(
            scores=self._scores(LISTENER, request.listener_ids), run=run_reference(self.book)
        )

    def _scores(self, kind: str, ids: Sequence[str]) -> list[scoring_pb2.Score]:
        return score_messages(ids, self.book.scores_of(kind, ids))


class RingsServicer(rings_pb2_grpc.RingsServicer):
    """Rings, from one run."""

    def __init__(self, book: Scorebook) -> None:
        self.book = book

    @told
    def ListRings(self, request: rings_pb2.ListRingsRequest) -> rings_pb2.ListRingsResponse:
        """A page of rings."""
        page = self.book.rings_page(
            kind=ring_kind(request.kind), min_risk=request.min_risk, size=request.page_size, token=request.page_token
        )
        rings = [ring_message(row, with_evidence=False) for row in page.rows.iter_rows(named=True)]
        return rings_pb2.ListRingsResponse(rings=rings, next_page_token=page.next_token, run=run_reference(self.book))

    @told
    def GetRing(self, request: rings_pb2.GetRingRequest) -> rings_pb2.GetRingResponse:
        """One ring and a page of its members."""
        ring = ring_message(self.book.ring(request.ring_id), with_evidence=True)
        page = self.book.members_page(request.ring_id, size=request.member_page_size, token=request.member_page_token)
        return rings_pb2.GetRingResponse(
            ring=ring,
            members=member_messages(page.rows),
            next_member_page_token=page.next_token,
            run=run_reference(self.book),
        )
