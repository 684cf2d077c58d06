"""Running a task again (M13-M16), on real stores."""

from __future__ import annotations

import pytest
from store_bench import ANN
from world_of_actions import EVE, ActionBench

from tasktrail.actions.rerun import rerun
from tasktrail.errors import ConflictError, NotAllowedError, NotFoundError
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.outcome import Failed, Succeeded
from tasktrail.model.status import Status
from tasktrail.store.secrets import secrets_of

BAD = Failed(message="exit code 1", exit_code=1)
RUNBOOK = """
    title: "Build {{ inputs.number }}"
    inputs: {number: integer, token: {type: secret, required: false}}
    resources: [{kind: cluster, id: 7}]
    jobs: {job: {steps: [make]}}
    """
REBUILD = """
from tasktrail import Plan, Secret, task

@task(title="Build {number}", rerunnable="always")
def build(plan: Plan, number: int, token: Secret):
    plan.job("job").command(f"make {number}", env={"TOKEN": token})

@build.rerun
def next_number(inputs):
    return {**inputs, "number": inputs["number"] + 1}
"""


async def failed(actions: ActionBench, text: str = RUNBOOK) -> int:
    """A task that failed."""
    actions.runbook("build", text)
    task_id = await actions.submit(
        "build", inputs={"number": 3, "token": "t0ken"}, projects=("shop",)
    )
    prepared = Succeeded()
    assert await actions.play(task_id, prepared, BAD) is Status.FAILED
    return task_id


async def test_a_rerun_is_a_new_task_by_whoever_asks_linked_to_the_first(
    actions: ActionBench,
) -> None:
    first = await failed(actions)
    before = await actions.bench.state(first)
    again = await actions.rerun(first, EVE)
    assert again != first
    original, copy = await actions.bench.view(first), await actions.bench.view(again)
    assert copy.task.author == EVE
    assert original.task.author == ANN
    assert copy.task.repeated_task_id == first
    assert original.reruns == [again]
    assert copy.plan == original.plan
    assert copy.task.inputs == original.task.inputs
    assert copy.projects == original.projects
    assert copy.resources == original.resources
    assert copy.task.status is Status.QUEUED
    assert not copy.task.forced
    assert await actions.bench.state(first) == before, "final never changes"
    assert await actions.bench.read(lambda c: secrets_of(c, again)) == {"token": "t0ken"}
    assert (await actions.history(first))[-1]["kind"] == "rerun"
    assert (await actions.history(first))[-1]["by"]["name"] == "Eve"


async def test_a_rerun_does_what_was_stored_whatever_became_of_the_definition(
    actions: ActionBench,
) -> None:
    first = await failed(actions)
    (actions.directory / "build.yml").unlink()
    copy = await actions.bench.view(await actions.rerun(first))
    assert copy.plan == (await actions.bench.view(first)).plan


async def test_a_forced_rerun_takes_user_errors_for_warnings(actions: ActionBench) -> None:
    """M16."""
    again = await actions.rerun(await failed(actions), forced=True)
    assert (await actions.show(again))["forced"] is True
    assert await actions.play(again, Succeeded(), BAD) is Status.DONE_WITH_WARNINGS
    third = await actions.rerun(again)
    assert (await actions.show(third))["forced"] is False


async def test_a_task_that_went_well_is_rerun_only_if_its_definition_says_always(
    actions: ActionBench,
) -> None:
    actions.runbook("build", RUNBOOK)
    actions.runbook("backup", RUNBOOK + "\n    rerunnable: always\n")
    once = await actions.submit("build", inputs={"number": 1})
    often = await actions.submit("backup", inputs={"number": 1})
    assert await actions.play(once) is await actions.play(often) is Status.DONE
    with pytest.raises(ConflictError, match="only when they did not end well"):
        await actions.rerun(once)
    assert await actions.play(await actions.rerun(often)) is Status.DONE


async def test_a_canceled_task_may_be_rerun(actions: ActionBench) -> None:
    actions.runbook("build", RUNBOOK)
    task_id = await actions.submit("build", inputs={"number": 1})
    await actions.cancel(task_id)
    assert await actions.play(await actions.rerun(task_id)) is Status.DONE


async def test_never_is_a_refusal_that_says_why(actions: ActionBench) -> None:
    """M15."""
    first = await failed(actions, RUNBOOK + "\n    rerunnable: never\n")
    with pytest.raises(ConflictError, match="rerunnable: never"):
        await actions.rerun(first, forced=True)


async def test_what_cannot_be_run_again_is_refused(actions: ActionBench) -> None:
    actions.runbook("build", RUNBOOK)
    with pytest.raises(NotFoundError):
        await actions.rerun(4711)
    with pytest.raises(ConflictError, match="nothing to run again"):
        await actions.rerun(await actions.record("Noted"))
    live = await actions.submit("build", inputs={"number": 1})
    with pytest.raises(ConflictError, match="has not ended, it is queued"):
        await actions.rerun(live)


async def test_a_hook_makes_a_new_thing_with_new_inputs(actions: ActionBench) -> None:
    """M14."""
    (actions.directory / "build_tasks.py").write_text(REBUILD)
    first = await actions.submit("build", inputs={"number": 3, "token": "t0ken"})
    await actions.play(first)
    again = await actions.rerun(first)
    shown = await actions.show(again)
    assert shown["inputs"] == {"number": 4, "token": "*" * 8}
    assert shown["title"] == "Build 4"
    assert await actions.bench.read(lambda c: secrets_of(c, again)) == {"token": "t0ken"}
    await actions.play(again)
    third = await actions.show(await actions.rerun(again))
    assert third["title"] == "Build 5"


async def test_a_new_plan_links_its_own_projects_and_those_given_at_submission(
    actions: ActionBench,
) -> None:
    (actions.directory / "build_tasks.py").write_text(
        REBUILD.replace("rerunnable=", 'projects=["build-{number}"], rerunnable=')
    )
    first = await actions.submit(
        "build", inputs={"number": 3, "token": "t0ken"}, projects=("shop",)
    )
    await actions.play(first)
    again = await actions.bench.view(await actions.rerun(first))
    assert set((await actions.bench.view(first)).projects.values()) == {"shop", "build-3"}
    assert set(again.projects.values()) == {"shop", "build-4"}


async def test_a_new_plan_needs_the_right_to_run_what_it_is_now(actions: ActionBench) -> None:
    (actions.directory / "build_tasks.py").write_text(
        REBUILD.replace("rerunnable=", 'projects=["build-{number}"], rerunnable=')
    )
    first = await actions.submit("build", inputs={"number": 3, "token": "t0ken"})
    await actions.play(first)
    (own,) = (await actions.bench.view(first)).projects
    member = Actor(
        author=Author(kind=AuthorKind.USER, name="Max", id=22, role=Role.MEMBER),
        organization_id=actions.bench.organization_id,
        projects={own: ProjectRole.WRITE},
    )
    with pytest.raises(NotAllowedError, match="not allowed to run 'build'"):
        await rerun(actions.decisions, actions.library, member, first, forced=False)
    assert (await actions.show(first))["rerunTaskIds"] == []


async def test_a_rerun_whose_hook_is_gone_is_refused(actions: ActionBench) -> None:
    file = actions.directory / "build_tasks.py"
    file.write_text(REBUILD)
    first = await actions.submit("build", inputs={"number": 3, "token": "t0ken"})
    await actions.play(first)
    file.unlink()
    with pytest.raises(NotFoundError):
        await actions.rerun(first)
    assert (await actions.show(first))["rerunTaskIds"] == []
