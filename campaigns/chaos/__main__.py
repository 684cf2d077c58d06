"""Breaks a Tasktrail again and again while it works, and looks whether anything came to harm.

Prints a table, then one line of JSON; leaves with 1 when any count that has to be 0 is not.
COUNT, KILLS and SEED come from the environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from act import Stage
from engines import Engines
from kills import kills
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from score import Score, figures, table_of
from shortages import clock_jumps, disk_full, few_file_handles, foreign_lock

_MOST_TOLD = 20
_ACTS = ("kills", "disk full", "file handles", "foreign lock", "clock jumps")


def main() -> int:
    """Play all acts, or those that are named."""
    count, kill_count = int(os.environ.get("COUNT", "2000")), int(os.environ.get("KILLS", "100"))
    seed = int(os.environ.get("SEED", "1"))
    chosen = [act for act in _ACTS if act in sys.argv[1:]] or list(_ACTS)
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(f"chaos: {count} tasks, {kill_count} kills, seed {seed}")
    directory = Path(tempfile.mkdtemp(prefix="chaos-"))
    columns = (TextColumn("{task.description:13}"), BarColumn(), TimeElapsedColumn())
    with Engines() as engines, Progress(*columns, console=console) as progress:
        bars = {act: progress.add_task(act, total=1.0) for act in chosen}
        stage = Stage(
            directory,
            engines,
            seed,
            lambda act, share: progress.update(bars[act], completed=share),
        )
        scores = asyncio.run(_play(stage, chosen, count, kill_count))
    well = all(score.well for score in scores)
    console.print(table_of(scores))
    told = [f"{score.act}: {sentence}" for score in scores for sentence in score.told]
    for sentence in told[:_MOST_TOLD]:
        console.print(sentence, markup=False)
    if well:
        shutil.rmtree(directory)
    else:
        console.print(f"What is left is in {directory}.")
    print(json.dumps({"campaign": "chaos", "seed": seed, "well": well, **figures(scores)}))
    return 0 if well else 1


async def _play(stage: Stage, chosen: list[str], count: int, kill_count: int) -> list[Score]:
    plays = {
        "kills": lambda: kills(stage, count, kill_count),
        "disk full": lambda: disk_full(stage, count // 10),
        "file handles": lambda: few_file_handles(stage, count // 10),
        "foreign lock": lambda: foreign_lock(stage, count // 2, min(40.0, count / 50)),
        "clock jumps": lambda: clock_jumps(stage, count // 10),
    }
    scores: list[Score] = []
    for act in chosen:
        score = await plays[act]()
        if score is None:
            print(f"{act}: skipped, for it needs root to mount a small disk")
        else:
            scores.append(score)
    return scores


if __name__ == "__main__":
    sys.exit(main())
