"""What a refused job leaves: the quarantine, and why it was refused, beside the place that it would have had."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphfraud.errors import InputRefused, UsageError
from graphfraud.folders.manifest import write_manifest
from graphfraud.folders.whole import kind_of, whole_folder
from graphfraud.run.stages import Stages
from graphfraud_features.intake.quarantine import Quarantine


@contextmanager
def refusals_are_kept(place: Path, quarantine: Quarantine, stages: Stages) -> Iterator[None]:
    """Leaves the quarantine in `place.refused` when what is done here is refused."""
    try:
        yield
        _remove_refusal(refusal_folder(place))
    except InputRefused as error:
        try:
            write_refusal(refusal_folder(place), quarantine, error)
        except UsageError as taken:
            stages.warn(f"the quarantine could not be left: {taken}")
        raise


def _remove_refusal(folder: Path) -> None:
    """Removes what an earlier refusal left: it is mended, and who was erased since must not lie there."""
    if kind_of(folder) == "refusal":
        shutil.rmtree(folder, ignore_errors=True)


def refusal_folder(place: Path) -> Path:
    """Where a refused job leaves its quarantine."""
    return place.with_name(f"{place.name}.refused")


def write_refusal(folder: Path, quarantine: Quarantine, error: InputRefused) -> None:
    """Writes the quarantine of a refused feed, and why it was refused, in the place of an earlier refusal."""
    with whole_folder(folder, replace=True, kind="refusal") as partial:
        quarantine.write(partial / "quarantine")
        write_manifest(partial, {"kind": "refusal", "refused": str(error), "quarantined": quarantine.counts()})


def refuse_overlap(source: Path, target: Path, option: str) -> None:
    """Raises: UsageError when a job would write into what it reads, or over it."""
    read = source.resolve()
    for written in (target.resolve(), refusal_folder(target).resolve()):
        if written == read or read in written.parents or written in read.parents:
            raise UsageError(f"{target} overlaps {source}: choose {option} beside it")
