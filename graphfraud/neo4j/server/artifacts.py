"""Neo4j's own files, fetched once from Maven's repository into the user's cache, outside of any checkout.

They are under the GPL and are never part of graphfraud.
"""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from graphfraud.errors import EnvironmentFault
from graphfraud.errors.database import ServerFailed
from graphfraud.folders.whole import locked_partial, remove_leftovers
from graphfraud.neo4j.server.tools import maven_program

NEO4J_VERSION: Final = "5.26.29"
BROWSER_VERSION: Final = "5.24.0"
"""Of Neo4j Browser, the last one that is published beside the server."""
ARTIFACTS: Final = (
    ("org.neo4j", "neo4j", NEO4J_VERSION),
    ("org.neo4j.app", "neo4j-server", NEO4J_VERSION),
    ("org.neo4j", "neo4j-import-tool", NEO4J_VERSION),
    ("org.neo4j.client", "neo4j-browser", BROWSER_VERSION),
)
LONGEST_INSTALL_S: Final = 1_800


def cache_folder() -> Path:
    """Where Neo4j is installed, shared by all servers of a user."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "graphfraud" / f"neo4j-{NEO4J_VERSION}"


def installed_jars() -> Path:
    """The folder with Neo4j's jars, installed by now; it appears whole, so that one that is there is complete.

    Raises: ToolMissing without Maven, ServerFailed when nothing can be fetched.
    """
    place = cache_folder()
    if not place.is_dir():
        _install(place)
    return place / "lib"


def class_archive(java: str) -> Path:
    """Where Java keeps Neo4j's classes as it last had them loaded, which halves a start; not there before a first stop.

    Another Java has another one; one that Java finds unfit it passes over.
    """
    program = Path(shutil.which(java) or java).resolve()
    stamp = int(program.stat().st_mtime) if program.is_file() else 0
    return cache_folder() / f"classes-{program.parts[-3] if len(program.parts) > 2 else ''}-{stamp}.jsa"


def keep_class_archive(written: Path, java: str) -> None:
    """Puts an archive that a server left at its end in its place, whole; nothing is lost where that fails."""
    place = class_archive(java)
    with suppress(OSError):
        if not place.exists():
            beside = place.with_name(f"{place.name}.{os.getpid()}")
            shutil.copyfile(written, beside)
            beside.replace(place)
        written.unlink()


def _install(place: Path) -> None:
    maven = maven_program()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(place)
        partial, lock = locked_partial(place)
    except OSError as error:
        raise EnvironmentFault(f"{place}: cannot be written: {error.strerror}: set XDG_CACHE_HOME") from error
    try:
        _fetch(maven, partial)
        _take_place(partial, place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        os.close(lock)


def _fetch(maven: str, folder: Path) -> None:
    pom = folder / "pom.xml"
    pom.write_text(_pom(), encoding="utf-8")
    # -C: what does not have its published checksum is refused.
    command = [maven, "-q", "-B", "-C", f"--file={pom}", "dependency:copy-dependencies", "-DincludeScope=runtime"]
    command.append(f"-DoutputDirectory={folder / 'lib'}")
    try:
        done = subprocess.run(  # noqa: S603 - Maven, with our own pom
            command, capture_output=True, text=True, check=False, timeout=LONGEST_INSTALL_S, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise ServerFailed(f"neo4j {NEO4J_VERSION} cannot be installed: maven is too slow: call again") from error
    if done.returncode != 0:
        said = next((line for line in done.stdout.splitlines() if line.startswith("[ERROR]")), "it does not say why")
        raise ServerFailed(
            f"neo4j {NEO4J_VERSION} cannot be installed: maven: {said.removeprefix('[ERROR] ')}: "
            "see that Maven's repository is reached, if need be through a mirror in ~/.m2/settings.xml"
        )


def _take_place(partial: Path, place: Path) -> None:
    try:
        partial.rename(place)
    except OSError:
        if not place.is_dir():  # else another install was first, and its files are the same
            raise


def _pom() -> str:
    dependencies = "\n".join(
        f"    <dependency><groupId>{group}</groupId><artifactId>{name}</artifactId>"
        f"<version>{version}</version></dependency>"
        for group, name, version in ARTIFACTS
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0">\n'
        "  <modelVersion>4.0.0</modelVersion>\n"
        "  <groupId>graphfraud</groupId><artifactId>neo4j-local</artifactId><version>1</version>\n"
        "  <packaging>pom</packaging>\n"
        f"  <dependencies>\n{dependencies}\n  </dependencies>\n"
        "</project>\n"
    )
