"""What a simulated world knows and what a run said of it, as read from their folders."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.errors import UsageError
from graphfraud.folders.manifest import MANIFEST, read_manifest

SUBJECT: Final = ("subject_kind", "subject_id")


def read_rings(world: Path) -> pl.DataFrame:
    """Who took part in which attack: kind, subject_kind, subject_id, role.

    Raises: UsageError when the world has no truth.
    """
    path = _required(world / "truth" / "rings.parquet", f"`graphfraud simulate {world}`")
    return pl.read_parquet(path, glob=False, columns=["kind", *SUBJECT, "role"]).unique()


def read_planted(world: Path) -> pl.DataFrame:
    """Who was planted in which ring: planted (the ring's name), attack, subject_kind, subject_id, role.

    Raises: UsageError when the world has no truth.
    """
    path = _required(world / "truth" / "rings.parquet", f"`graphfraud simulate {world}`")
    rows = pl.read_parquet(path, glob=False, columns=["ring", "kind", *SUBJECT, "role"])
    return rows.select(
        pl.col("ring").cast(pl.String).alias("planted"), pl.col("kind").alias("attack"), *SUBJECT, "role"
    ).unique()


def read_ring_members(run: Path) -> pl.DataFrame:
    """Who the run says belongs to which ring: ring_id, subject_kind, subject_id, role.

    Raises: UsageError when the run has no rings.
    """
    path = _required(run / "ring_members.parquet", f"`graphfraud run FEED --out {run}`")
    return pl.read_parquet(path, glob=False, columns=["ring_id", *SUBJECT, "role"])


def read_rings_found(run: Path) -> pl.DataFrame:
    """The rings that the run reported: ring_id, risk, ring_count (of its extent).

    Raises: UsageError when the run has no rings.
    """
    path = _required(run / "rings.parquet", f"`graphfraud run FEED --out {run}`")
    rings = pl.read_parquet(path, glob=False, columns=["ring_id", "risk", "accounts", "tracks", "listeners"])
    return rings.select("ring_id", "risk", ring_count=pl.sum_horizontal("accounts", "tracks", "listeners"))


def read_lookalikes(world: Path) -> pl.DataFrame:
    """Honest subjects that look like fraud: kind, subject_kind, subject_id; empty when the world names none."""
    path = world / "truth" / "lookalikes.parquet"
    if not path.is_file():
        return pl.DataFrame(schema=dict.fromkeys(["kind", *SUBJECT], pl.String))
    return pl.read_parquet(path, glob=False, columns=["kind", *SUBJECT]).unique()


def read_labelled_subjects(world: Path, as_of: datetime) -> pl.DataFrame:
    """Subjects that the feed labelled, as either class, before `as_of`."""
    labels = _feed_table(world, "labels", [*SUBJECT, "decided_at"])
    if labels is None:
        return pl.DataFrame(schema=dict.fromkeys(SUBJECT, pl.String))
    return labels.filter(pl.col("decided_at") < as_of).select(SUBJECT).unique().collect()


def read_fake_stream_count(world: Path, as_of: datetime) -> int | None:
    """Streams before `as_of` that nobody listened to; None when the world does not tell."""
    truth = world / "truth" / "streams.parquet"
    streams = _feed_table(world, "streams", ["stream_id", "started_at"])
    if streams is None or not truth.is_file():
        return None
    fake = pl.scan_parquet(truth).filter("fake").select("stream_id").unique()
    before = streams.filter(pl.col("started_at") < as_of)
    return int(fake.join(before, on="stream_id", how="semi").select(pl.len()).collect(engine="streaming").item())


def read_scores(run: Path) -> pl.DataFrame:
    """What the run said: subject_kind, subject_id, risk, verdict.

    Raises: UsageError when the run has no scores.
    """
    path = _required(run / "scores.parquet", f"`graphfraud run FEED --out {run}`")
    return pl.read_parquet(path, glob=False, columns=[*SUBJECT, "risk", "verdict"])


def read_detectors(run: Path) -> pl.DataFrame:
    """What each detector said by itself: subject_kind, subject_id, and a column for each; empty without a model."""
    path = run / "model" / "evidence.parquet"
    return (
        pl.read_parquet(path, glob=False) if path.is_file() else pl.DataFrame(schema=dict.fromkeys(SUBJECT, pl.String))
    )


def read_track_months(run: Path) -> pl.DataFrame:
    """Streams that the run took for artificial and withheld: artificial_streams, withheld_streams.

    Raises: UsageError when the run has no track months.
    """
    path = _required(run / "track_months.parquet", f"`graphfraud run FEED --out {run}`")
    return pl.read_parquet(path, glob=False, columns=["artificial_streams", "withheld_streams"])


def read_as_of(run: Path) -> datetime:
    """The instant up to which the run looked.

    Raises: UsageError when the run has no manifest.
    """
    _required(run / MANIFEST, f"`graphfraud run FEED --out {run}`")
    instant = datetime.fromisoformat(read_manifest(run, "run")["identity"]["as_of"])
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _feed_table(world: Path, table: str, columns: list[str]) -> pl.LazyFrame | None:
    """These columns of a table of the world's feed, be it one Parquet file or a folder of them; None without it."""
    file, folder = world / "feed" / f"{table}.parquet", world / "feed" / table
    files = [file] if file.is_file() else sorted(folder.glob("*.parquet"))
    return pl.concat([pl.scan_parquet(each).select(columns) for each in files]) if files else None


def _required(path: Path, command: str) -> Path:
    if not path.is_file():
        raise UsageError(f"{path} is missing: {command} writes it")
    return path
