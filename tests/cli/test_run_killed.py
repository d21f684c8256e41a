"""Kill -9 while a run is being written leaves no run, and the next one cleans up."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Tables, write_feed

COMMAND = [sys.executable, "-m", "graphfraud", "run"]


def killed_once_it_writes(command: list[str], folder: Path, sign: str) -> None:
    """Starts the command and kills it as soon as a path matches `sign`."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not list(folder.glob(sign)):
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("sign", [".run.partial-*", ".run.partial-*/work/admitted/*", ".run.partial-*/graph/*"])
def test_a_killed_run_leaves_nothing_that_looks_like_one(tmp_path: Path, tables: Tables, sign: str) -> None:
    feed, run = write_feed(tmp_path / "feed", tables), tmp_path / "run"
    command = [*COMMAND, str(feed), "--out", str(run)]
    killed_once_it_writes(command, tmp_path, sign)
    assert not run.exists()
    assert list(tmp_path.glob(".run.partial-*"))
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feed", "run"]
