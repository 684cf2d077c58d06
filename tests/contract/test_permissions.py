"""Actions ask the access rules (M7, M8), on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from store_bench import ANN
from world_of_actions import ActionBench

from tasktrail.actions.browse import browse
from tasktrail.actions.log_erasure import LogErasure
from tasktrail.actions.prune_logs import LogPruning
from tasktrail.actions.record import Recording, record
from tasktrail.actions.submit import Order, submit
from tasktrail.errors import NotAllowedError, NotFoundError
from tasktrail.logs.place import LogPlace
from tasktrail.logs.stores import LogStores
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.author import Author, AuthorKind, Role, robot, superadmin
from tasktrail.model.caller import operator
from tasktrail.model.outcome import Failed
from tasktrail.model.retention import Retention
from tasktrail.model.status import Status
from tasktrail.store.organizations import ensure_projects
from tasktrail.store.tables import projects
from tasktrail.store.task_filter import TaskFilter

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


@pytest.mark.parametrize("written", [("shop",), ("shop", "platform"), ("platform",)])
async def test_only_the_projects_that_a_definition_names_itself_bound_who_may_run_it(
    actions: ActionBench, written: tuple[str, ...]
) -> None:
    """What a member links beside them opens nothing, and a definition without any is for all who
    may write in some project."""
    bench = actions.bench
    ids = await bench.store.write(
        lambda transaction: ensure_projects(
            transaction.connection, bench.organization_id, written, bench.now
        )
    )
    actor = replace(actions.actor(MAX), projects=dict.fromkeys(ids, ProjectRole.WRITE))

    async def run(name: str) -> int:
        definition = await actions.library.load(name, actions.directory)
        order = Order(definition=definition, projects=(written[0],))
        return await submit(actions.decisions, actions.library, actor, order)

    assert await run(actions.runbook("open", CLOSED))
    bound = actions.runbook("bound", f"projects: [platform]\n{CLOSED}")
    if "platform" in written:
        assert await run(bound)
    else:
        with pytest.raises(NotAllowedError, match=r"Max \(member\) is not allowed to run 'bound'"):
            await run(bound)


async def test_a_member_records_only_in_projects_that_he_may_write_in(actions: ActionBench) -> None:
    bench = actions.bench
    shop, blog = await bench.store.write(
        lambda transaction: ensure_projects(
            transaction.connection, bench.organization_id, ("shop", "blog"), bench.now
        )
    )
    max_ = Actor(
        author=MAX,
        organization_id=bench.organization_id,
        projects={shop: ProjectRole.WRITE, blog: ProjectRole.READ},
    )

    def note(*projects: str) -> Recording:
        return Recording(name="note", title="Noted", projects=projects)

    assert await record(actions.decisions, operator(max_), note("shop"))
    for refused in (note("blog"), note("shop", "blog"), note(), note("new")):
        with pytest.raises(NotAllowedError, match="is not allowed to record 'note'"):
            await record(actions.decisions, operator(max_), refused)
    listing = await browse(
        bench.store, actions.actor(), TaskFilter(), page=1, page_size=30, tree=False, now=bench.now
    )
    assert listing["totalCount"] == 1
    names = await bench.read(lambda c: c.execute(select(projects.c.name)).scalars().all())
    assert sorted(names) == ["blog", "shop"]
    with pytest.raises(NotAllowedError):
        await record(actions.decisions, operator(actions.actor(SUE)), note())


async def test_logs_are_removed_by_owners_admins_and_the_robot(
    actions: ActionBench, tmp_path: Path
) -> None:
    store = actions.bench.store
    place, logs = LogPlace(tmp_path), LogStores(None, {})
    erasure = LogErasure(store, place, logs, "here", actions.bench.tick)
    pruning = LogPruning(actions.decisions, place, erasure)
    retention = Retention(age=1.0, size=None)
    for author in (MAX, SUE):
        for ask in (pruning.plan, pruning.prune):
            with pytest.raises(NotAllowedError, match="not allowed to remove logs"):
                await ask(actions.actor(author), retention)
    for author in (ANN, robot("Wodbot"), superadmin()):
        assert (await pruning.prune(actions.actor(author), retention)).logs == ()
