"""Named steps at which a test may kill the process, to prove that nothing is lost or done twice.

`GRAPHFRAUD_FAILPOINT=STEP` kills at the first passing of that step as `kill -9` does: no handler
runs, nothing is flushed. `GRAPHFRAUD_FAILPOINT=STEP#3` kills at the third.
"""

import os
import signal
from collections import Counter
from typing import Final

SWITCH: Final = "GRAPHFRAUD_FAILPOINT"
_passed: Counter[str] = Counter()


def failpoint(step: str) -> None:
    """Passes, unless the environment names this step."""
    asked = os.environ.get(SWITCH)
    if not asked:
        return
    name, _, count = asked.partition("#")
    _passed[step] += 1
    if name == step and _passed[step] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
