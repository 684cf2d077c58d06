"""Breaks a cluster again and again while it works, and looks whether anything came to harm.

Two control processes, four workers, a Temporal server and PostgreSQL run on this machine. Prints
two tables, then one line of JSON; leaves with 1 when any count that has to be 0 is not. COUNT
(2000) tasks, FAULTS (200) and SEED come from the environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from aftermath import verdict_on
from crowd import Crowd
from harm import Harm
from kinds import write_runbooks
from rich.console import Console
from rich.table import Table
from score import Score, figures, table_of
from stage import Stage

_BETWEEN_FAULTS = (0.5, 5.5)
"""Seconds: with more of them, nothing is ever done between two."""
_LONGEST_END = 240.0
_BETWEEN_WORDS = 15.0
_MOST_TOLD = 20


def main() -> int:
    """Break and look; the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # and nothing stays behind
    count, faults = int(os.environ.get("COUNT") or 2000), int(os.environ.get("FAULTS") or 200)
    seed = int(os.environ.get("SEED") or 1)
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(f"chaos in a cluster: {count} tasks, {faults} faults, seed {seed}")
    directory = Path(tempfile.mkdtemp(prefix="chaos-cluster-"))
    score, harm = asyncio.run(_play(directory, count, faults, seed, console))
    console.print(_table_of_faults(harm.injected))
    console.print(f"{harm.lost_answers} transactions were committed and never answered")
    if harm.starts:
        longest = max(harm.starts)
        console.print(f"{len(harm.starts)} starts, the longest of which took {longest:.0f} s")
    console.print(table_of([score]))
    for sentence in score.told[:_MOST_TOLD]:
        console.print(sentence, markup=False)
    if score.well:
        shutil.rmtree(directory)
    else:
        console.print(f"What is left is in {directory}.")
    told = {"campaign": "chaos-cluster", "seed": seed, "well": score.well, **figures([score])}
    print(json.dumps(told))
    return 0 if score.well else 1


async def _play(
    directory: Path, count: int, faults: int, seed: int, console: Console
) -> tuple[Score, Harm]:
    score, started = Score("cluster"), time.monotonic()
    async with AsyncExitStack() as stack:
        stage = Stage(directory)
        await stage.open(stack)
        write_runbooks(stage.cluster.catalog)
        crowd = Crowd(stage, random.Random(f"{seed} crowd"), score, count)
        harm = Harm(stage, random.Random(f"{seed} harm"), score)
        telling = asyncio.create_task(_tell(console, score, harm))
        submitting = asyncio.create_task(crowd.submit_all())
        rng = random.Random(f"{seed} times")
        while harm.injected.total() < faults or not submitting.done():
            await asyncio.sleep(rng.uniform(*_BETWEEN_FAULTS))
            await harm.one()
        await submitting
        await harm.mended()
        await crowd.until_idle(_LONGEST_END)
        telling.cancel()
        await stage.leave()
        score.judge(await verdict_on(stage, crowd.accepted))
    score.injected = harm.injected.total()
    score.seconds = time.monotonic() - started
    return score, harm


async def _tell(console: Console, score: Score, harm: Harm) -> None:
    """Say every now and then how far it is: a run takes half an hour."""
    began = time.monotonic()
    while True:
        await asyncio.sleep(_BETWEEN_WORDS)
        away = ", ".join(harm.broken) or "nothing"
        console.print(
            f"{time.monotonic() - began:5.0f} s: {score.accepted} tasks accepted, "
            f"{harm.injected.total()} faults injected; broken just now: {away}",
            highlight=False,
        )


def _table_of_faults(injected: Counter[str]) -> Table:
    table = Table("fault", "injected")
    table.columns[1].justify = "right"
    for name, times in injected.most_common():
        table.add_row(name, str(times))
    return table


if __name__ == "__main__":
    sys.exit(main())
