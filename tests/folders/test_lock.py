import subprocess
import sys
from pathlib import Path

import pytest

from graphfraud.errors import EnvironmentFault, StoreBusy
from graphfraud.folders.lock import only_writer

HOLDER = """
import sys, time
from pathlib import Path
from graphfraud.folders.lock import only_writer
with only_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_names_its_holder_and_goes_with_it(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(store)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreBusy, match=f"process {holder.pid} on "), only_writer(store):
            pass
        holder.kill()
    with only_writer(store):
        pass


def test_a_place_that_cannot_be_written_is_an_environment_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvironmentFault, match="cannot be written"), only_writer(tmp_path / "file" / "store"):
        pass
