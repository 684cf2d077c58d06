"""What a worker left behind that was killed: told by its next life."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from acceptance.cli_command import alive
from integration.worker.control_bench import POOL, ControlBench
from integration.worker.test_log_routes import begun, frames
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.logs.reader import LogReader
from tasktrail.model.outcome import Errored
from tasktrail.model.status import Status
from tasktrail.worker.held_jobs import Note

TOLD = "one\ntwo"
"""What the step writes before it is killed with its worker."""

LIFE = Path(__file__).with_name("killed_worker.py")


def killed(control: ControlBench, held: HeldJob, until: Path) -> int:
    """Have a worker of its own process carry out a job, and kill it once its step says so; the
    process of the step."""
    given = (control.server.url, control.key, str(control.directory / "worker"))
    job = (str(held.task_id), str(held.job_id), held.claim)
    with subprocess.Popen([sys.executable, LIFE, *given, *job]) as life:
        pid = int(until.read_text())
        while not any(map(_told, (control.directory / "worker" / "logs").rglob("*.log"))):
            time.sleep(0.01)  # the step may be ahead of who reads its output
        life.send_signal(signal.SIGKILL)
    return pid


def _told(log: Path) -> bool:
    with LogReader(log) as reader:
        return reader.size >= len(TOLD)


async def test_the_job_is_lost_at_once_and_its_log_is_whole(
    control: ControlBench, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    os.mkfifo(file)
    task_id = await control.submit(
        f"""
        inputs: {{file: string}}
        jobs:
          main:
            pool: {POOL}
            steps:
              - {{name: before, run: echo before}}
              - {{name: sleep, run: 'echo one; printf two; echo $$ > "$INPUT_FILE"; sleep 600'}}
        """,
        file=str(file),
    )
    pid = await asyncio.to_thread(killed, control, await control.held(task_id), file)
    assert alive(pid), "killing a worker kills nothing else"
    async with control.worker():
        assert not alive(pid)
        await control.is_at(task_id, Status.QUEUED)
        assert await control.left.get() == b"a token"
    state = await control.state(task_id)
    step = next(one for one in state.steps.values() if one.name == "sleep")
    attempt = state.attempts[step.id]
    assert isinstance(attempt.outcome, Errored)
    assert attempt.outcome.worker_lost
    assert attempt.log is not None
    assert await control.lines(state, "sleep") == ["one", "two"]
    assert attempt.log.lines == 2
    assert await control.lines(state, "before") == ["before"]


async def test_what_others_have_settled_meanwhile_is_removed(
    control: ControlBench, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    os.mkfifo(file)
    task_id = await control.submit(
        f"""
        inputs: {{file: string}}
        jobs:
          main:
            pool: {POOL}
            steps:
              - {{name: sleep, run: 'echo one; printf two; echo $$ > "$INPUT_FILE"; sleep 600'}}
        """,
        file=str(file),
    )
    held = await control.held(task_id)
    await asyncio.to_thread(killed, control, held, file)
    await control.lose(held)
    await control.is_at(task_id, Status.QUEUED)
    before = await control.state(task_id)
    async with control.worker():
        left = control.directory / "worker"
        while [*left.glob("held/*"), *left.glob("logs/*/*/*.log")]:  # noqa: ASYNC110 - a directory
            await asyncio.sleep(0.02)
    assert await control.state(task_id) == before


async def test_a_log_that_had_arrived_before_the_report_is_the_one_of_the_record(
    control: ControlBench, tmp_path: Path
) -> None:
    parts, summary = frames(tmp_path, b"one\n")
    async with control.worker() as tools:
        held, name = await begun(control, tools)
        tools.held_jobs.keep(Note(held, b"a token"))
        await tools.api.append_log(held, name, 0, b"".join(parts), summary)
    async with control.worker():
        assert await control.left.get() == b"a token"
    state = await control.state(held.task_id)
    attempt = state.attempts[name.step_id]
    assert isinstance(attempt.outcome, Errored)
    assert attempt.outcome.worker_lost
    assert attempt.log == summary
