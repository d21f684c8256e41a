"""Errors as gRPC statuses: the one table."""

from typing import Final

from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from graphfraud.errors import BatchSizeRefused, GraphfraudError, PageRefused, RingNotFound
from graphfraud.v1 import error_reason_pb2 as reasons

DOMAIN: Final = "graphfraud"
DEFECT: Final = "a defect of the server, told in its log: please report it"
PAGE_REASONS: Final = {
    "page_size": reasons.ERROR_REASON_PAGE_SIZE_OUT_OF_RANGE,
    "member_page_size": reasons.ERROR_REASON_PAGE_SIZE_OUT_OF_RANGE,
    "page_token": reasons.ERROR_REASON_PAGE_TOKEN_UNKNOWN,
    "member_page_token": reasons.ERROR_REASON_PAGE_TOKEN_UNKNOWN,
    "min_risk": reasons.ERROR_REASON_RISK_OUT_OF_RANGE,
    "kind": reasons.ERROR_REASON_KIND_UNKNOWN,
}


def status_of(error: BaseException) -> Status:
    """The status that tells of an error: code, message, and an ErrorInfo with its reason.

    What is no error of ours is a defect, and its text is not told: it may quote a row.
    """
    code, reason, metadata = _told(error)
    info = ErrorInfo(reason=reasons.ErrorReason.Name(reason), domain=DOMAIN, metadata=metadata)
    detail = AnyMessage()
    detail.Pack(info)
    message = str(error) if isinstance(error, GraphfraudError) else DEFECT
    return Status(code=code, message=message, details=[detail])


def _told(error: BaseException) -> tuple[Code.ValueType, reasons.ErrorReason.ValueType, dict[str, str]]:
    match error:
        case BatchSizeRefused(asked=0):
            return Code.INVALID_ARGUMENT, reasons.ERROR_REASON_BATCH_EMPTY, {}
        case BatchSizeRefused():
            sizes = {"limit": str(error.limit), "asked": str(error.asked)}
            return Code.INVALID_ARGUMENT, reasons.ERROR_REASON_BATCH_TOO_LARGE, sizes
        case RingNotFound():
            near = {"nearest": error.nearest} if error.nearest else {}
            return Code.NOT_FOUND, reasons.ERROR_REASON_RING_NOT_FOUND, near
        case PageRefused():
            return Code.INVALID_ARGUMENT, PAGE_REASONS[error.field], {"field": error.field}
        case _:
            return Code.INTERNAL, reasons.ERROR_REASON_DEFECT, {}
