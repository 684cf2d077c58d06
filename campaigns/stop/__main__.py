"""Stops process trees of every nasty kind, a thousand times, and looks whether anything goes on.

Each tree runs in a real engine and appends to a file for as long as anything of it lives. Half of
them are held by cgroups, half found by scanning the process table. Prints a table, then one line of
JSON; leaves with 1 when any count that has to be 0 is not. COUNT, PARALLEL and SEED come from the
environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

from kinds import HOWS, KINDS, write_runbooks
from left_over import marked
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from stops import Stage, Verdict, stop_one

from tasktrail.bootstrap import open_world
from tasktrail.runners.cgroup_mount import find_cgroup_base

_LOOP_ROUND = 0.02
_MOST_TOLD = 20

Scores = dict[str, list[Verdict]]


def main() -> int:
    """Stop COUNT trees, half with each of the means that this machine has."""
    count, seed = int(os.environ.get("COUNT", "1000")), int(os.environ.get("SEED", "1"))
    parallel = int(os.environ.get("PARALLEL", "12"))
    random.seed(seed)
    means = ("cgroup", "scan") if find_cgroup_base() is not None else ("scan",)
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(f"stop: {count} trees, {parallel} at a time, by {' and '.join(means)}")
    begun = time.monotonic()
    scores: Scores = {}
    marked_left, lag = 0, 0.0
    with Progress(console=console) as progress:
        for mean in means:
            bar = progress.add_task(mean, total=count // len(means))
            campaign = _campaign(
                mean, count // len(means), parallel, partial(progress.advance, bar)
            )
            scores[mean], left, worst = asyncio.run(campaign)
            marked_left, lag = marked_left + left, max(lag, worst)
    console.print(_table(scores))
    for mean, verdicts in scores.items():
        for verdict in [one for one in verdicts if not one.well][:_MOST_TOLD]:
            console.print(f"{mean}: {verdict}", markup=False)
    told = _figures(scores, marked_left, lag)
    well = not any(told[name] for name in ("left", "marked", "growing", "late", "faults"))
    seconds = round(time.monotonic() - begun)
    print(json.dumps({"campaign": "stop", "seed": seed, "well": well, **told, "seconds": seconds}))
    return 0 if well else 1


async def _campaign(
    mean: str, count: int, parallel: int, on_stop: Callable[[], None]
) -> tuple[list[Verdict], int, float]:
    """The verdicts, the marked processes that are left, the worst delay of the loop in seconds."""
    directory = Path(tempfile.mkdtemp(prefix="stop-"))
    data = directory / "data"
    data.mkdir()
    (data / "config.toml").write_text(f"slots = {parallel + 2}\n")
    write_runbooks(directory)
    base = find_cgroup_base() if mean == "cgroup" else None
    # The looking is done by another process, so that it does not count as time of the engine.
    looker = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with looker, patch("tasktrail.runners.supervisor.find_cgroup_base", return_value=base):
        async with open_world(data, engine=True) as world:
            watch = asyncio.create_task(_worst_delay())
            verdicts = await _stop_all(Stage(world, directory, looker), count, parallel, on_stop)
            left = len(marked((data / "identity").read_text().split()[0]))
            watch.cancel()
            worst = await watch
    shutil.rmtree(directory)
    return verdicts, left, worst


async def _stop_all(
    stage: Stage, count: int, parallel: int, on_stop: Callable[[], None]
) -> list[Verdict]:
    pairs = [(kind, how) for how in HOWS for kind in KINDS]
    order = [(number, *pairs[number % len(pairs)]) for number in range(count)]
    random.shuffle(order)
    waiting = iter(order)
    verdicts: list[Verdict] = []

    async def worker() -> None:
        for number, kind, how in waiting:
            verdicts.append(await stop_one(stage, number, kind, how))
            on_stop()

    await asyncio.gather(*(worker() for _ in range(parallel)))
    return verdicts


async def _worst_delay() -> float:
    """Until it is canceled: how much later than it asked for the event loop was ever given back."""
    worst = 0.0
    try:
        while True:
            due = time.monotonic() + _LOOP_ROUND
            await asyncio.sleep(_LOOP_ROUND)
            worst = max(worst, time.monotonic() - due)
    except asyncio.CancelledError:
        return worst


def _table(scores: Scores) -> Table:
    table = Table("held by", "tree", "stops", "left", "growing", "late", "killed", "p50", "worst")
    for mean, verdicts in scores.items():
        for kind in KINDS:
            of_kind = [verdict for verdict in verdicts if verdict.kind == kind]
            if of_kind:
                table.add_row(mean, kind, *_row(of_kind))
    return table


def _row(verdicts: list[Verdict]) -> list[str]:
    seconds = [verdict.seconds for verdict in verdicts]
    return [
        str(len(verdicts)),
        str(sum(verdict.left for verdict in verdicts)),
        str(sum(verdict.growing for verdict in verdicts)),
        str(sum(verdict.late for verdict in verdicts)),
        str(sum(verdict.killed for verdict in verdicts)),
        f"{statistics.median(seconds):.2f} s",
        f"{max(seconds):.2f} s",
    ]


def _figures(scores: Scores, marked_left: int, lag: float) -> dict[str, float]:
    verdicts = [verdict for of_mean in scores.values() for verdict in of_mean]
    return {
        "stops": len(verdicts),
        "left": sum(verdict.left for verdict in verdicts),
        "marked": marked_left,
        "growing": sum(verdict.growing for verdict in verdicts),
        "late": sum(verdict.late for verdict in verdicts),
        "faults": sum(bool(verdict.faults) for verdict in verdicts),
        "p50_seconds": round(statistics.median(verdict.seconds for verdict in verdicts), 3),
        "worst_seconds": round(max(verdict.seconds for verdict in verdicts), 3),
        "worst_loop_delay_ms": round(lag * 1000),
    }


if __name__ == "__main__":
    sys.exit(main())
