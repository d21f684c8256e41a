"""Streamed edges from Parquet to Parquet: bare decode, DuckDB and ours, each in a process of its own, side by side.

The events are made anew from a seed: days as files, listeners with habits, few tracks with most plays. DuckDB is
asked in two ways and the faster one counts; its rows and ours must be equal. The last line is one JSON object.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

DAYS = 30
DAY_US = 86_400_000_000
FIRST_US = 1_767_225_600_000_000
WINDOW_MS = 5_000
HABIT_SHARE = 0.45
HABITS = 6
KEYS = "listener_id, track_id"
COLUMNS = ("listener_id", "track_id", "started_at", "played_ms")
HOUR = "((epoch_us(started_at) // 3600000000 + 72) % 168)::UTINYINT"
IS_JUST_PAID = f"played_ms >= 30000 AND played_ms < {30_000 + WINDOW_MS}"
ASKED = {
    "by hour first": f"""
        WITH hours AS (
            SELECT {KEYS}, {HOUR} AS hour, count(*) AS n, min(started_at) AS first_at, max(started_at) AS last_at,
                count(*) FILTER ({IS_JUST_PAID}) AS just_paid
            FROM read_parquet(?) GROUP BY {KEYS}, hour)
        SELECT {KEYS}, sum(n)::BIGINT AS plays, min(first_at) AS first_at, max(last_at) AS last_at,
            sum(just_paid) / sum(n) AS paid_window_share,
            ln(sum(n)) - sum(n * ln(n)) / sum(n) AS hour_entropy_nats
        FROM hours GROUP BY {KEYS}""",
    "entropy()": f"""
        SELECT {KEYS}, count(*) AS plays, min(started_at) AS first_at, max(started_at) AS last_at,
            avg(({IS_JUST_PAID})::INT) AS paid_window_share, entropy({HOUR}) * ln(2) AS hour_entropy_nats
        FROM read_parquet(?) GROUP BY {KEYS}""",
}
MEASURED = """
import json, os, sys
from pathlib import Path
from time import perf_counter
threads, folder, out = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
os.environ["POLARS_MAX_THREADS"] = str(threads)
from graphfraud.run.stages import peak_memory_bytes
files = sorted(folder.glob("*.parquet"))
{work}
figures = {{"seconds": perf_counter() - start, "peak_mib": peak_memory_bytes() / 2**20}}
print(json.dumps(figures | more))
"""
DECODE = f"""
import polars as pl
more, start = {{}}, perf_counter()
for batch in pl.scan_parquet(files).select({list(COLUMNS)!r}).collect_batches(maintain_order=False):
    pass
"""
DUCKDB = """
import duckdb
con = duckdb.connect()
con.execute(f"SET threads = {threads}; SET memory_limit = '12GB'; SET preserve_insertion_order = false")
con.execute("SET enable_progress_bar = false")
con.execute(f"SET temp_directory = '{out.parent / 'duckdb'}'")
query, more, start = sys.argv[4], {}, perf_counter()
con.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet)", [[str(file) for file in files]])
"""
OURS = f"""
start = perf_counter()
from graphfraud_features.pairs import id_kernel, kernel, spill_kernel
from graphfraud_features.pairs.streamed import write_streamed_pairs
more, start = {{"compile_s": perf_counter() - start}}, perf_counter()
more["pairs"] = write_streamed_pairs(files, out, just_paid_window_ms={WINDOW_MS}, threads=threads)
"""


def main() -> None:
    """Measures, compares, and prints the table and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=3_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--growth", action="store_true", help="also ten times as many, for how time grows")
    parser.add_argument("--keep", type=Path, help="a folder to keep events and edges in")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        figures = compared(asked.events, folder, asked.threads)
        if asked.growth:
            more = folder / "growth"
            write_events(more, 10 * asked.events)
            grown = best_of_two(OURS, more, folder / "growth.parquet", asked.threads)
            figures["growth_10x"] = grown["seconds"] / figures["seconds"]
    print(json.dumps(figures))


def compared(count: int, folder: Path, threads: int) -> dict[str, float]:
    """The figures of all three on so many events."""
    events, ours, theirs = folder / "events", folder / "ours.parquet", folder / "duckdb.parquet"
    write_events(events, count)
    decode = best_of_two(DECODE, events, folder / "nothing", threads)
    forms = {name: measured(DUCKDB, events, theirs, threads, query) for name, query in ASKED.items()}
    form, first = min(forms.items(), key=lambda one: one[1]["seconds"])
    duck = min(first, measured(DUCKDB, events, theirs, threads, ASKED[form]), key=lambda said: said["seconds"])
    own = best_of_two(OURS, events, ours, threads)
    refuse_unequal(ours, theirs)
    show(count, {"decode": decode, **{f"DuckDB, {name}": said for name, said in forms.items()}, "ours": own})
    return {
        "events": count,
        "seconds": own["seconds"],
        "events_per_s": count / own["seconds"],
        "peak_mib": own["peak_mib"],
        "ratio_to_duckdb": duck["seconds"] / own["seconds"],
        "ratio_to_decode": own["seconds"] / decode["seconds"],
        "duckdb_seconds": duck["seconds"],
        "duckdb_peak_mib": duck["peak_mib"],
        "duckdb_form": form,
        "decode_seconds": decode["seconds"],
        "compile_s": own["compile_s"],
        "pairs": own["pairs"],
        "threads": threads,
    }


def write_events(folder: Path, count: int) -> None:
    """Writes so many events, a file a day; about a third of them repeat what their listener played before."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    listeners, tracks = random_ids(rng, count // 30 + 1), random_ids(rng, count // 60 + 1)
    for day, day_count in enumerate(np.diff(np.linspace(0, count, DAYS + 1).astype(int)).tolist()):
        listener_ix = (len(listeners) * rng.random(day_count) ** 1.3).astype(np.int64)
        habit = listener_ix * 2_654_435_761 + (HABITS * rng.random(day_count) ** 2).astype(np.int64) * 320_229_757
        found = (len(tracks) ** rng.random(day_count)).astype(np.int64) - 1
        is_habit = rng.random(day_count) < HABIT_SHARE
        started_us = FIRST_US + day * DAY_US + np.sort(rng.integers(0, DAY_US, day_count))
        is_brief = rng.random(day_count) < 0.2
        pl.DataFrame(
            {
                "listener_id": listeners.gather(listener_ix),
                "track_id": tracks.gather(np.where(is_habit, habit % len(tracks), found)),
                "started_at": pl.Series(started_us).cast(pl.Datetime("us", "UTC")),
                "played_ms": rng.integers(30_000 * is_brief, np.where(is_brief, 40_000, 240_000)),
            }
        ).write_parquet(folder / f"{day:03}.parquet")


def random_ids(rng: np.random.Generator, count: int) -> pl.Series:
    """Different ids of 16 hex digits."""
    numbers = np.unique(rng.integers(0, 2**63, count))
    return pl.Series([f"{number:016x}" for number in rng.permutation(numbers).tolist()])


def best_of_two(work: str, events: Path, out: Path, threads: int) -> dict[str, float]:
    """The faster of two runs."""
    return min((measured(work, events, out, threads) for _ in range(2)), key=lambda said: said["seconds"])


def measured(work: str, events: Path, out: Path, threads: int, *more: str) -> dict[str, float]:
    """What one piece of work took, in a process of its own."""
    command = [sys.executable, "-c", MEASURED.format(work=work), str(threads), str(events), str(out), *more]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(said.stdout)
    return figures


def refuse_unequal(ours: Path, theirs: Path) -> None:
    """Raises: ValueError unless both have the same rows: integers exactly, shares and nats to 1e-9."""
    con = duckdb.connect()
    con.execute(f"SET memory_limit = '4GB'; SET temp_directory = '{ours.parent / 'compared'}'")
    same = " AND ".join(f"a.{name} = b.{name}" for name in ("plays", "first_at", "last_at"))
    near = " AND ".join(f"abs(a.{name} - b.{name}) < 1e-9" for name in ("paid_window_share", "hour_entropy_nats"))
    query = f"SELECT count(*) FROM '{ours}' a JOIN '{theirs}' b USING ({KEYS}) WHERE {same} AND {near}"
    counts = [f"SELECT count(*) FROM '{path}'" for path in (ours, theirs)]
    equal, own, other = (con.sql(one).fetchall()[0][0] for one in (query, *counts))
    if not equal == own == other:
        raise ValueError(f"{own} rows of ours and {other} of DuckDB's, {equal} of them equal")


def show(count: int, taken: dict[str, dict[str, float]]) -> None:
    """Prints who took how long, how much memory, and how many times what bare decode takes."""
    table = Table("streamed edges", "seconds", "events/s", "peak MiB", "seconds / decode seconds")
    for name, said in taken.items():
        times = said["seconds"] / taken["decode"]["seconds"]
        table.add_row(
            name,
            f"{said['seconds']:.2f}",
            f"{count / said['seconds']:,.0f}",
            f"{said['peak_mib']:,.0f}",
            f"{times:.1f}",
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
