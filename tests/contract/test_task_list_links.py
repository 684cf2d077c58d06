"""Which tasks a list shows: by what they are about, whom they are by, and their kin."""

from __future__ import annotations

from typing import Any

import pytest
from store_bench import ANN, Bench, one_job
from world_of_actions import EVE, ActionBench

from tasktrail.errors import InvalidInputError
from tasktrail.model.author import Author, AuthorKind, Role, robot
from tasktrail.model.plan import Resource
from tasktrail.model.submission import Origin, Submission
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.task_list import list_tasks
from tasktrail.store.visibility import Sight

CLUSTER, OTHER, APP = Resource("cluster", 7), Resource("cluster", 8), Resource("app", "7")


async def listed(bench: Bench, **wanted: Any) -> list[int]:
    narrowed, sight = TaskFilter(**wanted), Sight(bench.organization_id, None)
    page = await bench.read(lambda connection: list_tasks(connection, sight, narrowed, 1, 50))
    assert page.total == len(page.task_ids)
    return page.task_ids


async def test_tasks_are_found_by_what_they_are_about(actions: ActionBench) -> None:
    bench = actions.bench
    both = await actions.record("Moved", resources=(CLUSTER, OTHER, CLUSTER))
    app = await actions.record("Deployed", resources=(APP,), projects=("shop",))
    await actions.record("Nothing")
    assert await listed(bench, resources=(CLUSTER,)) == [both]
    assert await listed(bench, resources=(Resource("cluster", "7"),)) == [both]
    assert await listed(bench, resources=(OTHER, APP)) == [app, both]
    assert await listed(bench, resources=(Resource("app", 8),)) == []
    assert await listed(bench, resources=(OTHER, APP), projects=("shop",)) == [app]
    assert (await actions.show(both))["resources"] == [
        {"kind": "cluster", "id": 7},
        {"kind": "cluster", "id": 8},
    ]


async def test_tasks_of_projects_are_told_from_those_of_the_organization(
    actions: ActionBench,
) -> None:
    bench = actions.bench
    inside = await actions.record("Deployed", projects=("shop", "blog"))
    outside = await actions.record("User added")
    assert await listed(bench, in_project=True) == [inside]
    assert await listed(bench, in_project=False) == [outside]
    assert await listed(bench, in_project=None) == [outside, inside]


async def test_tasks_are_found_by_name_and_role_of_the_author(bench: Bench) -> None:
    ann = await bench.record("By Ann")
    eve = await bench.record("By Eve", author=EVE)
    once = Author(kind=AuthorKind.USER, name="Eve", id=9, role=Role.SUPPORT)
    support = await bench.record("By Eve of the support", author=once)
    wodbot = await bench.record("By the robot", author=robot("Wodbot"))
    assert await listed(bench, users=("Eve",)) == [support, eve]
    assert await listed(bench, users=("Ann", "Wodbot")) == [wodbot, ann]
    assert await listed(bench, users=("ev",)) == []
    assert await listed(bench, roles=(Role.SUPPORT,)) == [support]
    assert await listed(bench, roles=(Role.ADMIN, Role.SUPPORT)) == [support, eve, ann]
    assert await listed(bench, roles=(Role.ADMIN,), users=("Eve",)) == [eve]


async def test_tasks_are_found_by_their_origin_and_by_what_they_repeat(bench: Bench) -> None:
    first = await bench.submit()
    step = next(iter((await bench.state(first)).steps))
    child = await bench.submit(one_job(), origin=Origin(task_id=first, step_id=step, key="child"))
    again = Submission(
        organization_id=bench.organization_id,
        author=ANN,
        plan=one_job(),
        repeated_task_id=first,
    )
    rerun = await bench.make(lambda ledger: ledger.enter(again))
    assert await listed(bench, origin_task_id=first) == [child]
    assert await listed(bench, origin_task_id=child) == []
    assert await listed(bench, repeated_task_id=first) == [rerun]
    assert await listed(bench, repeated_task_id=rerun) == []


@pytest.mark.parametrize(
    "resource", [Resource("", 7), Resource("app", " "), Resource("a" * 1001, 1)]
)
async def test_a_resource_needs_a_kind_and_an_id(actions: ActionBench, resource: Resource) -> None:
    with pytest.raises(InvalidInputError):
        await actions.record("Noted", resources=(resource,))
    assert await listed(actions.bench) == []


async def test_resources_may_be_asked_for_all_together(actions: ActionBench) -> None:
    bench = actions.bench
    both = await actions.record("Moved", resources=(CLUSTER, APP), projects=("shop",))
    await actions.record("Deployed", resources=(APP,))
    assert await listed(bench, all_resources=(CLUSTER, APP)) == [both]
    assert await listed(bench, all_resources=(CLUSTER, OTHER)) == []
    (project,) = (await actions.show(both))["projectIds"]
    assert await listed(bench, project_ids=(project, 4711)) == [both]
    assert await listed(bench, project_ids=(4711,)) == []
    assert await listed(bench, nothing=True) == []
