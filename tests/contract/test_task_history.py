"""The history of a task, read page by page: what is hidden is in no page and no count."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, func, select
from world_of_actions import ROOT, ActionBench

from tasktrail.actions.browse import show_history
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.store.organizations import ensure_projects
from tasktrail.store.tables import task_projects

OLA = Author(kind=AuthorKind.USER, name="Ola", id=23, role=Role.OWNER)
MAX = Author(kind=AuthorKind.USER, name="Max", id=22, role=Role.MEMBER)

BOOK = "jobs: {a: {steps: [make, make install]}, b: {steps: [make]}}\n"


async def pages(actions: ActionBench, actor: Actor, task_id: int, size: int) -> list[Any]:
    """All entries by pages of `size`, each of which names the same total."""
    found: list[Any] = []
    while True:
        page = await show_history(actions.bench.store, actor, task_id, start=len(found), size=size)
        assert len(page["items"]) == min(size, page["totalCount"] - len(found))
        found += page["items"]
        if len(found) == page["totalCount"]:
            return found


async def test_pages_make_up_the_whole_for_everybody(actions: ActionBench) -> None:
    bench = actions.bench
    task_id = await actions.submit(actions.runbook("book", BOOK), projects=("shop",))
    await bench.claim(task_id)
    (shop,) = await bench.store.write(
        lambda one: ensure_projects(one.connection, bench.organization_id, ("shop",), bench.now)
    )
    reader = Actor(
        author=MAX, organization_id=bench.organization_id, projects={shop: ProjectRole.READ}
    )
    lengths: list[int] = []
    for actor in (actions.actor(ROOT), actions.actor(OLA), reader):
        whole = await show_history(bench.store, actor, task_id)
        assert whole["totalCount"] == len(whole["items"])
        for size in (1, 3, 100):
            assert await pages(actions, actor, task_id, size) == whole["items"]
        lengths.append(whole["totalCount"])
    root, owner, member = lengths
    assert root > owner == member, "system steps are told to none but support and Superadmin"


async def test_another_task_is_in_the_count_of_those_only_who_may_see_it(
    actions: ActionBench,
) -> None:
    bench = actions.bench
    task_id = await actions.submit(actions.runbook("book", BOOK), projects=("shop",))
    await actions.cancel(task_id, forced=True)
    before = (await show_history(bench.store, actions.actor(OLA), task_id))["totalCount"]
    await actions.rerun(task_id)
    await bench.store.write(lambda one: _unlink_last(one.connection))
    (shop,) = await bench.store.write(
        lambda one: ensure_projects(one.connection, bench.organization_id, ("shop",), bench.now)
    )
    reader = Actor(
        author=MAX, organization_id=bench.organization_id, projects={shop: ProjectRole.READ}
    )
    assert (await show_history(bench.store, actions.actor(OLA), task_id))[
        "totalCount"
    ] == before + 1
    assert len(await pages(actions, reader, task_id, 2)) == before


def _unlink_last(connection: Connection) -> None:
    """The newest task belongs to no project any more."""
    newest = select(func.max(task_projects.c.task_id)).scalar_subquery()
    connection.execute(delete(task_projects).where(task_projects.c.task_id == newest))


async def test_the_task_that_made_a_project_says_so_to_who_may_see_that_project(
    actions: ActionBench,
) -> None:
    """A name that is not spelled right is a project of its own, and nobody has asked for it."""
    bench, book = actions.bench, actions.runbook("book", BOOK)
    ids = await bench.store.write(
        lambda one: ensure_projects(one.connection, bench.organization_id, ("shop",), bench.now)
    )
    reader = Actor(
        author=MAX, organization_id=bench.organization_id, projects={ids[0]: ProjectRole.READ}
    )

    async def made(task_id: int, actor: Actor) -> list[str]:
        history = await show_history(bench.store, actor, task_id)
        assert history["totalCount"] == len(history["items"])
        return [item["message"] for item in history["items"] if item["kind"] == "project_made"]

    misspelled = await actions.submit(book, projects=("shop", "shpo"))
    shown = await actions.show(misspelled)
    (wrong,) = [one["id"] for one in shown["projects"] if one["title"] == "shpo"]
    assert await made(misspelled, actions.actor(OLA)) == [f"project {wrong}: shpo"]
    assert await made(misspelled, reader) == []
    assert await made(await actions.submit(book, projects=("shpo",)), actions.actor(OLA)) == []
    noted = await actions.record("Noted", projects=("shop", "blog"))
    (told,) = await made(noted, actions.actor(OLA))
    assert told.endswith(": blog")
