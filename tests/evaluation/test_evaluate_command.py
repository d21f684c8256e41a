import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from graphfraud.cli.evaluate import HOW_TO_READ, evaluate
from graphfraud.errors import UsageError

app = typer.Typer()
app.command()(evaluate)


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_json_is_one_object_with_null_where_nothing_can_be_measured(world: Path) -> None:
    found = json.loads(printed(str(world), "--json"))
    assert set(found) == {"metrics", "detectors", "verdicts", "lookalikes", "rings", "streams"}
    assert found["streams"] == {"expected_count": 1.75, "withheld_count": 1, "fake_count": 2}
    account, *_ = found["metrics"]
    assert (account["subject_kind"], account["auroc"]) == ("account", None)


def test_a_pipe_gets_plain_aligned_lines_and_how_to_read_them(world: Path) -> None:
    lines = printed(str(world)).splitlines()
    assert " ".join(" ".join(lines).split()).startswith(HOW_TO_READ)
    assert all(line.isascii() and len(line) <= 120 for line in lines)
    header = next(line for line in lines if line.split()[:1] == ["subject_kind"])
    farm = next(line for line in lines if line.split()[1:3] == ["all", "farm"])
    assert farm.split() == ["listener", "all", "farm", "2", "3", "1.0000", "1.0000", "1.0000"]
    assert header.index("auroc") + len("auroc") == farm.index("1.0000") + len("1.0000")
    assert lines[-1] == "artificial streams: 2 expected, 1 withheld, 2 truly fake"


def test_a_narrow_terminal_still_shows_every_number(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    text = printed(str(world))
    assert "│" in text
    assert "…" not in text
    assert "0.8889" in text


def test_a_world_without_lookalikes_or_fake_streams_says_less(world: Path) -> None:
    (world / "truth" / "lookalikes.parquet").unlink()
    (world / "truth" / "streams.parquet").unlink()
    text = printed(str(world))
    assert "look-alikes" not in text
    assert "unknown truly fake" in text


def test_another_run_may_be_named(world: Path, tmp_path: Path) -> None:
    (world / "run").rename(tmp_path / "other")
    assert json.loads(printed(str(world), "--run", str(tmp_path / "other"), "--json"))["metrics"]
    with pytest.raises(UsageError, match="run FEED --out"):
        printed(str(world))
