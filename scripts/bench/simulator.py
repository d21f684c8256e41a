"""The simulator: how fast, how much memory, and how hard its worlds are for who looks at one column alone.

Each attack's members are told from honest subjects by every single column, features and raw ones alike;
the table shows the best column of each attack and kind of subject, and its AUROC. Past 0.95 the world
is too easy, but for the crudest attack. The last line is one JSON object.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from graphfraud.config import Settings
from graphfraud.tables import feature_names
from graphfraud.vocabulary import ACCOUNT, ID_COLUMN, LISTENER, SUBJECT_KINDS, TRACK
from graphfraud_features.admission.admitted import admitted, default_as_of
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.snapshot import graph_tables
from graphfraud_features.store.build import BuildRequest, built_store
from graphfraud_features.view import scoring_view

TOO_EASY = 0.95
CRUDEST = "bot_farm"
SUBJECT = ["subject_kind", "subject_id"]
TABLE_OF = {ACCOUNT: "accounts", TRACK: "tracks", LISTENER: "listeners"}
BORN_AT = {ACCOUNT: "created_at", TRACK: "uploaded_at", LISTENER: "created_at"}
CATEGORIES = {
    ACCOUNT: ["country", "distributor_id", "account_type"],
    TRACK: ["genre", "language", "contains_ai"],
    LISTENER: ["country", "plan"],
}
SOURCES = ["playlist", "library", "search", "radio", "album", "artist", "autoplay", "api"]
COUNTED = ["source", "context_id", "device_id", "ip_hash", "client_id", "country"]
FEWEST_PLAYS = 10
MEASURED = """
import json, sys
from pathlib import Path
from time import perf_counter
from graphfraud.run.stages import peak_memory_bytes
from graphfraud.simulator.cast import ATTACKS, AskedAttack
from graphfraud.simulator.world import WorldSettings, write_world
out, scale, seed, days = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
rings = AskedAttack(ring_count=int(sys.argv[5]) if sys.argv[5] != "usual" else None)
start = perf_counter()
world = write_world(out, WorldSettings(scale=scale, seed=seed, day_count=days, attacks=dict.fromkeys(ATTACKS, rings)))
print(json.dumps({"seconds": perf_counter() - start, "peak_bytes": peak_memory_bytes(), "rows": world.row_counts}))
"""


def main() -> None:
    """Simulates, measures, and prints the table and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2001, 2002, 2003])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rings", type=int, default=6, help="of each attack in each world that is looked at")
    parser.add_argument("--large-scale", type=float, default=0.0, help="also one of this scale, for its memory")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        usual = simulated(Path(folder) / "usual", asked.scale, 1)
        best = []
        for seed in asked.seeds:
            world = Path(folder) / f"world-{seed}"
            simulated(world, asked.scale, seed, rings=str(asked.rings))
            best.append(columns_with_truth(world, Path(folder) / f"work-{seed}"))
        told_apart = easiest(pl.concat(best, how="diagonal"))
        by_days = {
            days: simulated(Path(folder) / f"days-{days}", asked.scale / 4, 1, days=days)["peak_bytes"]
            for days in (14, 56)
        }
        large = simulated(Path(folder) / "large", asked.large_scale, 1) if asked.large_scale else None
    show(told_apart)
    print(json.dumps(summary(usual, told_apart, by_days, large)))


def simulated(out: Path, scale: float, seed: int, *, days: int = 28, rings: str = "usual") -> dict[str, object]:
    """What it took to write a world in a process of its own: seconds, peak_bytes, rows."""
    command = [sys.executable, "-c", MEASURED, out, str(scale), str(seed), str(days), rings]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, object] = json.loads(said.stdout)
    print(f"scale {scale:g}, seed {seed}, {days} days: {figures}", flush=True)
    return figures


def columns_with_truth(world: Path, work: Path) -> pl.DataFrame:
    """Every column of every subject as a number, with the attacks that it takes part in: long, a row a value."""
    rings = pl.read_parquet(world / "truth" / "rings.parquet")
    features = features_of(world / "feed", work)
    return pl.concat([_of_kind(kind, world, features[kind], rings) for kind in SUBJECT_KINDS], how="diagonal")


def features_of(feed: Path, work: Path) -> dict[str, pl.DataFrame]:
    """The features of a feed, by kind of subject."""
    quarantine, clock = Quarantine(), datetime(2027, 1, 1, tzinfo=UTC)
    request = BuildRequest(
        feed=feed, store=work / "store", clock=clock, settings=Settings().feed, threads=2, refused=work / "refused"
    )
    store = built_store(request, quarantine, lambda *_: None).store
    as_of = default_as_of(store, clock)
    events = admitted(store, quarantine, work / "admitted", as_of=as_of, clock=clock)
    return graph_tables(scoring_view(events), Settings().features).nodes


def play_columns(kind: str, world: Path) -> pl.DataFrame:
    """What the plays of each subject are like, column by column: how many values, and the share of each source."""
    feed = world / "feed"
    tracks = pl.scan_parquet(feed / "tracks.parquet").select("track_id", "account_id")
    homes = pl.scan_parquet(feed / "listeners.parquet").select("listener_id", home="country")
    plays = pl.scan_parquet(feed / "streams" / "*.parquet").join(tracks, on="track_id").join(homes, on="listener_id")
    shares = [(pl.col("source") == source).mean().alias(f"plays by {source}") for source in SOURCES]
    counts = [(pl.col(name).n_unique() / pl.len().sqrt()).alias(f"{name}s for its plays") for name in COUNTED]
    aggregates = plays.group_by(ID_COLUMN[kind]).agg(
        *shares,
        *counts,
        pl.col("context_id").is_null().mean().alias("plays from nowhere"),
        (pl.col("country") != pl.col("home")).mean().alias("plays abroad"),
        (pl.col("received_at") - pl.col("started_at")).dt.total_hours().gt(4).mean().alias("late plays"),
        (pl.col("played_ms") % 1_000).mean().alias("odd ms"),
        plays=pl.len(),
    )
    return aggregates.filter(pl.col("plays") >= FEWEST_PLAYS).drop("plays").collect(engine="streaming")


def _of_kind(kind: str, world: Path, features: pl.DataFrame, rings: pl.DataFrame) -> pl.DataFrame:
    key = ID_COLUMN[kind]
    raw = raw_columns(kind, pl.read_parquet(world / "feed" / f"{TABLE_OF[kind]}.parquet"))
    named = rings.filter(pl.col("subject_kind") == kind).rename({"subject_id": key})
    attacks = named.group_by(key).agg(attacks=pl.col("kind").unique().sort())
    columns = features.select(key, *feature_names(kind)).join(raw, on=key)
    columns = columns.join(play_columns(kind, world), on=key, how="left")
    return columns.join(attacks, on=key, how="left").drop(key).with_columns(subject_kind=pl.lit(kind))


def raw_columns(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """What stands in the feed as it is: order, time of birth, categories one by one, lengths of texts."""
    key, born = ID_COLUMN[kind], pl.col(BORN_AT[kind])
    categories = [
        (pl.col(name) == value).cast(pl.Float64).fill_null(0).alias(f"{name} = {value}")
        for name in CATEGORIES[kind]
        for value in rows[name].drop_nulls().unique().sort()
    ]
    texts = [
        pl.col(name).str.len_chars().alias(f"length of {name}") for name in ("title", "artist_name") if kind == TRACK
    ]
    return rows.select(
        key,
        pl.int_range(pl.len()).alias("row number"),
        born.dt.epoch("ms").alias("born at"),
        (born.dt.epoch("ms") % 86_400_000).alias("born at, time of day"),
        born.dt.weekday().alias("born on weekday"),
        *categories,
        *texts,
    )


def easiest(columns: pl.DataFrame) -> pl.DataFrame:
    """The column that tells each attack from honest subjects best: attack, subject_kind, column, auroc, count."""
    found = []
    for (kind,), rows in columns.group_by("subject_kind", maintain_order=True):
        numbers = rows.select(pl.selectors.numeric())
        honest = rows["attacks"].is_null()
        for attack in rows["attacks"].explode().drop_nulls().unique().sort():
            members = rows["attacks"].list.contains(attack).fill_null(value=False)
            aurocs = {name: auroc(numbers[name], members, honest) for name in numbers.columns}
            column = max(aurocs, key=lambda name: aurocs[name])
            found.append((attack, kind, column, aurocs[column], int(members.sum())))
    order = ["attack", "subject_kind", "column", "auroc", "count"]
    return pl.DataFrame(found, schema=order, orient="row").sort("attack", "subject_kind")


def auroc(column: pl.Series, members: pl.Series, honest: pl.Series) -> float:
    """The chance that a member stands above an honest subject in this column, or below it, whichever is larger."""
    known = column.is_not_null() & (members | honest)
    values, is_member = column.filter(known), members.filter(known)
    member_count, honest_count = int(is_member.sum()), int((~is_member).sum())
    if not member_count or not honest_count:
        return 0.5
    ranks = values.rank("average").filter(is_member).sum()
    above = (ranks - member_count * (member_count + 1) / 2) / (member_count * honest_count)
    return float(max(above, 1 - above))


def show(told_apart: pl.DataFrame) -> None:
    """Prints attack x best column x AUROC."""
    table = Table("attack", "subjects", "of the kind", "best column", "AUROC", "")
    for attack, kind, column, value, count in told_apart.iter_rows():
        note = "" if value <= TOO_EASY else ("crude" if attack == CRUDEST else "too easy")
        table.add_row(attack, f"{count:,}", kind, column, f"{value:.3f}", note)
    Console(width=120).print(table)


def summary(
    usual: dict[str, object],
    told_apart: pl.DataFrame,
    by_days: dict[int, object],
    large: dict[str, object] | None,
) -> dict[str, object]:
    """The figures as one object."""
    hidden = told_apart.filter(pl.col("attack") != CRUDEST)
    return {
        "seconds": usual["seconds"],
        "peak_memory_bytes": usual["peak_bytes"],
        "rows": usual["rows"],
        "highest_auroc_but_the_crudest": hidden["auroc"].max(),
        "too_easy": hidden.filter(pl.col("auroc") > TOO_EASY).select("attack", "subject_kind", "column").rows(),
        "auroc": {f"{attack} {kind}": round(value, 4) for attack, kind, _, value, _ in told_apart.iter_rows()},
        "peak_memory_bytes_by_days": by_days,
        "large": large,
    }


if __name__ == "__main__":
    main()
