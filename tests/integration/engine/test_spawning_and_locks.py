"""Tasks that depend on other tasks: spawned, rerun, or waiting for a lock."""

from __future__ import annotations

import asyncio

import pytest
from engine_bench import Bench, job_of, step_of

from tasktrail.errors import ConflictError
from tasktrail.model.status import Status


def spawning(target: str, options: str = "") -> str:
    return f"jobs: {{main: {{steps: [{{name: Spawn, spawn: {target}{options}}}]}}}}"


async def test_a_spawn_that_waits_takes_no_slot_and_both_ends_know_each_other(
    narrow_bench: Bench,
) -> None:
    bench = narrow_bench
    leaf = bench.runbook("leaf", "jobs: {main: {steps: ['echo leaf']}}")
    middle = bench.runbook("middle", spawning(leaf))

    task = await bench.outcome(spawning(middle))

    assert task.status is Status.DONE
    (child,) = task.spawned_task_ids
    assert (await bench.task(child)).origin_task_id == task.id
    assert len((await bench.task(child)).spawned_task_ids) == 1


@pytest.mark.parametrize(("body", "status"), [("exit 1", Status.FAILED), ("true", Status.DONE)])
async def test_a_spawn_that_waits_ends_as_the_other_task_ends(
    bench: Bench, body: str, status: Status
) -> None:
    child = bench.runbook("child", f"jobs: {{main: {{steps: ['{body}']}}}}")

    assert (await bench.outcome(spawning(child))).status is status


async def test_a_spawn_that_does_not_wait_hands_the_task_id_on(bench: Bench) -> None:
    child = bench.runbook("child", "jobs: {main: {steps: ['exit 1']}}")

    task = await bench.outcome(f"""
jobs:
  main:
    steps:
      - {{name: Spawn, spawn: {child}, wait: false}}
      - echo "$OUTPUT_TASK_ID"
""")

    assert task.status is Status.DONE
    assert str(task.spawned_task_ids[0]) in await bench.log(task.id)
    assert (await bench.ended(task.spawned_task_ids[0])).status is Status.FAILED


async def test_a_spawn_of_what_does_not_exist_is_a_user_error(bench: Bench) -> None:
    task = await bench.outcome(spawning("nowhere.yml"))

    assert task.status is Status.FAILED
    assert task.error is not None
    assert task.error.kind == "user"
    assert "nowhere.yml" in task.error.message


async def test_a_cancel_reaches_the_spawned_task_that_is_waited_for(bench: Bench) -> None:
    child = bench.runbook(
        "child", "jobs: {main: {steps: ['echo ready; while true; do sleep 0.02; done']}}"
    )
    task_id = await bench.submit(spawning(child))
    task = await bench.until(task_id, lambda task: bool(task.spawned_task_ids))
    (spawned,) = task.spawned_task_ids
    await bench.until_line(spawned, "ready")

    await bench.cancel(task_id)

    assert (await bench.ended(task_id)).status is Status.CANCELED
    assert (await bench.task(spawned)).status is Status.CANCELED
    assert bench.processes() == []


async def test_a_python_step_spawns_each_task_once(bench: Bench) -> None:
    child = bench.runbook("child", "inputs: {n: integer}\njobs: {main: {steps: ['true']}}")
    (bench.directory / "spawner.py").write_text(f"""
from tasktrail import Context

def spawns(context: Context):
    ids = [context.spawn({child!r}, {{"n": 1}}, key=key) for key in ("a", "b", "a")]
    assert ids[0] == ids[2] != ids[1], ids
    return {{"first": ids[0]}}
""")

    task = await bench.outcome("jobs: {main: {steps: [{python: 'spawner:spawns'}]}}")

    assert task.status is Status.DONE
    assert len(task.spawned_task_ids) == 2
    for spawned in task.spawned_task_ids:
        assert (await bench.ended(spawned)).status is Status.DONE


async def test_a_rerun_is_a_new_task_linked_to_the_old_one(bench: Bench) -> None:
    first = await bench.outcome(
        f"""
inputs: {{name: string}}
jobs:
  main:
    steps: ['echo "$INPUT_NAME"; test -e {bench.directory}/go']
""",
        inputs={"name": "kept"},
    )
    assert first.status is Status.FAILED
    (bench.directory / "go").touch()

    again = await bench.ended(await bench.rerun(first.id))

    assert again.status is Status.DONE
    assert again.repeated_task_id == first.id
    assert (await bench.task(first.id)).rerun_task_ids == (again.id,)
    assert await bench.log(again.id) == ["kept"]
    with pytest.raises(ConflictError):
        await bench.rerun(again.id)


async def test_a_forced_rerun_takes_user_errors_for_warnings(bench: Bench) -> None:
    first = await bench.outcome(
        "jobs: {main: {steps: [{name: Fails, run: exit 1}, {name: Next, run: 'true'}]}}"
    )

    again = await bench.ended(await bench.rerun(first.id, force=True))

    assert again.status is Status.DONE_WITH_WARNINGS
    assert step_of(again, "Next").status is Status.DONE


async def test_a_lock_is_handed_on_in_order_and_never_held_twice(bench: Bench) -> None:
    work = (
        f"mkdir {bench.directory}/held && echo $INPUT_N >> {bench.directory}/order"
        f" && rmdir {bench.directory}/held"
    )
    text = f"""
inputs: {{n: integer}}
locks: [db]
jobs: {{main: {{steps: ['{work}']}}}}
"""
    task_ids = [await bench.submit(text, inputs={"n": str(n)}) for n in range(10)]

    ended = await asyncio.gather(*map(bench.ended, task_ids))

    assert {task.status for task in ended} == {Status.DONE}
    assert bench.lines("order") == [str(n) for n in range(10)]


async def test_a_lock_of_a_job_is_free_again_when_that_job_ends(bench: Bench) -> None:
    first = await bench.submit(f"""
timeout: 20s
jobs:
  main: {{locks: [db], steps: ['true']}}
  later: {{after: main, steps: ['until test -e {bench.directory}/go; do sleep 0.01; done']}}
""")
    await bench.until(first, lambda task: job_of(task).status.final)

    second = await bench.outcome("jobs: {main: {locks: [db], steps: ['true']}}")

    assert second.status is Status.DONE
    (bench.directory / "go").touch()
    assert (await bench.ended(first)).status is Status.DONE


@pytest.mark.parametrize("where", ["task", "job"])
@pytest.mark.parametrize("wanted", ["task", "job"])
async def test_a_spawned_task_that_needs_a_lock_of_its_origin_is_refused(
    bench: Bench, where: str, wanted: str
) -> None:
    """Also over a task in between. Both would wait for each other for ever."""
    bench.runbook("leaf", locked("db", wanted, "'true'"))
    bench.runbook("middle", spawning("leaf.yml"))

    task = await bench.outcome(locked("db", where, "{name: Spawn, spawn: middle.yml}"))

    assert task.status is Status.FAILED
    (middle,) = task.spawned_task_ids
    error = (await bench.task(middle)).error
    assert error is not None
    assert error.kind == "user"
    assert f"the lock 'db' of task {task.id}" in error.message


async def test_a_spawn_that_does_not_wait_may_need_a_lock_of_its_origin(bench: Bench) -> None:
    bench.runbook("leaf", locked("db", "task", "'true'"))

    task = await bench.outcome(locked("db", "task", "{spawn: leaf.yml, wait: false}"))

    assert task.status is Status.DONE
    assert (await bench.ended(task.spawned_task_ids[0])).status is Status.DONE


async def test_two_origins_that_wait_crosswise_are_told_apart(bench: Bench) -> None:
    """Each holds the lock that the task spawned by the other one needs."""
    for name in ("a", "b"):
        bench.runbook(f"needs-{name}", locked(name, "task", "'true'"))
    meet = "touch HERE/MINE; until test -e HERE/OTHER; do sleep 0.01; done"

    async def origin(mine: str, other: str) -> int:
        first = meet.replace("HERE", str(bench.directory))
        first = first.replace("MINE", mine).replace("OTHER", other)
        steps = f"'{first}', {{name: Spawn, spawn: needs-{other}.yml}}"
        return await bench.submit(locked(mine, "task", steps))

    task_ids = [await origin("a", "b"), await origin("b", "a")]

    ended = [await bench.ended(task_id) for task_id in task_ids]
    assert sorted(task.status for task in ended) == [Status.DONE, Status.FAILED]
    (failed,) = (task for task in ended if task.status is Status.FAILED)
    assert failed.error is not None
    assert all(f"task {task_id}" in failed.error.message for task_id in task_ids)


@pytest.mark.parametrize("forced", [False, True])
async def test_of_tasks_that_hold_what_another_one_wants_one_fails_and_the_others_go_on(
    bench: Bench, forced: bool
) -> None:
    """Three in a circle: each holds its lock as a task, and a later job wants the next one's."""
    names = ("1", "2", "3")

    async def start(mine: str, wanted: str) -> int:
        wait = f"until test -e {bench.directory}/go; do sleep 0.01; done"
        return await bench.submit(
            f"""
locks: ["{mine}"]
timeout: 30s
jobs:
  holds: {{steps: ['echo holds; {wait}']}}
  wants: {{after: holds, locks: ["{wanted}"], steps: [{{name: Work, run: 'true'}}]}}
  last: {{after: wants, steps: ['true']}}
""",
            forced=forced,
        )

    task_ids = [await start(mine, wanted) for mine, wanted in zip(names, "231", strict=True)]
    for task_id in task_ids:
        await bench.until_line(task_id, "holds")
    (bench.directory / "go").touch()

    ended = [await bench.ended(task_id) for task_id in task_ids]
    expected = Status.DONE_WITH_WARNINGS if forced else Status.FAILED
    assert sorted(task.status for task in ended) == sorted([Status.DONE, Status.DONE, expected])
    (refused,) = (task for task in ended if task.status is expected)
    step = step_of(refused, "Work", "wants")
    assert step.attempts == ()
    assert step.status is expected
    message = step.message or ""
    assert "of this task" in message
    assert all(f"task {other}" in message for other in task_ids if other != refused.id)
    assert job_of(refused, "last").status is (Status.DONE if forced else Status.SKIPPED)
    if not forced:
        assert refused.error is not None
        assert refused.error.kind == "user"
        assert refused.error.message == message


async def test_a_circle_through_a_spawned_task_ends_with_a_failure(bench: Bench) -> None:
    """The lock is free when the task is spawned; its second job asks when that is over."""
    here = bench.directory
    bench.runbook(
        "child",
        f"""
jobs:
  first: {{steps: ['until test -e {here}/waits; do sleep 0.01; done']}}
  second: {{after: first, locks: [other], steps: ['true']}}
""",
    )
    origin = await bench.submit(locked("mine", "task", "{name: Spawn, spawn: child.yml}"))
    (child,) = (
        await bench.until(origin, lambda task: bool(task.spawned_task_ids))
    ).spawned_task_ids
    other = await bench.submit("""
locks: [other]
timeout: 30s
jobs:
  first: {steps: ['true']}
  second: {after: first, locks: [mine], steps: ['true']}
""")
    await bench.until(other, lambda task: bool(task.waiting_on))
    (here / "waits").touch()

    ended = {task_id: await bench.ended(task_id) for task_id in (child, origin, other)}

    assert [ended[one].status for one in (child, origin, other)] == ["failed", "failed", "done"]
    error = ended[child].error
    assert error is not None
    assert f"the lock 'mine' of task {origin}, which waits for this task" in error.message


def locked(name: str, where: str, steps: str) -> str:
    """A runbook that needs a lock, as a task or for its job."""
    of_task, of_job = (f"locks: [{name}]\n", "") if where == "task" else ("", f"locks: [{name}], ")
    return f"{of_task}timeout: 20s\njobs: {{main: {{{of_job}steps: [{steps}]}}}}"
