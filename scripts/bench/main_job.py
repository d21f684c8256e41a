"""The main job on a simulated platform: seconds, memory and rows a second of each stage; equal identity twice.

The last line is one JSON object. With --feed, another feed is judged instead of a simulated one.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from graphfraud.simulator.world import WorldSettings, write_world


def main() -> None:
    """Judges the feed twice and prints what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feed", type=Path, help="a feed to judge; default: a simulated one")
    parser.add_argument("--scale", type=float, default=0.1, help="of the simulated platform")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        feed = asked.feed or simulated_feed(Path(folder), asked.scale)
        manifests = [judged(feed, Path(folder) / f"run-{n}", asked.threads) for n in range(2)]
    first, second = manifests
    measured = first["measured"]
    figures = {
        "seconds": measured["seconds"],
        "seconds_again": second["measured"]["seconds"],
        "peak_memory_bytes": measured["peak_memory_bytes"],
        "stream_rows": measured["rows"]["streams"]["read"],
        "stages": {stage["name"]: stage for stage in measured["stages"]},
        "identity_equal": first["identity"] == second["identity"],
    }
    print(json.dumps(figures))


def simulated_feed(folder: Path, scale: float) -> Path:
    """The feed of a platform of this scale."""
    write_world(folder / "world", WorldSettings(scale=scale, seed=1))
    return folder / "world" / "feed"


def judged(feed: Path, out: Path, threads: int) -> dict[str, dict[str, object]]:
    """The manifest of a run."""
    command = [
        sys.executable,
        "-m",
        "graphfraud",
        "run",
        feed,
        "--out",
        out,
        "--threads",
        str(threads),
        "--device",
        "cpu",
    ]
    subprocess.run(command, check=True)
    manifest: dict[str, dict[str, object]] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return manifest


if __name__ == "__main__":
    main()
