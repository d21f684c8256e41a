import sys
from pathlib import Path

import pytest

from graphfraud.folders.exchange import exchange


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no such step on this system")
def test_two_folders_take_each_others_place(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "said").write_text(name)
    assert exchange(tmp_path / "one", tmp_path / "other")
    assert [(tmp_path / name / "said").read_text() for name in ("one", "other")] == ["other", "one"]


def test_what_is_not_there_is_not_exchanged(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    assert not exchange(tmp_path / "one", tmp_path / "nothing")
    assert (tmp_path / "one").is_dir()
