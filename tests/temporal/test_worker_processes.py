"""Workers that are stopped, told to leave, or lose Temporal for a while: real processes of each."""

from __future__ import annotations

import asyncio
from pathlib import Path

from acceptance.cli_command import alive
from cluster.program import Program
from tasktrail.local.shape import Step
from tasktrail.model.status import Status
from temporal.cluster_bench import LONGEST, ClusterBench, step_of, until_said

GIVEN_UP = "job .* is given up: it may be somebody else's"


async def begun(cluster: ClusterBench, *options: str) -> Program:
    """Everything runs, with one worker, which is given."""
    await cluster.temporal.program.start()
    await cluster.next_control().program.start()
    worker = await cluster.next_worker("one", *options)
    await worker.start()
    return worker


async def another_worker(cluster: ClusterBench) -> None:
    await (await cluster.next_worker("two")).start()


def lasting(pid: Path, *, retry_safe: bool, go: Path | None = None) -> str:
    """A step that tells its process id and ends once there is the file `go`; without one, its
    first attempt never ends, and its second one at once."""
    waits = "test $TASKTRAIL_ATTEMPT = 2 || exec sleep 600"
    if go is not None:
        waits = f"until [ -e {go} ]; do sleep 0.05; done"
    command = f"echo $$ >{pid}; mv {pid} {pid}.$TASKTRAIL_ATTEMPT; {waits}"
    step = f"{{retry_safe: {str(retry_safe).lower()}, run: '{command}'}}"
    return f"jobs: {{main: {{steps: [{step}]}}}}\n"


async def pid_of(pid: Path, attempt: int = 1) -> int:
    """The process of an attempt at such a step, once it has begun."""
    found = pid.with_name(f"{pid.name}.{attempt}")
    async with asyncio.timeout(LONGEST):
        while True:
            if found.exists():
                return int(found.read_text())
            await asyncio.sleep(0.02)  # a file tells nobody


async def gone(pid: int) -> None:
    """Return once a process has ended."""
    async with asyncio.timeout(LONGEST):
        while True:
            if not alive(pid):
                return
            await asyncio.sleep(0.02)  # who is no child of ours tells nobody


def lost(step: Step) -> bool:
    return (step.status, step.message) == (Status.FAILED, "worker lost")


async def test_a_worker_that_was_stopped_past_its_lease_ends_what_others_have_and_is_not_believed(
    cluster: ClusterBench, tmp_path: Path
) -> None:
    first = await begun(cluster)
    end_once, end_safe = tmp_path / "end-once", tmp_path / "end-safe"
    cluster.runbook("once", lasting(tmp_path / "once", retry_safe=False, go=end_once))
    cluster.runbook("safe", lasting(tmp_path / "safe", retry_safe=True, go=end_safe))
    once, safe = await cluster.submit("once"), await cluster.submit("safe")
    once_pid, safe_pid = await pid_of(tmp_path / "once"), await pid_of(tmp_path / "safe")
    await another_worker(cluster)

    first.freeze()
    end_once.touch()
    await gone(once_pid)  # well, which nobody is there to tell
    assert lost(step_of(await cluster.ended(once)))
    second_pid = await pid_of(tmp_path / "safe", 2)
    assert alive(safe_pid), "who would end it is stopped"

    first.thaw()
    await gone(safe_pid)
    await until_said(first, GIVEN_UP, times=2)
    assert alive(second_pid)
    end_safe.touch()
    step = step_of(await cluster.ended(safe))
    assert [one.status for one in step.attempts] == [Status.FAILED, Status.DONE]
    assert await first.stop() == 0, "it has said all that it had to say"
    assert lost(step_of(await cluster.task(once)))


async def test_work_goes_on_where_temporal_does_not_answer_for_a_moment(
    cluster: ClusterBench, tmp_path: Path
) -> None:
    worker = await begun(cluster)
    end = tmp_path / "end"
    cluster.runbook("once", lasting(tmp_path / "once", retry_safe=False, go=end))
    task_id = await cluster.submit("once")
    await pid_of(tmp_path / "once")
    cluster.temporal.program.freeze()
    await until_said(worker, "Temporal does not hear this worker")
    cluster.temporal.program.thaw()
    end.touch()
    step = step_of(await cluster.ended(task_id))
    assert [one.status for one in step.attempts] == [Status.DONE]


async def test_what_runs_is_ended_where_temporal_is_away_and_goes_on_when_it_is_back(
    cluster: ClusterBench, tmp_path: Path
) -> None:
    worker = await begun(cluster)
    for name, safe in (("once", False), ("safe", True)):
        cluster.runbook(name, lasting(tmp_path / name, retry_safe=safe))
    once, safe = await cluster.submit("once"), await cluster.submit("safe")
    pids = [await pid_of(tmp_path / name) for name in ("once", "safe")]

    cluster.temporal.program.kill()
    await asyncio.gather(*map(gone, pids))
    await until_said(worker, GIVEN_UP, times=2)
    await cluster.temporal.program.start()
    assert lost(step_of(await cluster.ended(once)))
    step = step_of(await cluster.ended(safe))
    assert [one.status for one in step.attempts] == [Status.FAILED, Status.DONE]
    assert step.attempts[0].message == "worker lost"


async def test_a_worker_that_is_told_to_leave_gives_up_in_order(
    cluster: ClusterBench, tmp_path: Path
) -> None:
    worker = await begun(cluster, "--patience", "3")
    end, cleaned, pid = tmp_path / "end", tmp_path / "cleaned", tmp_path / "orderly"
    cluster.runbook("soon", lasting(tmp_path / "soon", retry_safe=False, go=end))
    cluster.runbook("safe", lasting(tmp_path / "safe", retry_safe=True))
    cluster.runbook(
        "orderly",
        f'jobs: {{main: {{steps: [{{run: \'trap "echo well >{cleaned}; exit 1" TERM;'
        f" echo $$ >{pid}; mv {pid} {pid}.1; while true; do sleep 0.05; done'}}]}}}}\n",
    )
    soon, safe, orderly = [await cluster.submit(name) for name in ("soon", "safe", "orderly")]
    pids = [await pid_of(tmp_path / name) for name in ("soon", "safe", "orderly")]
    await another_worker(cluster)

    leaving = asyncio.ensure_future(worker.stop())
    await until_said(worker, "Leaving: no new jobs start")
    end.touch()
    assert await leaving == 0
    assert not any(map(alive, pids))
    assert (await cluster.ended(soon)).status is Status.DONE
    assert lost(step_of(await cluster.ended(orderly)))
    assert cleaned.read_text() == "well\n", "it was asked to end before it was killed"
    step = step_of(await cluster.ended(safe))
    assert [one.status for one in step.attempts] == [Status.FAILED, Status.DONE]


async def test_a_worker_that_does_not_reach_the_api_leaves_jobs_to_others_until_it_does(
    cluster: ClusterBench,
) -> None:
    await cluster.temporal.program.start()
    first, second = cluster.next_control(), cluster.next_control()
    for control in (first, second):
        await control.program.start()
    cut_off = await cluster.worker("cut-off", "default", 4, second.url)
    healthy = await cluster.next_worker("healthy")
    for worker in (cut_off, healthy):
        await worker.start()
    cluster.runbook("quick", "jobs: {main: {steps: [{run: 'true'}]}}\n")

    second.program.kill()
    for task_id in [await cluster.submit("quick") for _ in range(6)]:
        task = await cluster.ended(task_id)
        assert [one.status for one in step_of(task).attempts] == [Status.DONE]
    away = f"no jobs are taken for the moment: the API at {second.url} cannot be reached"
    await until_said(cut_off, away)

    await second.program.start()
    await until_said(cut_off, "jobs are taken again")
    healthy.kill()
    assert (await cluster.ended(await cluster.submit("quick"))).status is Status.DONE


async def test_a_worker_waits_for_the_api_and_for_temporal(cluster: ClusterBench) -> None:
    control = cluster.next_control()
    await control.program.start()
    worker = await cluster.next_worker("one")
    control.program.kill()
    starting = asyncio.ensure_future(worker.start())
    await until_said(worker, f"the API at {control.url} cannot be reached")
    await control.program.start()
    await until_said(worker, f"no Temporal server answers at {cluster.temporal.address}")
    await cluster.temporal.program.start()
    await starting
    cluster.runbook("quick", "jobs: {main: {steps: [{run: 'true'}]}}\n")
    assert (await cluster.ended(await cluster.submit("quick"))).status is Status.DONE
