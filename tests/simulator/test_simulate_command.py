"""The command `graphfraud simulate`."""

from pathlib import Path

import polars as pl
from conftest import Graphfraud


def test_it_says_what_it_wrote_and_what_to_do_next(graphfraud: Graphfraud, tmp_path: Path) -> None:
    answer = graphfraud("simulate", tmp_path / "world", "--scale", "0.03", "--seed", "1")
    assert answer.code == 0
    assert "bot_farm" in answer.out
    assert "honest look-alikes" in answer.out
    assert f"graphfraud run {tmp_path / 'world' / 'feed'} --out " in answer.out
    assert (tmp_path / "world" / "truth" / "rings.parquet").is_file()


def test_a_wrong_scale_is_a_wrong_use(graphfraud: Graphfraud, tmp_path: Path) -> None:
    answer = graphfraud("simulate", tmp_path / "world", "--scale", "1000")
    assert answer.code == 2
    assert "scale 1000 is out of range" in answer.last_error
    assert not (tmp_path / "world").exists()


def test_an_honest_world_has_look_alikes_and_no_fraud(graphfraud: Graphfraud, tmp_path: Path) -> None:
    answer = graphfraud("simulate", tmp_path / "world", "--scale", "0.03", "--seed", "1", "--honest")
    assert answer.code == 0
    assert "bot_farm" not in answer.out
    assert pl.read_parquet(tmp_path / "world" / "truth" / "rings.parquet").is_empty()
    assert not pl.read_parquet(tmp_path / "world" / "truth" / "streams.parquet")["fake"].any()
    assert not pl.read_parquet(tmp_path / "world" / "truth" / "lookalikes.parquet").is_empty()
