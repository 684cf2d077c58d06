"""Reading actions show what the rules let somebody see, and nothing else exists for them (M7)."""

from __future__ import annotations

from typing import Any

import pytest
from world_of_actions import ROOT, ActionBench

from tasktrail.actions.browse import browse, show, show_history
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.find_logs import LogSelection, find_logs
from tasktrail.actions.finished_logs import FinishedLogs, find_in
from tasktrail.actions.logs import LogReading
from tasktrail.actions.sight import see_step
from tasktrail.actions.submit_spawned import SpawnWish
from tasktrail.actions.watch import Watching
from tasktrail.errors import NotFoundError
from tasktrail.logs.hub import LogHub
from tasktrail.logs.place import LogPlace
from tasktrail.logs.stores import LogStores
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.store.organizations import ensure_organization, ensure_projects
from tasktrail.store.tables import task_projects
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.transaction import Transaction

MAX = Author(kind=AuthorKind.USER, name="Max", id=22, role=Role.MEMBER)
SUE = Author(kind=AuthorKind.USER, name="Sue", id=21, role=Role.SUPPORT)
ADA = Author(kind=AuthorKind.USER, name="Ada", id=24, role=Role.ADMIN)
OLA = Author(kind=AuthorKind.USER, name="Ola", id=23, role=Role.OWNER)

TWO_STEPS = "jobs: {a: {steps: [make, make install]}}\n"
AROUND_A_SYSTEM_JOB = """
projects: [shop]
jobs:
  a: {steps: [make]}
  inner: {after: [a], system: true, steps: [make]}
  b: {after: [inner], steps: [make install]}
"""
LOCKED = "locks: [cluster]\njobs: {a: {steps: [make]}}\n"


async def reader(actions: ActionBench, *names: str) -> Actor:
    """A member who reads these projects."""
    here, now = actions.bench.organization_id, actions.bench.now
    ids = await actions.bench.store.write(
        lambda transaction: ensure_projects(transaction.connection, here, names, now)
    )
    return Actor(
        author=MAX,
        organization_id=actions.bench.organization_id,
        projects=dict.fromkeys(ids, ProjectRole.READ),
    )


async def page(actions: ActionBench, actor: Actor, **wanted: Any) -> dict[str, Any]:
    tree = wanted.pop("tree", False)
    bench, chosen = actions.bench, TaskFilter(**wanted)
    return await browse(bench.store, actor, chosen, page=1, page_size=30, tree=tree, now=bench.now)


async def shown_to(actions: ActionBench, actor: Actor, task_id: int) -> dict[str, Any]:
    return await show(actions.bench.store, actor, task_id, actions.bench.now)


def ids(shown: dict[str, Any]) -> list[int]:
    assert shown["totalCount"] == len(shown["items"])
    return [item["id"] for item in shown["items"]]


def watching(actions: ActionBench) -> Watching:
    store = actions.bench.store
    finished = FinishedLogs(find_in(store), LogStores(None, {}))
    logs = LogReading(LogPlace(actions.directory), LogHub(), finished)
    return Watching(actions.decisions, Bulletin(), logs)


async def test_what_may_not_be_seen_answers_as_what_does_not_exist(actions: ActionBench) -> None:
    hidden = await actions.submit(actions.runbook("two", TWO_STEPS))
    actor = await reader(actions, "shop")
    store = actions.bench.store

    async def answers(task_id: int) -> list[str]:
        found: list[str] = []
        for ask in (
            lambda: shown_to(actions, actor, task_id),
            lambda: show_history(store, actor, task_id),
            lambda: find_logs(store, actor, task_id, LogSelection(job="a")),
            lambda: anext(watching(actions).watch(actor, task_id, LogSelection())),
            lambda: anext(watching(actions).follow_logs(actor, task_id, LogSelection(), {})),
        ):
            with pytest.raises(NotFoundError) as refused:
                await ask()
            found.append(str(refused.value).replace(str(task_id), "N"))
        return found

    assert await answers(hidden) == await answers(4711) == ["there is no task N"] * 5
    step = next(iter((await actions.bench.state(hidden)).steps))
    for step_id in (step, 4711):
        with pytest.raises(NotFoundError, match=f"^there is no step {step_id}$"):
            await store.read(lambda connection, one=step_id: see_step(connection, actor, one))


async def test_nobody_sees_into_another_organization(actions: ActionBench) -> None:
    task_id = await actions.submit(actions.runbook("two", TWO_STEPS))
    other = await actions.bench.store.write(
        lambda transaction: ensure_organization(transaction.connection, "other", actions.bench.now)
    )
    for author in (OLA, SUE, ROOT):
        foreign = Actor(author=author, organization_id=other)
        with pytest.raises(NotFoundError, match=f"^there is no task {task_id}$"):
            await shown_to(actions, foreign, task_id)
        assert ids(await page(actions, foreign, silent=True)) == []


async def test_a_member_lists_counts_and_searches_only_his_projects(actions: ActionBench) -> None:
    name = actions.runbook("two", TWO_STEPS)
    shop = await actions.submit(name, projects=("shop",))
    both = await actions.submit(name, projects=("shop", "blog"))
    hidden = await actions.submit(name, projects=("blog",))
    await actions.submit(name)
    actor = await reader(actions, "shop")
    assert ids(await page(actions, actor, search=f"T{shop}-S1-A1")) == [shop]
    assert ids(await page(actions, actor, search=f"T{hidden}-S1-A1")) == []
    assert ids(await page(actions, actor)) == [both, shop]
    assert ids(await page(actions, actor, search="two")) == [both, shop]
    assert ids(await page(actions, actor, projects=("shop",))) == [both, shop]
    assert ids(await page(actions, actor, projects=("blog",))) == [], "nor what is linked to it"
    assert ids(await page(actions, actor, in_project=False)) == []
    assert ids(await page(actions, await reader(actions))) == []


async def test_links_to_what_may_not_be_seen_are_left_out(actions: ActionBench) -> None:
    bench, book = actions.bench, actions.runbook("two", TWO_STEPS)
    parent = await actions.submit(book, projects=("shop",))
    child = await spawned(actions, parent, book)
    await bench.store.write(lambda transaction: unlink(transaction, child))
    actor = await reader(actions, "shop")
    store = bench.store
    assert (await shown_to(actions, actor, parent))["spawnedTaskIds"] == []
    assert (await page(actions, actor, tree=True, roots_only=True))["treeItems"] == []
    kinds = [item["kind"] for item in (await show_history(store, actor, parent))["items"]]
    owner = actions.actor(OLA)
    assert (await shown_to(actions, owner, parent))["spawnedTaskIds"] == [child]
    seen = [item["kind"] for item in (await show_history(store, owner, parent))["items"]]
    assert seen.count("spawned") == 1
    assert [kind for kind in seen if kind != "spawned"] == kinds
    tree = await page(actions, owner, tree=True, roots_only=True)
    assert [(one["task"]["id"], one["parentId"]) for one in tree["treeItems"]] == [(child, parent)]


async def test_a_task_whose_origin_may_not_be_seen_is_the_root_of_a_tree(
    actions: ActionBench,
) -> None:
    """The organization's own task works for a project: its members see what was done there."""
    book = actions.runbook("two", TWO_STEPS)
    inside = actions.runbook("inside", f"projects: [shop]\n{TWO_STEPS}")
    parent = await actions.submit(book)
    child = await spawned(actions, parent, inside)
    below = await spawned(actions, child, book)
    actor = await reader(actions, "shop")

    tree = await page(actions, actor, tree=True, roots_only=True)

    assert ids(tree) == [child]
    assert [(one["task"]["id"], one["parentId"]) for one in tree["treeItems"]] == [(below, child)]
    assert (await shown_to(actions, actor, child))["originTaskId"] is None
    assert ids(await page(actions, actor, origin_task_id=parent)) == []
    assert ids(await page(actions, actor, origin_task_id=child)) == [below]
    owner = actions.actor(OLA)
    assert ids(await page(actions, owner, tree=True, roots_only=True)) == [parent]
    assert ids(await page(actions, owner, origin_task_id=parent)) == [child]


async def test_whoever_sees_a_task_sees_what_it_has_spawned(actions: ActionBench) -> None:
    """So the log and the message of a step may name it."""
    inside = actions.runbook("inside", f"projects: [blog]\n{TWO_STEPS}")
    parent = await actions.submit(actions.runbook("two", TWO_STEPS), projects=("shop", "wiki"))
    child = await spawned(actions, parent, inside)
    for name in ("shop", "wiki"):
        actor = await reader(actions, name)
        assert (await shown_to(actions, actor, parent))["spawnedTaskIds"] == [child]
        assert (await shown_to(actions, actor, child))["originTaskId"] == parent
    with pytest.raises(NotFoundError):
        await shown_to(actions, await reader(actions, "blog"), parent)


async def test_of_the_projects_of_a_task_those_are_named_that_may_be_seen(
    actions: ActionBench,
) -> None:
    both = await actions.submit(actions.runbook("two", TWO_STEPS), projects=("shop", "blog"))
    actor = await reader(actions, "shop")
    (shop,) = actor.projects
    (blog,) = (await reader(actions, "blog")).projects
    seen = await shown_to(actions, actor, both)
    assert seen["projectIds"] == [shop]
    assert seen["projects"] == [{"id": shop, "title": "shop"}]
    assert ids(await page(actions, actor, project_ids=(blog,))) == []
    assert ids(await page(actions, actor, project_ids=(blog, shop))) == [both]
    assert (await shown_to(actions, actions.actor(OLA), both))["projectIds"] == sorted([shop, blog])


async def test_a_task_without_jobs_has_no_logs_and_none_of_a_job(actions: ActionBench) -> None:
    task_id = await actions.record("Noted")
    store, owner = actions.bench.store, actions.actor(OLA)
    assert (await find_logs(store, owner, task_id, LogSelection())).logs == []
    assert (await find_logs(store, owner, task_id, LogSelection(attempt=1))).logs == []
    with pytest.raises(NotFoundError, match=f"^task {task_id} has no job 'a'$") as refused:
        await find_logs(store, owner, task_id, LogSelection(job="a"))
    assert refused.value.hint is None
    with pytest.raises(NotFoundError, match=f"^task {task_id} has no step 'make'$"):
        await find_logs(store, owner, task_id, LogSelection(step="make"))


async def spawned(actions: ActionBench, origin: int, target: str) -> int:
    """A task that the first step of `origin` has spawned."""
    await actions.bench.claim(origin)
    state = await actions.bench.state(origin)
    step_id = next(step.id for step in state.steps.values() if not step.system)
    wish = SpawnWish(
        origin=state.task, step_id=step_id, key="one", target=target, root=None, inputs={}
    )
    return await actions.spawn(wish)


def unlink(transaction: Transaction, task_id: int) -> None:
    transaction.connection.execute(task_projects.delete().where(task_projects.c.task_id == task_id))


async def test_the_holder_of_a_lock_is_named_to_those_who_may_see_it(actions: ActionBench) -> None:
    book = actions.runbook("locked", LOCKED)
    holder = await actions.submit(book)
    waiting = await actions.submit(book, projects=("shop",))
    (hidden,) = (await shown_to(actions, await reader(actions, "shop"), waiting))["waitingOn"]
    (seen,) = (await shown_to(actions, actions.actor(OLA), waiting))["waitingOn"]
    assert seen["taskId"] == holder
    assert hidden == seen | {"taskId": None}


async def test_of_jobs_of_the_system_owners_see_that_they_exist_and_members_nothing(
    actions: ActionBench,
) -> None:
    task_id = await actions.submit(actions.runbook("around", AROUND_A_SYSTEM_JOB))
    shown = {
        author.name: await shown_to(actions, actions.actor(author), task_id)
        for author in (OLA, ADA, SUE, ROOT)
    }
    shown["Max"] = await shown_to(actions, await reader(actions, "shop"), task_id)
    order = {
        name: {job["name"]: job["after"] for job in task["jobs"]} for name, task in shown.items()
    }
    assert order["Sue"] == order[ROOT.name] == {"a": [], "inner": ["a"], "b": ["inner"]}
    assert order["Ola"] == order["Ada"] == order["Max"] == {"a": [], "b": ["a"]}
    assert {name: task["hiddenJobs"] for name, task in shown.items()} == {
        "Ola": 1,
        "Ada": 0,
        "Sue": 0,
        ROOT.name: 0,
        "Max": 0,
    }
    assert "inner" not in str(shown["Max"])


async def test_system_steps_and_their_logs_are_for_support(actions: ActionBench) -> None:
    task_id = await actions.submit(actions.runbook("two", TWO_STEPS))
    store = actions.bench.store
    await actions.bench.claim(task_id)

    async def steps(author: Author) -> list[str]:
        (job,) = (await shown_to(actions, actions.actor(author), task_id))["jobs"]
        return [step["name"] for step in job["steps"]]

    for_users, for_support = await steps(OLA), await steps(SUE)
    assert for_support == await steps(ROOT)
    system = [one for one in for_support if one not in for_users]
    assert system
    state = await actions.bench.state(task_id)
    first = next(step for step in state.steps.values() if step.system)
    wanted = LogSelection(step=first.name)
    found = await find_logs(store, actions.actor(SUE), task_id, wanted)
    assert [log.step_id for log in found.logs] == [first.id]
    with pytest.raises(NotFoundError, match="has no step") as refused:
        await find_logs(store, actions.actor(OLA), task_id, wanted)
    assert not set(system) & set((refused.value.hint or "").replace(":", ",").split(", "))
    assert (await find_logs(store, actions.actor(OLA), task_id, LogSelection())).logs == []
    with pytest.raises(NotFoundError, match=f"^there is no step {first.id}$"):
        await store.read(lambda connection: see_step(connection, actions.actor(OLA), first.id))
    _, step = await store.read(
        lambda connection: see_step(connection, actions.actor(SUE), first.id)
    )
    assert step.id == first.id
