"""How near honest simulated listening comes to the heavy-tailed shapes of the Last.fm sample (hetrec2011).

Four shapes: popularity, plays per listener, repeat rate, overlap of audiences. An account stands for an artist.
As many listeners are drawn as the sample has, and their 50 most played artists are kept, as the sample does. Then
both are thinned play by play, by chance, to 28 days of the simulated listeners: the sample holds the plays of whole
lifetimes, whose number has no simulated counterpart; repeats and shared audiences grow with the number of plays, and
28 days of real listeners would be such a thinning.

Prints tables and draws a picture; the last line is one JSON object, which says `skipped` where there is no sample.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import ks_2samp, wasserstein_distance

from graphfraud.simulator.world import WorldSettings, write_world

mpl.use("Agg")

ROOT: Final = Path(__file__).parents[2]
KEPT_ARTISTS: Final = 50
COMPARED_DAYS: Final = 28
LEAST_LISTENERS: Final = 10
"""Of an artist whose audience is compared with others'."""
TOP_ARTISTS: Final = 100
LEVELS: Final = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0)
SAMPLE, SIMULATED = "Last.fm sample", "simulated"
LOOKS: Final = {
    SAMPLE: {"color": "#0072B2", "linestyle": "-", "linewidth": 2.4},
    SIMULATED: {"color": "#D55E00", "linestyle": "--", "linewidth": 1.8},
}
"""Blue and vermilion of Okabe and Ito, which colour-blind readers tell apart."""

Values: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is compared, and how it is drawn."""

    title: str
    unit: str
    of_what: str
    heavy: bool = True
    """Whether its values span orders of magnitude, and their logarithms are compared too."""


SHAPES: Final = {
    "popularity": Shape(title="Popularity", unit="listeners of an artist", of_what="artists"),
    "known_popularity": Shape(
        title="Popularity of the better known",
        unit=f"listeners of an artist who has {LEAST_LISTENERS} or more",
        of_what="artists",
    ),
    "plays_per_listener": Shape(title="Plays per listener", unit="plays of a listener in 28 days", of_what="listeners"),
    "repeat_rate": Shape(
        title="Repeat rate",
        unit="1 - artists / plays of a listener (0-1)",
        of_what="listeners",
        heavy=False,
    ),
    "overlap": Shape(
        title="Overlap of audiences",
        unit=f"Jaccard index of two audiences of {LEAST_LISTENERS} listeners or more (0-1)",
        of_what="pairs",
    ),
    "lift": Shape(
        title="Lift of audiences",
        unit="listeners that the two share, 1 for as many as chance gives",
        of_what="pairs",
    ),
}
DRAWN: Final = ("popularity", "plays_per_listener", "repeat_rate", "overlap")


def main() -> None:
    """Simulates, compares, draws."""
    asked = arguments()
    if not asked.lastfm.is_dir():
        print(f"no Last.fm sample at {asked.lastfm}: nothing to compare with")
        print(json.dumps({"skipped": True}))
        return
    started = time.perf_counter()
    sample, simulated = sample_plays(asked.lastfm), simulated_plays(asked.scale, asked.days, asked.seed)
    figures = compared(comparable_plays(sample, simulated, asked.days, asked.seed), asked.picture)
    print(json.dumps(figures | {"seconds": round(time.perf_counter() - started, 1)}))


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lastfm", type=Path, default=ROOT.parent / "shared" / "data" / "lastfm-2k", metavar="FOLDER")
    parser.add_argument("--scale", type=float, default=1.0, help="of the simulated platform")
    parser.add_argument("--days", type=int, default=140, help=f"to simulate, {COMPARED_DAYS} or more")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", type=Path, default=ROOT / "docs" / "simulator_shapes.png", metavar="PATH")
    asked = parser.parse_args()
    if asked.days < COMPARED_DAYS:
        parser.error(f"days {asked.days}: choose {COMPARED_DAYS} or more")
    return asked


def sample_plays(folder: Path) -> pl.DataFrame:
    """The sample's plays: listener, artist, plays of a lifetime."""
    return pl.read_csv(folder / "user_artists.dat", separator="\t", new_columns=["listener", "artist", "plays"])


def simulated_plays(scale: float, days: int, seed: int) -> pl.DataFrame:
    """The plays of an honest world: listener, artist, plays of these days."""
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        write_world(world, WorldSettings(scale=scale, seed=seed, day_count=days, attacks={}))
        return feed_plays(world / "feed")


def feed_plays(feed: Path) -> pl.DataFrame:
    """The plays in a feed, in an order that its settings alone decide."""
    tracks = pl.scan_parquet(feed / "tracks.parquet").select("track_id", artist="account_id")
    streams = pl.scan_parquet(feed / "streams" / "*.parquet").select("track_id", listener="listener_id")
    counted = streams.join(tracks, on="track_id").group_by("listener", "artist").agg(plays=pl.len().cast(pl.Int64))
    return counted.collect(engine="streaming").sort("listener", "artist")


def comparable_plays(sample: pl.DataFrame, simulated: pl.DataFrame, days: int, seed: int) -> dict[str, pl.DataFrame]:
    """Both, of as many listeners, each with their most played artists, thinned to as many plays a listener."""
    rng = np.random.default_rng(seed)
    count = min(sample["listener"].n_unique(), simulated["listener"].n_unique())
    sample, simulated = (most_played(of_some(plays, count, rng), seed) for plays in (sample, simulated))
    share = COMPARED_DAYS / days
    sample_share = share * plays_each(simulated) / plays_each(sample)
    return {SAMPLE: thinned(sample, sample_share, rng), SIMULATED: thinned(simulated, share, rng)}


def of_some(plays: pl.DataFrame, count: int, rng: Generator) -> pl.DataFrame:
    """The plays of this many listeners."""
    listeners = plays["listener"].unique().sort()
    some = rng.choice(len(listeners), count, replace=False)
    return plays.join(listeners.gather(some).to_frame(), on="listener", how="semi", maintain_order="left")


def most_played(plays: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Each listener's most played artists, of equals any."""
    rank = pl.col("plays").rank("random", descending=True, seed=seed).over("listener")
    return plays.filter(rank <= KEPT_ARTISTS)


def plays_each(plays: pl.DataFrame) -> float:
    """Plays a listener."""
    return int(plays["plays"].sum()) / plays["listener"].n_unique()


def thinned(plays: pl.DataFrame, share: float, rng: Generator) -> pl.DataFrame:
    """What is left when each play stays with this chance."""
    left = pl.Series(rng.binomial(plays["plays"].to_numpy(), share))
    return plays.with_columns(plays=left).filter(pl.col("plays") > 0)


def compared(plays: Mapping[str, pl.DataFrame], picture: Path) -> dict[str, float]:
    """How far what was simulated is from the sample, printed as tables and drawn."""
    figures = volumes(plays)
    values = {name: shapes_of(each) for name, each in plays.items()}
    for key, shape in SHAPES.items():
        both = {name: each[key] for name, each in values.items()}
        distances = distances_between(both[SAMPLE], both[SIMULATED], heavy=shape.heavy)
        print_table(shape, both, distances)
        figures |= {f"{key}_{distance}": figure for distance, figure in distances.items()}
    draw(values, figures, picture)
    return figures


def volumes(plays: Mapping[str, pl.DataFrame]) -> dict[str, float]:
    """How much there is of both, and how much of it the most heard have, printed too."""
    figures: dict[str, float] = {}
    for name, key in ((SAMPLE, "sample"), (SIMULATED, "simulated")):
        counts, share = counts_of(plays[name]), top_share(plays[name])
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        print(f"{name}: {said}; the {TOP_ARTISTS} most heard artists have {share:.1%} of the plays")
        figures |= {f"{key}_{what}": count for what, count in counts.items()}
        figures[f"{key}_top_{TOP_ARTISTS}_share"] = round(share, 4)
    print("the smaller a catalogue, the fewer artists with a single listener: mind the better known")
    return figures


def counts_of(plays: pl.DataFrame) -> dict[str, int]:
    """How much there is."""
    return {
        "listeners": plays["listener"].n_unique(),
        "artists": plays["artist"].n_unique(),
        "plays": int(plays["plays"].sum()),
    }


def top_share(plays: pl.DataFrame) -> float:
    """The share of all plays that the most heard artists have."""
    by_artist = plays.group_by("artist").agg(pl.col("plays").sum())["plays"]
    return int(by_artist.top_k(TOP_ARTISTS).sum()) / int(by_artist.sum())


def shapes_of(plays: pl.DataFrame) -> dict[str, Values]:
    """The values of each shape."""
    listeners = plays.group_by("listener").agg(pl.col("plays").sum(), artists=pl.len())
    audience = plays.group_by("artist").len()
    known = audience.filter(pl.col("len") >= LEAST_LISTENERS)
    overlap, lift = pair_overlaps(plays.join(known, on="artist", how="semi"), listeners.height)
    return {
        "popularity": audience["len"].cast(pl.Float64).to_numpy(),
        "known_popularity": known["len"].cast(pl.Float64).to_numpy(),
        "plays_per_listener": listeners["plays"].cast(pl.Float64).to_numpy(),
        "repeat_rate": (1 - listeners["artists"] / listeners["plays"]).to_numpy(),
        "overlap": overlap,
        "lift": lift,
    }


def pair_overlaps(plays: pl.DataFrame, listener_count: int) -> tuple[Values, Values]:
    """Jaccard index and lift of each pair of artists."""
    listener_ix = plays["listener"].rank("dense").to_numpy() - 1
    artist_ix = plays["artist"].rank("dense").to_numpy() - 1
    heard = csr_array((np.ones(plays.height), (listener_ix, artist_ix)))
    shared = (heard.T @ heard).toarray()
    size = np.diag(shared)
    one, other = np.triu_indices(size.size, k=1)
    both = shared[one, other]
    return both / (size[one] + size[other] - both), both * listener_count / (size[one] * size[other])


def distances_between(sample: Values, simulated: Values, *, heavy: bool) -> dict[str, float]:
    """Kolmogorov and Smirnov's distance; for the heavy-tailed also Wasserstein's, in powers of ten, zeros aside."""
    distances = {"ks": round(float(ks_2samp(sample, simulated).statistic), 4)}
    if heavy:
        logs = [np.log10(values[values > 0]) for values in (sample, simulated)]
        distances["log10_wasserstein"] = round(float(wasserstein_distance(*logs)), 4)
    return distances


def print_table(shape: Shape, values: Mapping[str, Values], distances: Mapping[str, float]) -> None:
    """Quantiles of both, and how far apart they are."""
    print(f"\n{shape.title}: {shape.unit}; of {shape.of_what}")
    print(f"{'quantile':<16}" + "".join(f"{level:>9g}" for level in LEVELS) + f"{'zero':>9}{'count':>11}")
    for name, each in values.items():
        quantiles = "".join(
            f"{value:>9.3g}" if value < 1000 else f"{value:>9.0f}" for value in np.quantile(each, LEVELS)
        )
        print(f"{name:<16}{quantiles}{np.mean(each == 0):>9.1%}{each.size:>11,}")
    print(", ".join(f"{distance.replace('_', ' ')} {figure:g}" for distance, figure in distances.items()))


def draw(values: Mapping[str, Mapping[str, Values]], figures: Mapping[str, float], picture: Path) -> None:
    """Four panels, each with the share of values at least as large, of the sample and of what was simulated."""
    figure, panels = plt.subplots(2, 2, figsize=(11, 8.6), layout="constrained")
    for axes, key in zip(panels.flat, DRAWN, strict=True):
        shape = SHAPES[key]
        for name, each in values.items():
            axes.plot(*tail(each[key]), label=f"{name}: {each[key].size:,} {shape.of_what}", **LOOKS[name])
        better_known = f"; {figures['known_popularity_ks']:.2f} from {LEAST_LISTENERS} listeners on"
        distance = f"{figures[f'{key}_ks']:.2f}{better_known if key == 'popularity' else ''}"
        dress(axes, shape, f"Kolmogorov-Smirnov distance {distance}")
    figure.suptitle(
        "Listening in the Last.fm sample and on the simulated platform, both thinned to the same mean plays"
    )
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=110)
    plt.close(figure)


def tail(values: Values) -> tuple[Values, Values]:
    """Each value that occurs, and the share of values that are at least as large."""
    found, counts = np.unique(values, return_counts=True)
    return found, np.cumsum(counts[::-1])[::-1] / values.size


def dress(axes: Axes, shape: Shape, distance: str) -> None:
    """Titles, scales and labels."""
    axes.set_title(f"{shape.title}\n{distance}", fontsize=11)
    axes.set_xlabel(shape.unit)
    axes.set_ylabel(f"share of {shape.of_what} at or above (0-1)")
    if shape.heavy:
        axes.set_xscale("log", nonpositive="mask")
        axes.set_yscale("log")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(loc="lower left" if shape.heavy else "upper right")


if __name__ == "__main__":
    main()
