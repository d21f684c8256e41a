import asyncio
from typing import Any, cast

import pytest
from google.rpc.code_pb2 import INTERNAL
from google.rpc.status_pb2 import Status
from grpc_status.rpc_status import GRPC_DETAILS_METADATA_KEY

from graphfraud.v1 import scoring_pb2
from graphfraud_serving.scorebook import Scorebook
from graphfraud_serving.servicer import ScoringServicer


class Aborted(Exception):
    """What a call's context raises when it ends with a status."""


class Context:
    """A call's context that keeps the status it ended with."""

    async def abort_with_status(self, status: Any) -> None:
        self.status = Status.FromString(dict(status.trailing_metadata)[GRPC_DETAILS_METADATA_KEY])
        raise Aborted


class BrokenBook:
    """A book that fails on every question, quoting what it was asked."""

    def scores_of(self, kind: str, ids: list[str]) -> None:
        raise ValueError(f"no {kind} {ids[0]}")


def test_a_defect_is_logged_by_its_place_and_quotes_nobody(caplog: pytest.LogCaptureFixture) -> None:
    context = Context()
    service = ScoringServicer(cast("Scorebook", BrokenBook()))
    request = scoring_pb2.ScoreListenersRequest(listener_ids=["lis-secret"])
    with pytest.raises(Aborted):
        asyncio.run(service.ScoreListeners(request, cast("Any", context)))
    assert context.status.code == INTERNAL
    (record,) = caplog.records
    assert "ValueError while a call was answered" in record.getMessage()
    assert "scores_of" in record.getMessage()
    assert "lis-secret" not in record.getMessage() + context.status.message
