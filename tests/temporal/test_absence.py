"""Control processes while Temporal is away: they say so, take tasks, and have them done later."""

from __future__ import annotations

from tasktrail.model.status import Status
from temporal.cluster_bench import ClusterBench, readiness, until_said

WAITING = {
    "status": "ready",
    "warnings": ["Temporal does not answer: tasks are accepted, and wait"],
}
READY = {"status": "ready"}
AWAY = "accepted tasks wait: no Temporal server answers at"
BACK = "the Temporal server at .* answers"


async def test_a_control_process_takes_tasks_without_temporal_and_has_them_done_with_it(
    cluster: ClusterBench,
) -> None:
    control = cluster.next_control()
    await control.program.start()
    assert f"no Temporal server answers at {cluster.temporal.address}" in control.program.words
    assert await readiness(control) == WAITING
    assert not (await cluster.engine_fact())["ok"]
    cluster.runbook("hello", "jobs: {main: {steps: [{run: 'true'}]}}\n")
    task_id = await cluster.submit("hello")
    assert (await cluster.task(task_id)).status is Status.QUEUED

    await cluster.temporal.program.start()
    await until_said(control.program, BACK)
    assert await readiness(control) == READY
    assert (await cluster.engine_fact())["ok"]
    await (await cluster.next_worker("one")).start()
    assert (await cluster.ended(task_id)).status is Status.DONE


async def test_a_control_process_notices_that_temporal_goes_and_comes(
    cluster: ClusterBench,
) -> None:
    control = cluster.next_control()
    await cluster.temporal.program.start()
    await control.program.start()
    assert await readiness(control) == READY
    cluster.temporal.program.kill()
    await until_said(control.program, AWAY)
    assert await readiness(control) == WAITING
    await cluster.temporal.program.start()
    await until_said(control.program, BACK)
    assert await readiness(control) == READY
    assert await control.program.stop() == 0


async def test_a_control_process_leaves_when_told_though_temporal_never_came(
    cluster: ClusterBench,
) -> None:
    control = cluster.next_control()
    await control.program.start()
    assert await control.program.stop() == 0
    assert "workers go on" in control.program.words
    assert "running steps are stopped" not in control.program.words
