from pathlib import Path

import pytest

from graphfraud.errors import FolderExists, UsageError
from graphfraud.folders.manifest import write_manifest
from graphfraud.folders.whole import whole_folder


def test_a_folder_takes_its_place_only_when_it_is_done(tmp_path: Path) -> None:
    place = tmp_path / "run"
    with whole_folder(place, replace=False) as folder:
        (folder / "table").write_text("rows")
        assert not place.exists()
    assert (place / "table").read_text() == "rows"
    assert list(tmp_path.iterdir()) == [place]


def test_an_error_leaves_neither_the_folder_nor_a_part_of_it(tmp_path: Path) -> None:
    place = tmp_path / "run"

    def write_half() -> None:
        with whole_folder(place, replace=False) as folder:
            (folder / "table").write_text("half of the ro")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("has_exchange", [True, False])
def test_a_replaced_folder_is_wholly_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_exchange: bool
) -> None:
    if not has_exchange:
        monkeypatch.setattr("graphfraud.folders.whole.exchange", lambda _one, _other: False)
    place = tmp_path / "run"
    for content in ("old", "new"):
        with whole_folder(place, replace=True) as folder:
            (folder / content).write_text(content)
            write_manifest(folder, {"kind": "run"})
    assert {path.name for path in place.iterdir()} == {"new", "manifest.json"}
    assert list(tmp_path.iterdir()) == [place]


def test_a_taken_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderExists), whole_folder(tmp_path, replace=False):
        pass


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").touch()
    with pytest.raises(UsageError), whole_folder(tmp_path / "photos", replace=True):
        pass


def test_a_folder_of_another_kind_is_not_replaced(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "store", replace=False, kind="store") as folder:
        write_manifest(folder, {"kind": "store"})
    with (
        pytest.raises(UsageError, match="is a store, and no run takes its place"),
        whole_folder(tmp_path / "store", replace=True, kind="run"),
    ):
        pass


def test_a_swap_that_was_killed_half_way_is_undone(tmp_path: Path) -> None:
    aside = tmp_path / ".run.replaced"
    aside.mkdir()
    (aside / "table").write_text("the only good copy")

    def fail_to_write() -> None:
        with whole_folder(tmp_path / "run", replace=True):
            raise RuntimeError

    with pytest.raises(UsageError):  # restored, and found to be no run of ours, so kept
        fail_to_write()
    assert (tmp_path / "run" / "table").read_text() == "the only good copy"


def test_a_leftover_that_is_still_being_written_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "run"
    with whole_folder(place, replace=False) as first:
        (first / "table").write_text("rows")
        stale = tmp_path / ".run.partial-0"
        stale.mkdir()
        with pytest.raises(FileExistsError, match="run"):
            first.mkdir()
        assert first.exists()
    assert (place / "table").exists()
