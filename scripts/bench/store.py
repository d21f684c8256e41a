"""The store: what a build costs whole, what one more day costs on top, and what a snapshot costs.

A simulated platform of --days days is built at once; then all days but the last, and the last one on
top of them. Both stores must be the same. The last line is one JSON object.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from graphfraud.simulator.world import WorldSettings, write_world
from graphfraud_features.partitions import HAPPENED_AT
from graphfraud_features.store.stored import stored


def main() -> None:
    """Builds, adds a day, takes a snapshot, and prints what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.25, help="of the simulated platform")
    parser.add_argument("--days", type=int, default=29)
    parser.add_argument("--seed", type=int, default=6)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(folder / "world", WorldSettings(scale=asked.scale, seed=asked.seed, day_count=asked.days))
        last_day = two_deliveries(folder / "world" / "feed", folder / "growing", folder / "last")
        taken = {
            "whole": timed("build", folder / "world" / "feed", "--store", folder / "whole"),
            "all days but the last": timed("build", folder / "growing", "--store", folder / "store"),
            "the last day": timed("build", folder / "last", "--store", folder / "store"),
            "snapshot": timed("snapshot", folder / "store", "--out", folder / "graph"),
        }
        one, other = stored(folder / "whole"), stored(folder / "store")
        figures = {
            "streams": one.row_count("streams"),
            "days": asked.days,
            "last_day": last_day.date().isoformat(),
            "full_seconds": taken["whole"][0],
            "full_rows_per_s": round(sum(one.row_count(table) for table in one.parts) / taken["whole"][0]),
            "full_peak_mib": taken["whole"][1],
            "one_more_day_seconds": taken["the last day"][0],
            "one_more_day_share": round(taken["the last day"][0] / taken["whole"][0], 3),
            "snapshot_seconds": taken["snapshot"][0],
            "snapshot_peak_mib": taken["snapshot"][1],
            "same_store": one.tables_digest() == other.tables_digest(),
        }
    show(taken)
    print(json.dumps(figures))


def two_deliveries(feed: Path, first: Path, second: Path) -> datetime:
    """Writes what happened before the last day into `first` and the rest into `second`; that day's midnight."""
    streams = pl.scan_parquet(feed / "streams" / "*.parquet")
    latest: datetime = streams.select(pl.col("started_at").max()).collect().item()
    midnight = (latest - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    for table, column in HAPPENED_AT.items():
        source = feed / table if (feed / table).is_dir() else feed / f"{table}.parquet"
        if not source.exists():
            continue
        rows = pl.read_parquet(source / "*.parquet" if source.is_dir() else source)
        is_new = pl.lit(value=False) if table == "embeddings" else pl.col(column) >= midnight
        for folder, part in ((first, rows.filter(~is_new)), (second, rows.filter(is_new))):
            folder.mkdir(exist_ok=True)
            if part.height:
                part.write_parquet(folder / f"{table}.parquet")
    return midnight


def timed(*command: str | Path) -> tuple[float, float]:
    """Seconds and peak memory, in MiB, of one command in a process of its own."""
    code = (
        "import sys, resource; from graphfraud.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as left: code = left.code or 0\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024); sys.exit(code)"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *map(str, command)], check=True, capture_output=True, text=True)
    return round(time.perf_counter() - began, 2), round(float(done.stdout.splitlines()[-1]))


def show(taken: dict[str, tuple[float, float]]) -> None:
    """Prints a table of what each step took."""
    table = Table(box=None, pad_edge=False)
    for heading in ("step", "seconds", "peak MiB"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for step, (seconds, peak) in taken.items():
        table.add_row(step, f"{seconds:.1f}", f"{peak:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
