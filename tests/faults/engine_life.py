"""What an engine does between its start and its end, which may be a kill at any point."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from faults.intake_life import take_in
from faults.workloads import STORING, WORKLOADS, Deed
from integration.engine.engine_bench import Bench, bench_of
from tasktrail.cli.main import main
from tasktrail.errors import RefusedError
from tasktrail.failpoints import arm
from tasktrail.logs.writer import LogWriter
from tasktrail.model.instant import Instant

LOG_LINES = 300
"""So many writes make a log that is rewritten when it is closed."""


def live(directory: str, workload: str, failpoint: str) -> None:
    """Own `directory / "data"`, submit what was not accepted yet, and work until nothing is left.

    The workload `log` does nothing but write a log and close it, `move` moves the records to the
    database that the file `target` names, `intake` takes in what a worker sends.
    """
    arm(failpoint)
    here = Path(directory)
    if workload == "log":
        _write_log(here / "step.log")
    elif workload == "move":
        _move(here)
    elif workload == "intake":
        asyncio.run(take_in(here))
    else:
        settings = _store_settings(here) if workload in STORING else ""
        asyncio.run(_work(here, WORKLOADS[workload], settings, prunes=workload == "prune"))


def _store_settings(here: Path) -> str:
    """The store that a test has chosen for `here`, or else a directory."""
    chosen = here / "store"
    return chosen.read_text() if chosen.exists() else f'log_store = "{here}/archive"\n'


async def _work(here: Path, deeds: tuple[Deed, ...], settings: str, *, prunes: bool) -> None:
    journal = Journal(here / "accepted")
    async with bench_of(here, slots=4, settings="grace = 0.2\n" + settings) as bench:
        await asyncio.gather(*(_do(bench, journal, here, deed) for deed in deeds))
        assert bench.world.engine is not None
        await bench.world.engine.idle()
        if prunes:
            await bench.world.operations.call("pruneLogs", {"olderThan": 0})


async def _do(bench: Bench, journal: Journal, here: Path, deed: Deed) -> None:
    deed.write(here)
    task_id = journal.ids.get(deed.name)
    if task_id is None:
        task_id = await bench.submit_target(f"{deed.name}.yml")
        journal.note(deed.name, task_id)
    if deed.canceled_at is not None:
        # It may have ended before that line, if it lost its worker.
        with suppress(AssertionError, RefusedError):
            await bench.until_line(task_id, deed.canceled_at)
            await bench.cancel(task_id)


def _move(here: Path) -> None:
    url = (here / "target").read_text()
    try:
        main(["--data", str(here / "data"), "migrate-to", url, "--write-config"])
    except SystemExit as leaving:
        if leaving.code:
            raise


class Journal:
    """What was accepted, by name: on the disk before anything else is done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.ids = {name: int(task_id) for name, task_id in (line.split() for line in lines)}

    def note(self, name: str, task_id: int) -> None:
        """Remember an answer."""
        self.ids[name] = task_id
        with self._path.open("a") as file:
            file.write(f"{name} {task_id}\n")
            file.flush()
            os.fsync(file.fileno())


def _write_log(path: Path) -> None:
    writer = LogWriter(path, clock=lambda: Instant(0))
    for number in range(LOG_LINES):
        writer.write(1, f"line {number}\n".encode())
    writer.close()
