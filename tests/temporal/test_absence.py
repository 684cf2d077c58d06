"""Control processes while Temporal is away: they say so, take tasks, and have them done later."""

from __future__ import annotations

from tasktrail.model.status import Status
from temporal.cluster_bench import ClusterBench, readiness, until_said

WAITING = {
    "status": "ready",
    "warnings": ["no workflows are run for the moment: tasks are accepted, and wait"],
}
READY = {"status": "ready"}
AWAY = "accepted tasks wait: no Temporal server answers at"
BACK = "the Temporal server at .* answers"
OURS = '[temporal]\naddress = "localhost:7233"\nnamespace = "ours"\n'
HELLO = "jobs: {main: {steps: [{run: 'true'}]}}\n"


async def test_a_control_process_takes_tasks_without_temporal_and_has_them_done_with_it(
    cluster: ClusterBench,
) -> None:
    control = cluster.next_control()
    await control.program.start()
    assert f"no Temporal server answers at {cluster.temporal.address}" in control.program.words
    assert await readiness(control) == WAITING
    assert not (await cluster.engine_fact())["ok"]
    cluster.runbook("hello", HELLO)
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


async def test_another_reason_for_which_tasks_wait_is_told_as_well(cluster: ClusterBench) -> None:
    """As where a cluster goes, and is set up anew without the namespace."""
    await cluster.temporal.program.start()
    await cluster.temporal.make_namespace("ours")
    control = cluster.next_control(OURS)
    await control.program.start()
    cluster.temporal.program.kill()
    await until_said(control.program, AWAY)
    cluster.temporal.forget()
    await cluster.temporal.program.start()
    await until_said(control.program, "accepted tasks wait: .*ours")
    await cluster.temporal.make_namespace("ours")
    await until_said(control.program, BACK)
    assert control.program.words.count(AWAY) == 1


async def test_a_control_process_leaves_when_told_though_temporal_never_came(
    cluster: ClusterBench,
) -> None:
    control = cluster.next_control()
    await control.program.start()
    assert await control.program.stop() == 0
    assert "workers go on" in control.program.words
    assert "running steps are stopped" not in control.program.words


async def test_workflows_are_run_and_jobs_taken_once_a_namespace_is_back(
    cluster: ClusterBench,
) -> None:
    """Nobody is started again, and the cluster is another one by then."""
    await cluster.temporal.program.start()
    await cluster.temporal.make_namespace("ours")
    control = cluster.next_control(OURS)
    await control.program.start()
    worker = await cluster.next_worker("one", slots=2)
    await worker.start()
    cluster.runbook("hello", HELLO)
    cluster.runbook("later", "jobs: {main: {pool: later, steps: [{run: 'true'}]}}\n")
    before = await cluster.submit("later")
    await cluster.ended(await cluster.submit("hello"))

    cluster.temporal.program.kill()
    cluster.temporal.forget()
    await cluster.temporal.program.start()
    # When the SDK gives up is its own affair: see `test_polling.py` for what happens then.
    await until_said(control.program, "accepted tasks wait: .*ours")
    assert await readiness(control) == WAITING
    assert not (await cluster.engine_fact())["ok"]
    meanwhile = [await cluster.submit("hello") for _ in range(4)]

    await cluster.temporal.make_namespace("ours")
    for task_id in meanwhile:
        assert (await cluster.ended(task_id)).status is Status.DONE
    await until_said(control.program, BACK)
    assert await readiness(control) == READY
    await (await cluster.worker("later", "later", 1, control.url)).start()
    assert (await cluster.ended(before)).status is Status.DONE
    said = control.program.words + worker.words
    assert "Traceback" not in said
    assert "\x1b" not in said, "what the SDK says is in our form"
