"""The two programs that a local server needs: Java to run, Maven to be installed once."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from graphfraud.errors.database import ToolMissing

OLDEST_JAVA: Final = 17
NEWEST_JAVA: Final = 21
"""Up to which Neo4j 5.26 is supported; newer ones mostly work."""
_VERSION: Final = re.compile(r'version "(?:1\.)?(\d+)')


def java_program() -> str:
    """The Java to run, from JAVA_HOME where that is set, else from the path.

    Raises: ToolMissing when there is none, or one that is too old.
    """
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else "java"
    version = _java_version(program)
    if version < OLDEST_JAVA:
        raise ToolMissing("java", f"{program} is version {version}: install Java {OLDEST_JAVA} or {NEWEST_JAVA}")
    return program


def java_warning() -> str | None:
    """What is to be said of the Java that is there, None where nothing is."""
    version = _java_version(java_program())
    if version <= NEWEST_JAVA:
        return None
    return f"java is version {version}: Neo4j is tried with {OLDEST_JAVA} to {NEWEST_JAVA}, should it not start"


def maven_program() -> str:
    """Maven.

    Raises: ToolMissing when there is none.
    """
    program = shutil.which("mvn")
    if program is None:
        raise ToolMissing("mvn", "not found, and Neo4j is installed with it: install Maven (apt install maven)")
    return program


def _java_version(program: str) -> int:
    wanted = f"install Java {OLDEST_JAVA} or {NEWEST_JAVA} (apt install openjdk-17-jre-headless), or set JAVA_HOME"
    try:
        asked = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 - Java
    except OSError as error:
        raise ToolMissing("java", f"{program} cannot be run, and Neo4j needs it: {wanted}") from error
    found = _VERSION.search(asked.stderr + asked.stdout)
    if asked.returncode != 0 or found is None:
        raise ToolMissing("java", f"{program} does not tell its version: {wanted}")
    return int(found.group(1))
