"""Kills an engine at every time that it reaches any failpoint, and looks at what it leaves.

Prints a line of JSON at the end; leaves with 1 when anything came to harm. EVERY=3 takes every
third time only.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from faults.engine_life import Journal
from faults.lives import Lives
from faults.verdict import verdict_on
from faults.workloads import WORKLOADS
from tasktrail.failpoints import Failpoint


def main() -> int:
    """Walk."""
    every = int(os.environ.get("EVERY", "1"))
    console = Console()
    wrong: list[str] = []
    kills = 0
    with Lives() as lives, Progress(console=console) as progress:
        bar = progress.add_task("walk", total=len(WORKLOADS) * len(Failpoint))
        for workload in WORKLOADS:
            for failpoint in Failpoint:
                hit = 1
                while (found := _one(lives, workload, f"{failpoint}:{hit}")) is not None:
                    kills += 1
                    wrong += found
                    hit += every
                progress.advance(bar)
    for sentence in wrong:
        console.print(sentence, markup=False)
    print(json.dumps({"campaign": "chaos-walk", "kills": kills, "wrong": len(wrong)}))
    return 1 if wrong else 0


def _one(lives: Lives, workload: str, failpoint: str) -> list[str] | None:
    """What a kill there leaves wrong; None when it is not reached so often."""
    with tempfile.TemporaryDirectory(prefix="walk-") as directory:
        here = Path(directory)
        if lives.live(here, workload, failpoint) != -signal.SIGKILL:
            return None
        if lives.live(here, workload) != 0:
            return [f"{workload} {failpoint}: {(here / 'said').read_text()}"]
        verdict = asyncio.run(verdict_on(here, Journal(here / "accepted").ids.values()))
        return [f"{workload} {failpoint}: {sentence}" for sentence in verdict.wrong]


if __name__ == "__main__":
    sys.exit(main())
