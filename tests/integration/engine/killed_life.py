"""An engine in a process of its own, which is killed at a chosen moment.

As a program (DIRECTORY MOMENT RUNBOOK...) it submits the runbooks, and says when the moment has
come.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from engine_bench import Bench, bench_of

from tasktrail.actions.ledger import Decided


def live_and_die(directory: Path, moment: str, *runbooks: str) -> None:
    """Submit the runbooks, and kill the engine with SIGKILL when the moment has come.

    A moment is `line:TEXT`, a line of the last task, or `stop:TEXT`, one that it writes in an
    orderly stop that begins with its line `ready`, or `step:POSITION:STATUS`: the very decision
    that gives such a step that status, before anything that follows from it.
    """
    life = subprocess.Popen(
        [sys.executable, __file__, str(directory), moment, *runbooks],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert life.stdout is not None
    said = life.stdout.readline()
    if not moment.startswith("step:"):
        assert said == "reached\n"
    life.kill()
    assert life.wait() == -signal.SIGKILL
    life.stdout.close()


async def _live(directory: Path, moment: str, runbooks: list[str]) -> None:
    kind, _, wanted = moment.partition(":")
    async with bench_of(directory) as bench:
        if kind == "step":
            _die_at_step(bench, *wanted.split(":"))
        task_id = 0
        for runbook in runbooks:
            task_id = await bench.submit_target(runbook)
        if kind == "stop":
            await bench.until_line(task_id, "ready")
            assert bench.world.engine is not None
            stopping = asyncio.create_task(bench.world.engine.stop(patience=0))
            stopping.add_done_callback(lambda _: print("too late", flush=True))
        if kind in ("line", "stop"):
            await bench.until_line(task_id, wanted)
            print("reached", flush=True)
        await asyncio.Event().wait()


def _die_at_step(bench: Bench, position: str, status: str) -> None:
    def look(decided: Decided) -> None:
        for step in decided.changes.steps.values():
            if step.position == int(position) and step.status == status:
                os.kill(os.getpid(), signal.SIGKILL)

    decisions = bench.world.operations._own.decisions
    # Before everybody else, so that nothing follows from the decision any more.
    decisions._listeners.insert(0, look)


if __name__ == "__main__":
    asyncio.run(_live(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
