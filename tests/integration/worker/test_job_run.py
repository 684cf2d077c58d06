"""A worker carries out a job over HTTP: claimed, reported, logged, stopped."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from acceptance.cli_command import alive
from integration.worker.control_bench import POOL, ControlBench, carried_out
from tasktrail.actions.work.held_job import BackedOffError, HeldJob
from tasktrail.api.server import _CLOSING
from tasktrail.errors import NotFoundError, NotSignedInError, StaleClaimError
from tasktrail.logs.reader import LogReader
from tasktrail.model.happening import WorkerLost
from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Errored, Succeeded
from tasktrail.model.status import Status
from tasktrail.worker.claim_patience import UNASKED
from tasktrail.worker.job_run import JobRun, Tools
from tasktrail.worker.lease import Lease

SLEEPY = f"""
    jobs:
      main:
        pool: {POOL}
        steps:
          - name: sleep
            run: 'echo $$ > "$PID_FILE"; echo begun; sleep 600'
            env: {{PID_FILE: "{{{{ inputs.file }}}}"}}
          - {{name: clean, run: echo clean, when: always}}
    inputs: {{file: string}}
"""


async def sleeping(control: ControlBench, file: Path, text: str = SLEEPY) -> int:
    """A task whose step tells its process through `file`."""
    os.mkfifo(file)
    return await control.submit(text, file=str(file))


async def told(file: Path) -> int:
    """The process, once it runs."""
    return int(await asyncio.to_thread(file.read_text))


async def test_a_job_is_carried_out_and_its_logs_and_outputs_arrive(control: ControlBench) -> None:
    task_id = await control.submit(
        f"""
        inputs: {{token: secret}}
        jobs:
          main:
            pool: {POOL}
            steps:
              - name: build
                run: |
                  echo building; echo "$INPUT_TOKEN"
                  echo x=7 >> "$TASKTRAIL_OUTPUT"
              - {{name: use, run: 'echo "x is $OUTPUT_X" >&2'}}
        """,
        token="S3CRET-VALUE",
    )
    async with control.worker() as tools:
        await carried_out(tools, await control.held(task_id))
        left = [path for path in (control.directory / "worker").rglob("*") if path.is_file()]
    state = await control.state(task_id)
    assert state.task.status is Status.DONE
    assert (await control.lines(state, "build"))[0] == "building"
    assert not any("S3CRET" in line for line in await control.lines(state, "build"))
    assert await control.lines(state, "use") == ["x is 7"]
    for step in state.steps.values():
        log = state.attempts[step.id].log
        assert log is not None
        assert log.lines == len(await control.lines(state, step.name))
    assert {path.name for path in left} == {"identity", "lock"}, "nothing of the job is left"


async def test_what_needs_the_outputs_of_other_jobs_gets_them(control: ControlBench) -> None:
    task_id = await control.submit(
        f"""
        jobs:
          main: {{pool: {POOL}, steps: [{{name: a, run: 'echo x=7 >> "$TASKTRAIL_OUTPUT"'}}]}}
          next:
            pool: {POOL}
            after: main
            steps: [{{name: b, run: 'echo "$OUTPUT_X"'}}]
        """
    )
    async with control.worker("one") as one, control.worker("two") as two:
        await carried_out(one, await control.held(task_id))
        await carried_out(two, await control.held(task_id, "next"))
    state = await control.state(task_id)
    assert (state.task.status, await control.lines(state, "b")) == (Status.DONE, ["7"])


async def test_a_cancel_stops_the_process_and_its_clean_up_runs(
    control: ControlBench, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    task_id = await sleeping(control, file)
    async with control.worker() as tools:
        run = JobRun(tools, await control.held(task_id), Lease())
        carrying_out = asyncio.ensure_future(run.carry_out())
        await control.is_at(task_id, Status.IN_PROGRESS, "sleep")
        pid = await told(file)
        await control.cancel(task_id)
        run.obey()
        await carrying_out
    state = await control.state(task_id)
    assert state.task.status is Status.CANCELED
    assert not alive(pid)
    assert (await control.lines(state, "sleep"))[0] == "begun"
    assert await control.lines(state, "clean") == ["clean"]


async def kept(logs: Path) -> None:
    """Return once a log has been completed on the worker's own disk."""
    while True:
        for path in logs.rglob("*.log"):
            with LogReader(path) as reader:
                if reader.sealed:
                    return
        await asyncio.sleep(0.02)


async def test_work_goes_on_while_the_api_is_away(control: ControlBench, tmp_path: Path) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    task_id = await control.submit(
        f"""
        inputs: {{file: string}}
        jobs:
          main:
            pool: {POOL}
            steps:
              - {{name: long, run: 'echo one; cat "$INPUT_FILE"; echo two'}}
              - {{name: short, run: 'echo three'}}
        """,
        file=str(go),
    )
    async with control.worker() as tools:
        carrying_out = asyncio.ensure_future(carried_out(tools, await control.held(task_id)))
        await control.is_at(task_id, Status.IN_PROGRESS, "long")
        await control.go_away()
        await asyncio.to_thread(go.write_text, "meanwhile\n")
        await kept(control.directory / "worker" / "logs")
        await control.come_back()
        await carrying_out
    state = await control.state(task_id)
    assert state.task.status is Status.DONE
    assert await control.lines(state, "long") == ["one", "meanwhile", "two"]
    assert await control.lines(state, "short") == ["three"]


async def test_a_job_that_may_be_somebody_elses_is_ended_at_once(
    control: ControlBench, tmp_path: Path
) -> None:
    """Whatever its steps say about grace."""
    file = tmp_path / "pid"
    text = SLEEPY.replace("sleep 600", 'trap "" TERM; sleep 600')
    task_id = await sleeping(control, file, text)
    async with control.worker() as tools:
        run = JobRun(tools, await control.held(task_id), Lease())
        carrying_out = asyncio.ensure_future(run.carry_out())
        pid = await told(file)
        run.fence()
        await asyncio.wait_for(carrying_out, 5)
    assert not alive(pid)
    state = await control.state(task_id)
    step = next(one for one in state.steps.values() if one.name == "sleep")
    assert step.status is Status.FAILED
    outcome = state.attempts[step.id].outcome
    assert isinstance(outcome, Errored)
    assert outcome.worker_lost


async def test_nothing_is_begun_once_the_lease_is_over(control: ControlBench) -> None:
    """A worker that was stopped, and goes on too late: what has ended is told, no more is begun."""
    now = 0.0
    lease = Lease(lambda: now)
    task_id = await control.submit(
        f"""
        jobs:
          main:
            pool: {POOL}
            steps: [{{name: a, run: 'true'}}, {{name: b, run: 'true', retry_safe: true}}]
        """
    )
    async with control.worker() as tools:
        now = 100.0
        await carried_out(tools, await control.held(task_id), lease)
    state = await control.state(task_id)
    statuses = {step.name: step.status for step in state.steps.values()}
    assert (statuses["a"], statuses["b"]) == (Status.DONE, Status.QUEUED)


async def test_who_was_replaced_changes_nothing(control: ControlBench, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    task_id = await sleeping(control, file)
    async with control.worker() as tools:
        held = await control.held(task_id)
        run = JobRun(tools, held, Lease())
        carrying_out = asyncio.ensure_future(run.carry_out())
        pid = await told(file)
        await control.lose(held)
        before = await control.state(task_id)
        run.obey()
        await carrying_out
        assert not alive(pid)
        assert await control.state(task_id) == before
        with pytest.raises(StaleClaimError):
            await tools.api.stops(held)
        assert not [*(control.directory / "worker" / "logs").rglob("*.log")]


async def test_the_same_claim_is_answered_again_and_another_one_is_not(
    control: ControlBench,
) -> None:
    task_id = await control.submit(f"jobs: {{main: {{pool: {POOL}, steps: ['true']}}}}")
    async with control.worker() as tools:
        held = await control.held(task_id)
        first = await tools.api.claim(held, Succeeded())
        assert first is not None
        assert await tools.api.claim(held, Succeeded()) == first
        assert first.job.claim == held.claim
        other = await control.held(task_id)
        assert await tools.api.claim(other, Succeeded()) is None
        with pytest.raises(StaleClaimError):
            await tools.api.stops(other)


async def test_jobs_of_other_pools_are_not_there(control: ControlBench) -> None:
    task_id = await control.submit("jobs: {main: {steps: ['true']}}")
    async with control.worker() as tools:
        held = await control.held(task_id)
        for asked in (
            tools.api.claim(held, Succeeded()),
            tools.api.stops(held),
            tools.api.report(held, WorkerLost(held.job_id, "r-1")),
            tools.api.claim(HeldJob(987654321, 1, held.claim), Succeeded()),
        ):
            with pytest.raises(NotFoundError):
                await asked
    assert (await control.state(task_id)).task.status is Status.QUEUED


async def test_a_key_that_is_revoked_ends_the_work(control: ControlBench, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    task_id = await sleeping(control, file)
    async with control.worker() as tools:
        run = JobRun(tools, await control.held(task_id), Lease())
        carrying_out = asyncio.ensure_future(run.carry_out())
        pid = await told(file)
        keys = control.world.installation.identities.worker_keys
        await keys.revoke(control.caller, int(control.key.split("_")[1]))
        run.obey()
        with pytest.raises(NotSignedInError):
            await carrying_out
    assert not alive(pid)


async def spawned_end(control: ControlBench, tools: Tools, task_id: int) -> int:
    """Carry out the task that a step waits for; its id."""
    while True:
        tasks = await control.spawned(task_id)
        if tasks:
            await carried_out(tools, await control.held(tasks[0]))
            return tasks[0]
        await asyncio.sleep(0.02)


async def test_a_step_waits_for_the_task_that_it_has_spawned(control: ControlBench) -> None:
    (control.directory / "other.yml").write_text(
        f"name: other\njobs: {{main: {{pool: {POOL}, steps: [echo other]}}}}\n"
    )
    task_id = await control.submit(
        f"""
        jobs:
          main:
            pool: {POOL}
            steps:
              - {{name: wait, spawn: other.yml}}
              - {{name: none, spawn: nowhere.yml, when: always}}
        """
    )
    async with control.worker() as tools:
        _, spawned = await asyncio.gather(
            carried_out(tools, await control.held(task_id)), spawned_end(control, tools, task_id)
        )
    state = await control.state(task_id)
    assert (await control.lines(state, "wait"))[-1] == f"task {spawned} is done"
    step = next(one for one in state.steps.values() if one.name == "none")
    assert step.error is not None
    assert step.error.message.startswith("cannot spawn nowhere.yml")


RETRIED = f"""
    jobs:
      main:
        pool: {POOL}
        steps:
          - {{name: before, run: 'echo kept > file'}}
          - name: again
            run: 'cat file; [ "$TASKTRAIL_ATTEMPT" = 2 ]'
            retry: {{attempts: 2, backoff: 100ms, on: [user]}}
          - {{name: clean, run: 'cat file', when: always}}
"""


async def test_a_job_that_backs_off_goes_on_where_it_was(control: ControlBench) -> None:
    task_id = await control.submit(RETRIED.replace("100ms", "0.1s"))
    async with control.worker() as tools:
        carrying_out = asyncio.ensure_future(carried_out(tools, await control.held(task_id)))
        await control.is_at(task_id, Status.BACKED_OFF)
        await control.retry(task_id, "again")
        await carrying_out
        assert not [*(control.directory / "worker" / "workspaces").iterdir()]
    state = await control.state(task_id)
    assert state.task.status is Status.DONE
    assert await control.lines(state, "again", attempt=2) == ["kept"]


async def test_no_back_off_keeps_a_server_from_leaving_and_the_job_goes_on_after_it(
    control: ControlBench,
) -> None:
    task_id = await control.submit(RETRIED.replace("100ms", "1h"))
    async with control.worker() as tools:
        carrying_out = asyncio.ensure_future(carried_out(tools, await control.held(task_id)))
        await control.is_at(task_id, Status.BACKED_OFF)
        while not control.world.installation.bulletin.watched:  # noqa: ASYNC110 - by the next claim
            await asyncio.sleep(0.01)
        async with asyncio.timeout(_CLOSING / 2):
            await control.go_away()
        await control.come_back()
        await control.retry(task_id, "again")
        await carrying_out
    state = await control.state(task_id)
    assert state.task.status is Status.DONE
    assert await control.lines(state, "again", attempt=2) == ["kept"]


async def test_a_job_that_is_canceled_while_it_backs_off_is_cleaned_up_where_it_was(
    control: ControlBench,
) -> None:
    task_id = await control.submit(RETRIED.replace("100ms", "1h"))
    async with control.worker() as tools:
        run = JobRun(tools, await control.held(task_id), Lease())
        carrying_out = asyncio.ensure_future(run.carry_out())
        await control.is_at(task_id, Status.BACKED_OFF)
        run.obey()
        await control.cancel(task_id)
        await carrying_out
        assert not [*(control.directory / "worker" / "workspaces").iterdir()]
    state = await control.state(task_id)
    assert state.task.status is Status.CANCELED
    assert await control.lines(state, "clean") == ["kept"]


async def test_a_worker_that_leaves_waits_for_no_back_off(control: ControlBench) -> None:
    task_id = await control.submit(RETRIED.replace("100ms", "1h"))
    async with control.worker() as tools:
        run = JobRun(tools, await control.held(task_id), Lease())
        carrying_out = asyncio.ensure_future(run.carry_out())
        await control.is_at(task_id, Status.BACKED_OFF)
        await asyncio.sleep(0)
        while not run.backed_off:  # noqa: ASYNC110 - its answer is on the way
            await asyncio.sleep(0.01)
        run.wait_no_more()
        await asyncio.wait_for(carrying_out, 5)
    assert (await control.state(task_id)).task.status is Status.BACKED_OFF


async def test_who_waits_for_a_retry_has_to_ask_for_it_once_more(
    control: ControlBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be gone by then, and nobody would carry out the attempt that it was given."""
    task_id = await control.submit(RETRIED.replace("100ms", "1h"))
    decisions = control.world.installation.decisions
    looked, clock = asyncio.Event(), decisions.clock

    def watched_clock() -> Instant:
        looked.set()
        return clock()

    async with control.worker() as tools:
        held = await control.held(task_id)
        run = JobRun(tools, held, Lease())
        run.wait_no_more()
        await run.carry_out()
        assert (await control.state(task_id)).task.status is Status.BACKED_OFF
        monkeypatch.setattr(decisions, "clock", watched_clock)
        asking = asyncio.ensure_future(tools.api.claim(held, Succeeded(), again=True))
        await looked.wait()
        await control.retry(task_id, "again")
        with pytest.raises(BackedOffError):
            await asking
        assert (await control.job(task_id)).claim is None
        assert await tools.api.claim(held, Succeeded(), again=True) is not None


async def test_a_job_that_cannot_be_asked_for_is_given_back(control: ControlBench) -> None:
    task_id = await control.submit(f"jobs: {{main: {{pool: {POOL}, steps: ['true']}}}}")
    async with control.worker() as tools:
        await control.go_away()
        await carried_out(tools, await control.held(task_id))
        assert not tools.watch.answers
        given = time.monotonic()
        await carried_out(tools, await control.held(task_id))
        assert time.monotonic() - given < UNASKED, "nobody asks for long where nobody answers"
        assert (await control.state(task_id)).task.status is Status.QUEUED
        await control.come_back()
        await carried_out(tools, await control.held(task_id))
    state = await control.state(task_id)
    assert state.task.status is Status.DONE
    assert {step.attempts for step in state.steps.values()} == {1}
