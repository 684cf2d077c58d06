"""Tasks that another one has submitted."""

from __future__ import annotations

import asyncio

from conformance.behaviour import behaviour
from conformance.behaviours.reached import WAITS
from conformance.installation import Place
from conformance.site import Site, step_of
from tasktrail.local.shape import Task
from tasktrail.model.status import Status


def spawning(target: str, options: str = "") -> str:
    """A runbook of one step, which spawns a task."""
    return f"jobs: {{main: {{PLACE, steps: [{{name: Spawn, spawn: {target}{options}}}]}}}}"


@behaviour(Place.NARROW)
async def a_spawn_that_waits_takes_no_slot_and_both_ends_know_each_other(site: Site) -> None:
    leaf = site.runbook("leaf", "jobs: {main: {PLACE, steps: ['echo leaf']}}")
    middle = site.runbook("middle", spawning(leaf))

    task = await site.outcome(spawning(middle))

    assert task.status is Status.DONE
    (child,) = task.spawned_task_ids
    assert (await site.task(child)).origin_task_id == task.id
    assert len((await site.task(child)).spawned_task_ids) == 1


@behaviour()
async def a_spawn_that_waits_ends_as_the_other_task_ends(site: Site) -> None:
    bad = site.runbook("bad", "jobs: {main: {steps: [exit 1]}}")
    good = site.runbook("good", "jobs: {main: {steps: ['true']}}")

    ended = await asyncio.gather(*(site.outcome(spawning(one)) for one in (bad, good)))

    assert [task.status for task in ended] == [Status.FAILED, Status.DONE]


@behaviour()
async def a_spawn_that_does_not_wait_hands_the_task_id_on(site: Site) -> None:
    child = site.runbook("child", "jobs: {main: {steps: [exit 1]}}")

    task = await site.outcome(f"""
jobs:
  main:
    steps:
      - {{name: Spawn, spawn: {child}, wait: false}}
      - echo "$OUTPUT_TASK_ID"
""")

    assert task.status is Status.DONE
    assert str(task.spawned_task_ids[0]) in await site.log(task.id)
    assert (await site.ended(task.spawned_task_ids[0])).status is Status.FAILED


@behaviour()
async def a_spawn_of_what_does_not_exist_is_a_user_error(site: Site) -> None:
    task = await site.outcome(spawning("nowhere.yml"))

    assert task.status is Status.FAILED
    assert task.error is not None
    assert task.error.kind == "user"
    assert "nowhere.yml" in task.error.message


@behaviour()
async def a_python_step_spawns_each_task_once(site: Site) -> None:
    child = site.runbook("child", "inputs: {n: integer}\njobs: {main: {steps: ['true']}}")
    site.module(
        "spawner",
        f"""
from tasktrail import Context

def spawns(context: Context):
    ids = [context.spawn({child!r}, {{"n": 1}}, key=key) for key in ("a", "b", "a")]
    assert ids[0] == ids[2] != ids[1], ids
    return {{"first": ids[0]}}
""",
    )

    task = await site.outcome("jobs: {main: {steps: [{python: 'MINE_spawner:spawns'}]}}")

    assert task.status is Status.DONE
    assert len(task.spawned_task_ids) == 2
    for spawned in task.spawned_task_ids:
        assert (await site.ended(spawned)).status is Status.DONE


@behaviour()
async def a_cancel_reaches_the_spawned_task_that_is_waited_for_and_lets_it_clean_up(
    site: Site,
) -> None:
    slow = site.runbook(
        "slow",
        f"""
jobs:
  main:
    steps:
      - {WAITS}
      - {{name: Clean up, when: always, run: sleep 0.5}}
""",
    )
    quick = site.runbook("quick", f"jobs: {{main: {{steps: ['{WAITS}']}}}}")

    async def canceled(child: str) -> Task:
        task_id = await site.submit(spawning(child, ", grace: 50ms"))
        task = await site.until(task_id, lambda task: bool(task.spawned_task_ids))
        (spawned,) = task.spawned_task_ids
        await site.until_line(spawned, "ready")
        await site.cancel(task_id)
        assert (await site.ended(task_id)).status is Status.CANCELED
        return await site.task(spawned)

    of_slow, of_quick = await asyncio.gather(canceled(slow), canceled(quick))

    assert (of_slow.status, of_quick.status) == (Status.CANCELED, Status.CANCELED)
    assert step_of(of_slow, "Clean up").status is Status.DONE
    assert site.processes() == []


NEVER_ENDS = """
jobs:
  main:
    steps:
      - 'echo ready; exec sleep 60'
      - {name: Clean up, when: always, run: 'echo cleaning; exec sleep 60'}
"""


@behaviour()
async def a_time_limit_ends_the_spawned_task_with_its_clean_up_when_the_grace_is_over(
    site: Site,
) -> None:
    child = site.runbook("child", NEVER_ENDS)

    async def timed_out(of_task: str, of_step: str) -> None:
        # Long enough for the clean-up to have begun, also on a machine with much else to do.
        task = await site.outcome(of_task + spawning(child, f", grace: 6s{of_step}"))
        assert task.status is Status.TIMED_OUT
        assert step_of(task, "Spawn").status is Status.TIMED_OUT
        spawned = await site.task(task.spawned_task_ids[0])
        assert spawned.status is Status.CANCELED
        assert step_of(spawned, "Clean up").status is Status.CANCELED

    await asyncio.gather(timed_out("", ", timeout: 10s"), timed_out("timeout: 10s\n", ""))
    assert site.processes() == []


@behaviour()
async def a_definition_that_spawns_itself_comes_to_an_end(site: Site) -> None:
    name = site.runbook("again", spawning("MINE-again"))
    deepest = await site.ended(await site.submit_named(name))
    assert deepest.status is Status.FAILED
    depth = 1
    while deepest.spawned_task_ids:
        deepest = await site.task(deepest.spawned_task_ids[0])
        depth += 1
    assert depth == 10
    assert "spawns itself" in str(step_of(deepest, "Spawn").attempts[0].message)


@behaviour()
async def definitions_that_spawn_each_other_come_to_an_end(site: Site) -> None:
    """None waits for the other, so that nothing else would hold them."""
    site.runbook("there", spawning("MINE-back", ", wait: false"))
    name = site.runbook("back", spawning("MINE-there", ", wait: false"))
    deepest = await site.ended(await site.submit_named(name))
    depth = 1
    while deepest.spawned_task_ids:
        assert deepest.status is Status.DONE
        deepest = await site.ended(deepest.spawned_task_ids[0])
        depth += 1
    assert depth == 10
    assert deepest.status is Status.FAILED
    assert deepest.error is not None
    assert deepest.error.kind == "user"
    assert "10 long already" in deepest.error.message


@behaviour()
async def a_secret_is_not_handed_to_an_input_that_is_shown(site: Site) -> None:
    site.runbook("child", "inputs: {note: {required: true}}\njobs: {main: {steps: ['true']}}")
    task = await site.outcome(
        """
inputs: {token: {type: secret}}
jobs:
  main:
    steps: [{name: Hand over, spawn: MINE-child, inputs: {note: "for {{ inputs.token }}"}}]
""",
        inputs={"token": "TOPSECRET"},
    )
    assert task.status is Status.FAILED
    assert "would show a secret" in str(step_of(task, "Hand over").attempts[0].message)
    assert task.spawned_task_ids == ()
    assert "TOPSECRET" not in repr(task)
