from pathlib import Path

import pytest
from conftest import Graphfraud
from ringed_run import ringed_tables, write_run

from graphfraud.cli.demo import ask_served


def test_a_run_without_rings_is_served_and_asked_as_well(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path / "run", ringed_tables(0))
    ask_served(run)
    said = capfd.readouterr().out
    assert "graphfraud score account nobody --address 127.0.0.1:" in said
    assert said.splitlines()[-1].split() == ["nobody", "0.0010", "allow", "-"]


def test_a_folder_of_somebody_elses_is_left_alone(graphfraud: Graphfraud, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    answer = graphfraud("demo", "--out", tmp_path)
    assert (answer.code, "is no demo's folder" in answer.last_error) == (2, True)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
