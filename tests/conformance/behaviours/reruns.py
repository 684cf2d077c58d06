"""Running a task again."""

from __future__ import annotations

import pytest

from conformance.behaviour import behaviour
from conformance.site import Site, step_of
from tasktrail.errors import ConflictError
from tasktrail.model.status import Status


@behaviour()
async def a_rerun_is_a_new_task_linked_to_the_old_one_with_its_inputs(site: Site) -> None:
    first = await site.outcome(
        """
inputs: {name: string, token: secret}
jobs:
  main:
    steps: ['echo "$INPUT_NAME"; test "$INPUT_TOKEN" = sesame-42; test -e HERE/go']
""",
        inputs={"name": "kept", "token": "sesame-42"},
    )
    assert first.status is Status.FAILED
    site.touch("go")

    again = await site.ended(await site.rerun(first.id))

    assert again.status is Status.DONE
    assert again.id != first.id
    assert again.repeated_task_id == first.id
    assert (await site.task(first.id)).rerun_task_ids == (again.id,)
    assert await site.log(again.id) == ["kept"]
    assert again.author == first.author


@behaviour()
async def what_may_be_rerun_is_said_by_its_definition(site: Site) -> None:
    """By default what did not go well; `always` everything; `never` nothing, as it then says."""
    allowed = {
        ("", "exit 1"): True,
        ("", "true"): False,
        ("rerunnable: always\n", "true"): True,
        ("rerunnable: never\n", "exit 1"): False,
    }
    for (option, command), expected in allowed.items():
        ended = await site.outcome(f"{option}jobs: {{main: {{steps: ['{command}']}}}}")
        if expected:
            await site.ended(await site.rerun(ended.id))
            continue
        with pytest.raises(ConflictError) as refusal:
            await site.rerun(ended.id)
        if "never" in option:
            assert "never" in str(refusal.value)


@behaviour()
async def a_rerun_does_what_was_stored_whatever_became_of_the_definition(site: Site) -> None:
    name = site.runbook("changing", "jobs: {main: {steps: ['echo old; test -e HERE/go']}}")
    first = await site.ended(await site.submit_named(name))
    site.runbook("changing", "jobs: {main: {steps: ['echo something quite new; true']}}")
    site.touch("go")

    again = await site.ended(await site.rerun(first.id))

    assert again.status is Status.DONE
    assert await site.log(again.id) == ["old"]


@behaviour()
async def the_hook_of_a_definition_makes_the_inputs_of_a_rerun(site: Site) -> None:
    site.module(
        "numbers_tasks",
        """
import tasktrail

@tasktrail.task(name="MINE-build")
def build(plan: tasktrail.Plan, number: int) -> None:
    plan.job("main").command('echo "build $NUMBER"; exit 1', env={"NUMBER": str(number)})

@build.rerun
def next_number(inputs: dict) -> dict:
    return {**inputs, "number": inputs["number"] + 1}
""",
    )
    first = await site.ended(await site.submit_named(f"{site.mine}-build", inputs={"number": "7"}))

    again = await site.ended(await site.rerun(first.id))

    assert await site.log(first.id) == ["build 7"]
    assert await site.log(again.id) == ["build 8"]
    assert again.inputs == {"number": 8}


@behaviour()
async def a_forced_rerun_takes_user_errors_for_warnings(site: Site) -> None:
    first = await site.outcome(
        "jobs: {main: {steps: [{name: Fails, run: exit 1}, {name: Next, run: 'true'}]}}"
    )

    again = await site.ended(await site.rerun(first.id, force=True))

    assert again.status is Status.DONE_WITH_WARNINGS
    assert step_of(again, "Next").status is Status.DONE
