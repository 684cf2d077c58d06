"""Actions ask the access rules (M7, M8), on both databases."""

from __future__ import annotations

import pytest
from world_of_actions import ActionBench

from tasktrail.errors import NotAllowedError, NotFoundError
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.outcome import Failed
from tasktrail.model.status import Status

SUE = Author(kind=AuthorKind.USER, name="Sue", id=21, role=Role.SUPPORT)
MAX = Author(kind=AuthorKind.USER, name="Max", id=22, role=Role.MEMBER)

OPENED = "support: true\njobs: {a: {steps: [make]}}\n"
CLOSED = "jobs: {a: {steps: [make]}}\n"


async def test_support_runs_what_is_opened_to_it_as_that_very_person(actions: ActionBench) -> None:
    task_id = await actions.submit(actions.runbook("opened", OPENED), SUE)
    shown = await actions.show(task_id)
    assert shown["author"] == {"kind": "user", "id": 21, "name": "Sue", "role": "support"}


async def test_support_may_not_run_what_is_not_opened(actions: ActionBench) -> None:
    name = actions.runbook("closed", CLOSED)
    with pytest.raises(NotAllowedError, match=r"Sue \(support\) is not allowed to run 'closed'"):
        await actions.submit(name, SUE)
    with pytest.raises(NotFoundError):
        await actions.show(1)


async def test_support_may_neither_cancel_nor_rerun_what_is_not_opened(
    actions: ActionBench,
) -> None:
    task_id = await actions.submit(actions.runbook("closed", CLOSED))
    with pytest.raises(NotAllowedError, match="cancel task"):
        await actions.cancel(task_id, SUE)
    assert (await actions.show(task_id))["cancel"] is None
    await actions.play(task_id, None, Failed(message="exit code 1"))
    with pytest.raises(NotAllowedError, match="run again task"):
        await actions.rerun(task_id, SUE)


async def test_support_may_rerun_what_is_opened(actions: ActionBench) -> None:
    task_id = await actions.submit(actions.runbook("opened", OPENED))
    assert await actions.play(task_id, None, Failed(message="exit code 1")) is Status.FAILED
    again = await actions.show(await actions.rerun(task_id, SUE))
    assert (again["author"]["name"], again["repeatedTaskId"]) == ("Sue", task_id)


async def test_what_a_member_may_not_see_does_not_exist_for_him(actions: ActionBench) -> None:
    task_id = await actions.submit(actions.runbook("closed", CLOSED))
    with pytest.raises(NotFoundError, match=f"there is no task {task_id}"):
        await actions.cancel(task_id, MAX)
