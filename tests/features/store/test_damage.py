"""A damaged store is found before anything is made of it, and named."""

import shutil
from pathlib import Path

import pytest
from conftest import Graphfraud, Tables, write_feed

SIDES = (
    "manifest.json",
    "ledger.parquet",
    "gone.parquet",
    "contested.parquet",
    "quarantine/files.parquet",
    "quarantine/streams.parquet",
    "waiting/streams.parquet",
    "streams/2026-09-04.parquet",
    "tracks/2025-07.parquet",
)


@pytest.fixture
def store(graphfraud: Graphfraud, tmp_path: Path, tables: Tables) -> Path:
    """A store with a row that waits."""
    tables["tracks"] = tables["tracks"].tail(63)
    feed = write_feed(tmp_path / "feed", tables)
    assert graphfraud("build", feed, "--store", tmp_path / "store").code == 0
    return tmp_path / "store"


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("damage", ["missing", "cut", "one bit"])
def test_damage_is_refused_by_name(graphfraud: Graphfraud, store: Path, name: str, damage: str) -> None:
    path = store / name
    content = bytearray(path.read_bytes())
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    if damage == "one bit":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    answer = graphfraud("snapshot", store, "--out", store.parent / "graph")
    assert answer.code == 3, answer.error
    assert f"{path}: " in answer.last_error
    assert "damaged" in answer.last_error
    assert not (store.parent / "graph").exists()


def test_damaged_hashes_are_made_anew(graphfraud: Graphfraud, store: Path, tables: Tables) -> None:
    (hashes,) = store.glob("hashes-*")
    next(iter(sorted(hashes.iterdir()))).write_bytes(b"nothing")
    shutil.rmtree(store.parent / "feed")
    more = write_feed(store.parent / "feed", {"streams": tables["streams"].tail(100)})
    assert graphfraud("build", more, "--store", store).code == 0
    assert graphfraud("snapshot", store, "--out", store.parent / "graph").code == 0


def test_a_store_is_called_by_any_of_its_names(
    graphfraud: Graphfraud, store: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = store.parent / "link"
    link.symlink_to(store)
    more = write_feed(store.parent / "more", {"streams": tables["streams"].tail(100)})
    assert graphfraud("build", more, "--store", link).code == 0
    assert link.is_symlink()
    monkeypatch.chdir(store)
    assert graphfraud("build", more, "--store", ".").code == 0
    assert graphfraud("snapshot", ".", "--out", store.parent / "graph").code == 0
