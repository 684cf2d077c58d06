"""Kills what writes and keeps logs, again and again, and looks whether a line was lost.

First engines and steps while numbered lines are written, COUNT times (200), then engines while they
send finished logs to an S3 server, UPLOADS times (a quarter of that). Prints two tables, then one
line of JSON; leaves with 1 when any count that has to be 0 is not. SEED chooses when and whom.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from engines import Engines
from kills import Score, kill_often
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from stage import Stage
from uploads import BUCKET, Sending, Uploads

from faults.verdict import verdict_on
from s3_server import CREDENTIALS, S3Server

_MOST_TOLD = 20
_OF_KILLS = ("kills", "flushed", "served", "kept", "unread", "lost", "gaps", "other", "unclosed")
_OF_UPLOADS = ("kills", "logs", "waiting", "both", "nowhere", "other", "orphans", "unsent")


def main() -> int:
    """Kill as often as is asked for; the exit code."""
    times, seed = int(os.environ.get("COUNT") or 200), int(os.environ.get("SEED") or 1)
    uploads = int(os.environ.get("UPLOADS", times // 4))
    os.environ.update(CREDENTIALS)  # before engines are started, which take them over
    console = Console(width=110)
    here = Path(tempfile.mkdtemp(prefix="logs-"))
    begun = time.monotonic()
    with Engines() as engines, Progress(console=console) as progress:
        scores = _kill(here, engines, progress, times, seed)
        sent = _upload(here, engines, progress, uploads, seed) if uploads else Sending()
    wrong = [
        sentence
        for data in sorted(here.glob("*/data"))
        for sentence in asyncio.run(verdict_on(data.parent, ())).wrong
    ]
    console.print(_table("killed", _OF_KILLS, {score.victim: score for score in scores}))
    console.print(_table("sending", _OF_UPLOADS, {"engine": sent}))
    told = [sentence for score in (*scores, sent) for sentence in score.told]
    for sentence in [*told, *wrong][:_MOST_TOLD]:
        console.print(sentence, markup=False)
    well = not wrong and all(score.well for score in (*scores, sent))
    if well:
        shutil.rmtree(here)
    else:
        console.print(f"What is left is in {here}.")
    seconds = round(time.monotonic() - begun)
    print(json.dumps({"campaign": "logs", "seed": seed, "well": well, "seconds": seconds}))
    return 0 if well else 1


def _kill(here: Path, engines: Engines, progress: Progress, times: int, seed: int) -> list[Score]:
    bar = progress.add_task("kills", total=times)
    stage = Stage(here / "kills", engines)
    kills = kill_often(stage, times, random.Random(seed), lambda: progress.advance(bar))
    return asyncio.run(kills)


def _upload(here: Path, engines: Engines, progress: Progress, times: int, seed: int) -> Sending:
    bar = progress.add_task("uploads", total=times)
    server = S3Server(here)
    server.start()
    try:
        server.make_bucket(BUCKET)
        stage = Stage(here / "uploads", engines, server.settings(BUCKET))
        uploads = Uploads(stage, server, random.Random(seed))
        return asyncio.run(uploads.kill_often(times, lambda: progress.advance(bar)))
    finally:
        server.stop()


def _table(
    first: str, columns: tuple[str, ...], rows: dict[str, Score] | dict[str, Sending]
) -> Table:
    table = Table(first, *columns)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, score in rows.items():
        table.add_row(name, *(f"{getattr(score, column):,}" for column in columns))
    return table


if __name__ == "__main__":
    sys.exit(main())
