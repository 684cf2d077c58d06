"""A program that has loaded everything and forks a life for each order: starting costs nothing.

An order is a line of JSON: the arguments of `live`. The answer is how that process ended: its exit
code, or minus the number of the signal that killed it.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

from faults.engine_life import live


def main() -> None:
    """Serve until the standard input ends."""
    print("ready", flush=True)
    for order in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_life(json.loads(order)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _life(order: dict[str, str]) -> int:
    """Everything that it says goes into a file beside its data."""
    said = os.open(Path(order["directory"]) / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(here, there)
    try:
        live(**order)
    except BaseException:  # noqa: BLE001 - whatever ends a life is told
        traceback.print_exc()
        return 1
    else:
        return 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    main()
