"""A feed small enough to read in a glance, and the command line called in this process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings

from graphfraud.cli.main import main

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")

FIRST_DAY = datetime(2026, 9, 1, tzinfo=UTC)
Tables = dict[str, pl.DataFrame]


def tiny_tables() -> Tables:
    """Eight accounts with eight tracks each, thirty listeners, 900 streams over ten days; nobody is a fraud."""
    accounts = [f"acc-{n}" for n in range(8)]
    tracks = [f"trk-{n:02d}" for n in range(64)]
    listeners = [f"lis-{n:02d}" for n in range(30)]
    long_ago = FIRST_DAY - timedelta(days=400)
    plays = range(900)
    return {
        "accounts": pl.DataFrame(
            {
                "account_id": accounts,
                "created_at": [long_ago] * 8,
                "country": ["SE"] * 8,
                "distributor_id": ["PADPIDA2014120301U"] * 8,
                "verified": [n % 2 == 0 for n in range(8)],
            }
        ),
        "tracks": pl.DataFrame(
            {
                "track_id": tracks,
                "account_id": [accounts[n // 8] for n in range(64)],
                "uploaded_at": [long_ago + timedelta(days=n) for n in range(64)],
                "duration_ms": [150_000 + 1_000 * n for n in range(64)],
                "title": [f"Song {n}" for n in range(64)],
                "artist_name": [f"Artist {n // 8}" for n in range(64)],
            }
        ),
        "listeners": pl.DataFrame(
            {
                "listener_id": listeners,
                "created_at": [long_ago + timedelta(days=3 * n) for n in range(30)],
                "country": [("SE", "DE")[n % 2] for n in range(30)],
                "plan": ["premium"] * 30,
            }
        ),
        "streams": pl.DataFrame(
            {
                "stream_id": [f"s-{n:04d}" for n in plays],
                "listener_id": [listeners[n * 7 % 30] for n in plays],
                "track_id": [tracks[n * n % 61] for n in plays],
                "started_at": [FIRST_DAY + timedelta(minutes=16 * n) for n in plays],
                "played_ms": [20_000 + 1_000 * (n * 13 % 120) for n in plays],
                "source": [("search", "playlist", "library")[n % 3] for n in plays],
                "device_id": [f"dev-{n * 7 % 30}" for n in plays],
            }
        ),
        "embeddings": pl.DataFrame(
            {
                "track_id": tracks,
                "model": ["m"] * 64,
                "vector": pl.Series(
                    [[float((n * 37 + d * 11) % 17 - 8) for d in range(8)] for n in range(64)],
                    dtype=pl.List(pl.Float32),
                ),
            }
        ),
    }


def write_feed(folder: Path, tables: Tables) -> Path:
    """Writes each table as one Parquet file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        rows.write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture
def tables() -> Tables:
    return tiny_tables()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command said, and its exit code."""

    code: int
    out: str
    error: str

    @property
    def last_error(self) -> str:
        return self.error.strip().splitlines()[-1] if self.error.strip() else ""


Graphfraud = Callable[..., Answer]


@pytest.fixture
def graphfraud(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Graphfraud:
    """The command line, called in this process."""

    def call(*arguments: str | Path) -> Answer:
        monkeypatch.setattr("sys.argv", ["graphfraud", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        said = capfd.readouterr()
        assert "Traceback" not in said.out + said.err
        return Answer(int(left.value.code or 0), said.out, said.err)

    return call
