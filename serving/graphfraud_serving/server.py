"""The server: it answers from one run until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable
from typing import Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from graphfraud.errors import EnvironmentFault
from graphfraud.v1 import rings_pb2, rings_pb2_grpc, scoring_pb2, scoring_pb2_grpc
from graphfraud_serving.scorebook import Scorebook
from graphfraud_serving.servicer import RingsServicer, ScoringServicer

SERVICES: Final = (
    scoring_pb2.DESCRIPTOR.services_by_name["Scoring"].full_name,
    rings_pb2.DESCRIPTOR.services_by_name["Rings"].full_name,
)
LARGEST_REQUEST_BYTES: Final = 16 * 2**20
"""Far more than the largest batch, so that one of too many is told so."""
DRAIN_S: Final = 1.0
"""Told to stop the server is unhealthy, and answers on for so long: callers turn away, calls on their way arrive."""
GRACE_S: Final = 5.0
"""Calls under way have so long to end after that."""


async def serve(book: Scorebook, *, host: str, port: int, on_start: Callable[[int], None]) -> None:
    """Answers on host and port, 0 for any free one, until SIGTERM or SIGINT; tells the port once it listens.

    Raises: EnvironmentFault when the port cannot be had.
    """
    server = grpc.aio.server(
        options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", LARGEST_REQUEST_BYTES)]
    )
    healthy = health.aio.HealthServicer()
    scoring_pb2_grpc.add_ScoringServicer_to_server(ScoringServicer(book), server)
    rings_pb2_grpc.add_RingsServicer_to_server(RingsServicer(book), server)
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    reflection.enable_server_reflection((*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    try:
        listening = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise EnvironmentFault(
            f"{host}:{port} cannot be listened on: choose another --port, 0 for a free one, or another --host"
        ) from error
    await server.start()
    for name in ("", *SERVICES):
        await healthy.set(name, health_pb2.HealthCheckResponse.SERVING)
    stop = _told_to_stop()
    on_start(listening)
    await stop.wait()
    await healthy.enter_graceful_shutdown()
    await asyncio.sleep(DRAIN_S)
    await server.stop(GRACE_S)


def _told_to_stop() -> asyncio.Event:
    """What is set once the process is told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
