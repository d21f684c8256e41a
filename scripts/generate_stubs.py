"""Generates `graphfraud/v1` from `protos/`; with --check says only whether what is committed is what they give."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROTOS = ROOT / "protos"
STUBS = Path("graphfraud") / "v1"
GENERATED = "*_pb2*"


def main() -> None:
    """Writes the stubs, or compares them; exits with 1 when they drifted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = generated(Path(folder))
        if asked.check:
            sys.exit(drift_message(made))
        for stale in (ROOT / STUBS).glob(GENERATED):
            stale.unlink()
        for name, content in made.items():
            (ROOT / STUBS / name).write_bytes(content)


def generated(folder: Path) -> dict[str, bytes]:
    """The stubs that today's protos give, by file name."""
    kinds = ("python", "grpc_python", "mypy", "mypy_grpc")
    outputs = [f"--{kind}_out={folder}" for kind in kinds]
    protos = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    beside_python = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTOS}", *outputs, *protos]
    done = subprocess.run(
        command, check=False, cwd=PROTOS, env=os.environ | {"PATH": beside_python}, stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        sys.exit(done.stderr)  # on success protoc tells only where its plug-ins wrote
    return {file.name: file.read_bytes() for file in sorted((folder / STUBS).iterdir())}


def drift_message(made: dict[str, bytes]) -> str | None:
    """What differs from what is committed; None when nothing does."""
    committed = {file.name: file.read_bytes() for file in (ROOT / STUBS).glob(GENERATED)}
    names = sorted(name for name in made.keys() | committed.keys() if made.get(name) != committed.get(name))
    if not names:
        return None
    return f"{', '.join(names)}: not what protos/ gives: run `make stubs` and commit the result"


if __name__ == "__main__":
    main()
