"""Locks across all kinds of tasks."""

from __future__ import annotations

import asyncio

from conformance.behaviour import behaviour
from conformance.site import Site, job_of, step_of
from tasktrail.model.status import Status

GO = "until test -e HERE/go; do sleep 0.02; done"


def locked(name: str, where: str, steps: str) -> str:
    """A runbook that needs a lock, as a task or for its job."""
    of_task, of_job = (
        (f"locks: [MINE-{name}]\n", "") if where == "task" else ("", f"locks: [MINE-{name}], ")
    )
    return f"{of_task}timeout: 80s\njobs: {{main: {{{of_job}steps: [{steps}]}}}}"


@behaviour()
async def a_lock_is_handed_on_in_order_and_never_held_twice(site: Site) -> None:
    work = "mkdir HERE/held && echo $INPUT_N >> HERE/order && rmdir HERE/held"
    text = f"""
inputs: {{n: integer}}
locks: [MINE-db]
jobs: {{main: {{steps: ['{work}']}}}}
"""
    task_ids = [await site.submit(text, inputs={"n": str(n)}) for n in range(10)]

    ended = await asyncio.gather(*map(site.ended, task_ids))

    assert {task.status for task in ended} == {Status.DONE}
    assert site.lines("order") == [str(n) for n in range(10)]


@behaviour()
async def a_lock_of_a_job_is_free_again_when_that_job_ends(site: Site) -> None:
    first = await site.submit(f"""
timeout: 80s
jobs:
  main: {{locks: [MINE-db], steps: ['true']}}
  later: {{after: main, steps: ['{GO}']}}
""")
    await site.until(first, lambda task: job_of(task).status.final)

    second = await site.outcome("jobs: {main: {locks: [MINE-db], steps: ['true']}}")

    assert second.status is Status.DONE
    site.touch("go")
    assert (await site.ended(first)).status is Status.DONE


@behaviour()
async def a_holder_that_fails_or_is_canceled_blocks_nobody(site: Site) -> None:
    failing = await site.submit(locked("db", "task", f"'{GO}; exit 1'"))
    canceled = await site.submit(locked("db", "task", "'echo ready; exec sleep 60'"))
    last = await site.submit(locked("db", "task", "'true'"))

    site.touch("go")

    assert (await site.ended(failing)).status is Status.FAILED
    await site.until_line(canceled, "ready")
    await site.cancel(canceled)
    assert (await site.ended(canceled)).status is Status.CANCELED
    assert (await site.ended(last)).status is Status.DONE


@behaviour()
async def a_spawned_task_that_needs_a_lock_of_its_origin_is_refused(site: Site) -> None:
    """Also over a task in between. Both would wait for each other for ever."""

    async def refused(where: str, wanted: str) -> None:
        name = f"{where}-{wanted}"
        site.runbook(f"leaf-{name}", locked(name, wanted, "'true'"))
        site.runbook(f"middle-{name}", f"jobs: {{main: {{steps: [{{spawn: MINE-leaf-{name}}}]}}}}")
        task = await site.outcome(
            locked(name, where, f"{{name: Spawn, spawn: MINE-middle-{name}}}")
        )
        assert task.status is Status.FAILED
        (middle,) = task.spawned_task_ids
        error = (await site.task(middle)).error
        assert error is not None
        assert error.kind == "user"
        assert f"the lock '{site.mine}-{name}' of task {task.id}" in error.message

    kinds = ("task", "job")
    await asyncio.gather(*(refused(where, wanted) for where in kinds for wanted in kinds))


@behaviour()
async def a_spawn_that_does_not_wait_may_need_a_lock_of_its_origin(site: Site) -> None:
    site.runbook("leaf", locked("db", "task", "'true'"))

    task = await site.outcome(locked("db", "task", "{spawn: MINE-leaf, wait: false}"))

    assert task.status is Status.DONE
    assert (await site.ended(task.spawned_task_ids[0])).status is Status.DONE


@behaviour()
async def two_origins_that_wait_crosswise_are_told_apart(site: Site) -> None:
    """Each holds the lock that the task spawned by the other one needs."""
    for name in ("a", "b"):
        site.runbook(f"needs-{name}", locked(name, "task", "'true'"))

    async def origin(mine: str, other: str) -> int:
        first = f"touch HERE/{mine}; until test -e HERE/{other}; do sleep 0.02; done"
        steps = f"'{first}', {{name: Spawn, spawn: MINE-needs-{other}}}"
        return await site.submit(locked(mine, "task", steps))

    task_ids = [await origin("a", "b"), await origin("b", "a")]

    ended = [await site.ended(task_id) for task_id in task_ids]
    assert sorted(task.status for task in ended) == [Status.DONE, Status.FAILED]
    (failed,) = (task for task in ended if task.status is Status.FAILED)
    assert failed.error is not None
    assert all(f"task {task_id}" in failed.error.message for task_id in task_ids)


@behaviour()
async def of_tasks_that_hold_what_another_one_wants_one_fails_and_the_others_go_on(
    site: Site,
) -> None:
    """Three in a circle: each holds its lock as a task, and a later job wants the next one's."""
    await assert_circle(site, forced=False)


@behaviour()
async def a_forced_task_in_a_circle_of_locks_goes_on_with_a_warning(site: Site) -> None:
    await assert_circle(site, forced=True)


async def assert_circle(site: Site, *, forced: bool) -> None:
    """One of three gives way, and says to whom."""

    async def start(mine: str, wanted: str) -> int:
        return await site.submit(
            f"""
locks: ["MINE-{mine}"]
timeout: 80s
jobs:
  holds: {{steps: ['echo holds; {GO}']}}
  wants: {{after: holds, locks: ["MINE-{wanted}"], steps: [{{name: Work, run: 'true'}}]}}
  last: {{after: wants, steps: ['true']}}
""",
            forced=forced,
        )

    task_ids = [await start(mine, wanted) for mine, wanted in zip("123", "231", strict=True)]
    for task_id in task_ids:
        await site.until_line(task_id, "holds")
    site.touch("go")

    ended = [await site.ended(task_id) for task_id in task_ids]
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


@behaviour()
async def a_circle_through_a_spawned_task_ends_with_a_failure(site: Site) -> None:
    """The lock is free when the task is spawned; its second job asks when that is over."""
    site.runbook(
        "child",
        f"""
jobs:
  first: {{steps: ['{GO}']}}
  second: {{after: first, locks: [MINE-other], steps: ['true']}}
""",
    )
    origin = await site.submit(locked("mine", "task", "{name: Spawn, spawn: MINE-child}"))
    (child,) = (await site.until(origin, lambda task: bool(task.spawned_task_ids))).spawned_task_ids
    other = await site.submit("""
locks: [MINE-other]
timeout: 80s
jobs:
  first: {steps: ['true']}
  second: {after: first, locks: [MINE-mine], steps: ['true']}
""")
    await site.until(other, lambda task: bool(task.waiting_on))
    site.touch("go")

    ended = {task_id: await site.ended(task_id) for task_id in (child, origin, other)}

    assert [ended[one].status for one in (child, origin, other)] == ["failed", "failed", "done"]
    error = ended[child].error
    assert error is not None
    assert f"the lock '{site.mine}-mine' of task {origin}, which waits for this task" in (
        error.message
    )
