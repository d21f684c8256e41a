import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from graphfraud.errors import EnvironmentFault, SettingsError
from graphfraud.errors.database import LoginRefused, ServerFailed, ToolMissing
from graphfraud.neo4j.server.home import Ports, ServerHome
from graphfraud.neo4j.server.local import LocalServer
from graphfraud.neo4j.server.process import KeptProcess
from graphfraud.neo4j.server.settings import chosen_ports, configuration
from graphfraud.neo4j.server.tools import java_program, java_warning, maven_program

SCRIPT = Path(__file__).parents[2] / "scripts" / "neo4j_server.py"


def test_one_that_runs_is_not_started_again(local_server: LocalServer) -> None:
    assert local_server.start() is False


def test_status_tells_how_to_connect_and_not_the_password(local_server: LocalServer) -> None:
    told = subprocess.run([sys.executable, SCRIPT, "status"], capture_output=True, text=True, check=True).stdout
    assert told.startswith("running\n")
    assert local_server.login.uri in told
    assert str(local_server.home.password_file) in told
    assert local_server.login.password not in told


def test_its_password_is_read_by_its_owner_alone(local_server: LocalServer) -> None:
    assert stat.S_IMODE(local_server.home.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(local_server.home.password_file.stat().st_mode) == 0o600
    assert not (local_server.home.folder / "run" / "first-password").exists()


def test_neo4j_browser_answers_on_the_loopback(local_server: LocalServer) -> None:
    ports = local_server.home.ports
    assert ports is not None
    with urlopen(f"http://127.0.0.1:{ports.http}/browser/") as page:
        assert b"<title>Neo4j Browser</title>" in page.read()


def test_another_password_than_it_was_set_up_with_is_refused(
    local_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "not-the-one-it-has")
    with pytest.raises(LoginRefused, match="NEO4J_PASSWORD") as refused:
        local_server.start()
    assert "not-the-one-it-has" not in str(refused.value)


def test_a_stale_number_does_not_pass_for_a_server(tmp_path: Path) -> None:
    home = ServerHome(tmp_path)
    home.make()
    home.pid_file.write_text(f"{os.getpid()}\n")  # after a restart of the machine another process may have it
    assert not LocalServer(home).is_running
    assert LocalServer(home).stop() is False
    assert not home.pid_file.exists()


def test_a_kept_process_outlives_the_shell_and_is_stopped(tmp_path: Path) -> None:
    kept = KeptProcess(tmp_path / "pid", "time.sleep(60) #ours")
    program = "import time; time.sleep(60) #ours"
    kept.start([sys.executable, "-c", program], folder=tmp_path, log=tmp_path / "log")
    assert kept.pid is not None
    assert os.getsid(kept.pid) != os.getsid(0)
    assert kept.stop() is True
    assert kept.pid is None


def test_a_process_that_does_not_end_by_itself_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphfraud.neo4j.server.process.LONGEST_STOP_S", 0.2)
    kept = KeptProcess(tmp_path / "pid", "#deaf")
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    program = f"{deaf}; print('up', flush=True); time.sleep(60) #deaf"
    kept.start([sys.executable, "-c", program], folder=tmp_path, log=tmp_path / "log")
    while "up" not in (tmp_path / "log").read_text():
        time.sleep(0.01)
    assert kept.stop() is True
    assert kept.pid is None


def test_it_listens_on_the_loopback_alone_and_reports_nothing() -> None:
    told = dict(line.split("=", 1) for line in configuration(Ports(7687, 7474)).splitlines() if "=" in line)
    addresses = {value.split(":")[0] for key, value in told.items() if key.endswith("_address")}
    assert addresses == {"127.0.0.1"}
    assert told["dbms.usage_report.enabled"] == "false"
    assert told["dbms.security.auth_enabled"] == "true"


def test_a_size_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFRAUD_NEO4J_PAGECACHE", "lots")
    with pytest.raises(SettingsError, match="GRAPHFRAUD_NEO4J_PAGECACHE: 'lots'"):
        configuration(Ports(7687, 7474))


def test_a_taken_port_is_left_to_who_has_it(local_server: LocalServer) -> None:
    ports = local_server.home.ports
    assert ports is not None
    assert chosen_ports(ports, None).bolt != ports.bolt
    with pytest.raises(EnvironmentFault, match="is taken"):
        chosen_ports(None, ports.bolt)


def test_a_port_taken_at_the_last_moment_is_left_to_who_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, tried = LocalServer(ServerHome(tmp_path)), []
    server.home.make()
    monkeypatch.setattr(KeptProcess, "start", lambda *_, log, **__: log.write_text("ERROR port 7 is already in use\n"))
    monkeypatch.setattr(LocalServer, "_command", lambda _: [])
    with pytest.raises(ServerFailed, match="already in use"):
        server._launch(None, tried.append)  # noqa: SLF001 - everything before it is real
    assert len(tried) == 3


@pytest.fixture
def path_of_one_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


@pytest.mark.usefixtures("path_of_one_program")
def test_what_is_missing_is_named() -> None:
    with pytest.raises(ToolMissing, match="java cannot be run"):
        java_program()
    with pytest.raises(ToolMissing, match="install Maven") as missing:
        maven_program()
    assert missing.value.exit_code == 4


@pytest.mark.parametrize(("version", "number"), [("1.8.0_392", 8), ("11.0.2", 11)])
def test_a_java_that_is_too_old_is_refused(path_of_one_program: Path, version: str, number: int) -> None:
    _fake_java(path_of_one_program, version)
    with pytest.raises(ToolMissing, match=f"version {number}: install Java 17 or 21"):
        java_program()


def test_a_java_that_was_not_tried_is_told_of(path_of_one_program: Path) -> None:
    _fake_java(path_of_one_program, "25")
    assert "java is version 25" in (java_warning() or "")


def _fake_java(folder: Path, version: str) -> None:
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
