"""A run served as anybody serves one: another process, a real port, and what callers get from it."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from conftest import Graphfraud
from google.protobuf.descriptor_pool import DescriptorPool
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status
from ringed_run import ring_name, ringed_tables, write_run

from graphfraud.v1 import rings_pb2, rings_pb2_grpc, scoring_pb2, scoring_pb2_grpc

pytestmark = pytest.mark.xdist_group("server")
WAIT_S = 20.0


def speaks_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@contextmanager
def served(run: Path, *options: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The address of a run that is being served, and the server's process."""
    command = [sys.executable, "-m", "graphfraud", "serve", str(run), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            assert said.startswith(f"serving {run} on "), server.stderr and server.stderr.read()
            yield said.removeprefix(f"serving {run} on ").split(": ", 1)[0], server
        finally:
            server.kill()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("served") / "run", ringed_tables(5))


@pytest.fixture(scope="module")
def address(run: Path) -> Iterator[str]:
    with served(run) as (address, _):
        yield address


@pytest.fixture(scope="module")
def channel(address: str) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(address) as channel:
        yield channel


@pytest.fixture(scope="module")
def scoring(channel: grpc.Channel) -> scoring_pb2_grpc.ScoringStub:
    return scoring_pb2_grpc.ScoringStub(channel)


@pytest.fixture(scope="module")
def rings(channel: grpc.Channel) -> rings_pb2_grpc.RingsStub:
    return rings_pb2_grpc.RingsStub(channel)


def refusal(call: Callable[[], object]) -> tuple[grpc.StatusCode, str, dict[str, str], str]:
    """Code, reason, metadata and message of a refused call."""
    with pytest.raises(grpc.RpcError) as refused:
        call()
    status = rpc_status.from_call(refused.value)
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.domain == "graphfraud"
    return refused.value.code(), info.reason, dict(info.metadata), refused.value.details()


def test_each_id_of_a_batch_has_its_own_status(scoring: scoring_pb2_grpc.ScoringStub) -> None:
    asked = ["lis-000-003", "unknown", "", "x" * 1_025, "fan"]
    answer = scoring.ScoreListeners(scoring_pb2.ScoreListenersRequest(listener_ids=asked), timeout=WAIT_S)
    assert [score.subject_id for score in answer.scores] == asked
    assert [scoring_pb2.ItemStatus.Name(score.status) for score in answer.scores] == [
        "ITEM_STATUS_OK",
        "ITEM_STATUS_NOT_FOUND",
        "ITEM_STATUS_INVALID",
        "ITEM_STATUS_INVALID",
        "ITEM_STATUS_OK",
    ]
    first = answer.scores[0]
    assert (first.risk, first.verdict, list(first.reasons)) == (0.999, scoring_pb2.VERDICT_REVIEW, ["ring_operator"])
    assert (first.ring_id, first.ring_role) == (ring_name(0), scoring_pb2.RING_ROLE_BOT)
    assert first.HasField("behaviour_risk")
    assert not first.HasField("content_risk")
    assert answer.scores[1] == scoring_pb2.Score(subject_id="unknown", status=scoring_pb2.ITEM_STATUS_NOT_FOUND)


def test_accounts_and_tracks_are_answered_from_the_same_run(scoring: scoring_pb2_grpc.ScoringStub) -> None:
    accounts = scoring.ScoreAccounts(scoring_pb2.ScoreAccountsRequest(account_ids=["acc-000-1"]), timeout=WAIT_S)
    tracks = scoring.ScoreTracks(scoring_pb2.ScoreTracksRequest(track_ids=["hit-0"]), timeout=WAIT_S)
    assert accounts.scores[0].risk == 0.999
    assert tracks.scores[0].verdict == scoring_pb2.VERDICT_ALLOW
    assert accounts.run == tracks.run
    assert accounts.run.as_of.ToJsonString() == "2026-10-29T00:00:00Z"
    assert len(accounts.run.digest) == 64


@pytest.mark.parametrize(
    ("count", "reason", "metadata"),
    [
        (0, "ERROR_REASON_BATCH_EMPTY", {}),
        (4_097, "ERROR_REASON_BATCH_TOO_LARGE", {"asked": "4097", "limit": "4096"}),
        (1_000_000, "ERROR_REASON_BATCH_TOO_LARGE", {"asked": "1000000", "limit": "4096"}),
    ],
)
def test_a_batch_of_none_or_too_many_is_refused_with_its_reason(
    scoring: scoring_pb2_grpc.ScoringStub, count: int, reason: str, metadata: dict[str, str]
) -> None:
    request = scoring_pb2.ScoreTracksRequest(track_ids=["some-id"] * count)
    code, told, facts, message = refusal(lambda: scoring.ScoreTracks(request, timeout=WAIT_S))
    assert (code, told, facts) == (grpc.StatusCode.INVALID_ARGUMENT, reason, metadata)
    assert "a call takes 1 to 4,096" in message


def test_rings_are_listed_by_pages(rings: rings_pb2_grpc.RingsStub) -> None:
    first = rings.ListRings(rings_pb2.ListRingsRequest(page_size=3), timeout=WAIT_S)
    second = rings.ListRings(rings_pb2.ListRingsRequest(page_size=3, page_token=first.next_page_token), timeout=WAIT_S)
    assert [ring.ring_id for ring in [*first.rings, *second.rings]] == [ring_name(n) for n in range(5)]
    assert second.next_page_token == ""
    upload = rings.ListRings(rings_pb2.ListRingsRequest(kind=rings_pb2.RING_KIND_UPLOAD), timeout=WAIT_S)
    assert [ring.ring_id for ring in upload.rings] == [ring_name(1), ring_name(3)]
    assert not upload.rings[0].evidence


def test_a_ring_comes_with_its_evidence_and_its_members_by_pages(rings: rings_pb2_grpc.RingsStub) -> None:
    asked = rings_pb2.GetRingRequest(ring_id=ring_name(0), member_page_size=25)
    answer = rings.GetRing(asked, timeout=WAIT_S)
    asked.member_page_token = answer.next_member_page_token
    rest = rings.GetRing(asked, timeout=WAIT_S)
    assert (len(answer.members), len(rest.members), rest.next_member_page_token) == (25, 16, "")
    assert rest.members[-1].role in {scoring_pb2.RING_ROLE_BOT, scoring_pb2.RING_ROLE_VICTIM}
    ring = answer.ring
    assert (ring.account_count, ring.track_count, ring.listener_count) == (2, 8, 30)
    assert ring.evidence[0].measure == "closure"
    assert ring.evidence[0].sentence == "what closure says, in words"
    assert ring.evidence[0].HasField("value")
    assert (ring.evidence[0].unit, ring.evidence[0].family) == ("share", "effort")
    assert next(each for each in ring.evidence if each.measure == "from_a_later_release").unit == ""
    assert not next(each for each in ring.evidence if each.measure == "away").HasField("value")
    log_odds = [each.log_odds for each in ring.evidence]
    assert log_odds == sorted(log_odds, reverse=True)


@pytest.mark.parametrize(
    ("request_", "code", "reason", "metadata"),
    [
        (
            rings_pb2.GetRingRequest(ring_id="ring-000000000000000f"),
            "NOT_FOUND",
            "RING_NOT_FOUND",
            {"nearest": ring_name(0)},
        ),
        (rings_pb2.GetRingRequest(ring_id=""), "NOT_FOUND", "RING_NOT_FOUND", {}),
        (
            rings_pb2.GetRingRequest(ring_id=ring_name(0), member_page_size=-1),
            "INVALID_ARGUMENT",
            "PAGE_SIZE_OUT_OF_RANGE",
            {"field": "member_page_size"},
        ),
        (
            rings_pb2.ListRingsRequest(page_size=1_001),
            "INVALID_ARGUMENT",
            "PAGE_SIZE_OUT_OF_RANGE",
            {"field": "page_size"},
        ),
        (
            rings_pb2.ListRingsRequest(page_token="of another run"),  # noqa: S106 - a token of pages
            "INVALID_ARGUMENT",
            "PAGE_TOKEN_UNKNOWN",
            {"field": "page_token"},
        ),
        (
            rings_pb2.ListRingsRequest(min_risk=float("nan")),
            "INVALID_ARGUMENT",
            "RISK_OUT_OF_RANGE",
            {"field": "min_risk"},
        ),
        (rings_pb2.ListRingsRequest(kind=99), "INVALID_ARGUMENT", "KIND_UNKNOWN", {"field": "kind"}),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(
    rings: rings_pb2_grpc.RingsStub,
    request_: rings_pb2.GetRingRequest | rings_pb2.ListRingsRequest,
    code: str,
    reason: str,
    metadata: dict[str, str],
) -> None:
    asked = rings.GetRing if isinstance(request_, rings_pb2.GetRingRequest) else rings.ListRings
    told = refusal(lambda: asked(request_, timeout=WAIT_S))
    near = dict(told[2])
    if "nearest" in metadata:
        near["nearest"] = metadata["nearest"] if near.get("nearest", "").startswith("ring-") else ""
    assert (told[0].name, told[1], near) == (code, f"ERROR_REASON_{reason}", metadata)


def test_health_is_told_for_the_server_and_each_service(channel: grpc.Channel) -> None:
    health = health_pb2_grpc.HealthStub(channel)
    for name in ("", "graphfraud.v1.Scoring", "graphfraud.v1.Rings"):
        answer = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=WAIT_S)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_a_caller_without_stubs_learns_the_services_by_reflection(channel: grpc.Channel) -> None:
    database = ProtoReflectionDescriptorDatabase(channel)
    assert {"graphfraud.v1.Scoring", "graphfraud.v1.Rings", "grpc.health.v1.Health"} <= set(database.get_services())
    service = DescriptorPool(database).FindServiceByName("graphfraud.v1.Rings")
    assert [method.name for method in service.methods] == ["ListRings", "GetRing"]


@pytest.mark.skipif(not speaks_ipv6(), reason="this machine speaks no IPv6")
def test_it_listens_on_ipv6(graphfraud: Graphfraud, run: Path) -> None:
    with served(run, "--host", "::1") as (address, _):
        assert address.startswith("[::1]:")
        assert graphfraud("score", "account", "acc-000-0", "--address", address).code == 0


def test_the_command_line_asks_it(graphfraud: Graphfraud, address: str) -> None:
    answer = graphfraud("score", "account", "acc-000-0", "unknown", "--address", address)
    assert answer.code == 0
    lines = [line.split() for line in answer.out.splitlines()]
    assert lines[1] == ["acc-000-0", "0.9990", "review", ring_name(0), "(operator)", "ring_operator"]
    assert lines[2] == ["unknown", "-", "not", "found", "-"]
    answer = graphfraud("score", "listener", *["x"] * 4_097, "--address", address)
    assert (answer.code, "4,097 ids asked for" in answer.last_error) == (2, True)


def test_no_server_and_a_wrong_address_are_the_environments_fault(graphfraud: Graphfraud) -> None:
    for wrong in ("127.0.0.1:1", "no such host:7"):
        answer = graphfraud("score", "track", "t", "--address", wrong, "--timeout", "2")
        assert answer.code == 4
        assert answer.last_error.startswith(f"error: {wrong}: no server answers: start one with `graphfraud serve RUN`")


def test_a_server_that_does_not_answer_in_time_is_told_from_none(graphfraud: Graphfraud) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        answer = graphfraud("score", "track", "t", "--address", address, "--timeout", "0.5")
    assert answer.code == 4
    assert f"{address}: no answer within 0.5 s: raise --timeout" in answer.last_error


def test_a_taken_port_is_the_environments_fault(graphfraud: Graphfraud, run: Path, address: str) -> None:
    port = address.rpartition(":")[2]
    answer = graphfraud("serve", run, "--port", port)
    assert answer.code == 4
    assert f"127.0.0.1:{port} cannot be listened on: choose another --port" in answer.last_error


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_well(run: Path, number: signal.Signals) -> None:
    with served(run) as (_, server):
        server.send_signal(number)
        assert server.wait(WAIT_S) == 0
        assert server.stderr is not None
        assert server.stderr.read() == ""


@pytest.mark.parametrize("table", ["scores", "rings", "ring_members"])
def test_a_damaged_run_is_refused_whole_with_the_reason(graphfraud: Graphfraud, tmp_path: Path, table: str) -> None:
    run = write_run(tmp_path / "run", ringed_tables(1))
    path = run / f"{table}.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    answer = graphfraud("serve", run, "--port", "0")
    assert answer.code == 3
    assert answer.out == ""
    assert answer.last_error.startswith(f"error: {path}: the run is damaged")
