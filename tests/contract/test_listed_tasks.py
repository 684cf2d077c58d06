"""Which tasks a list shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert
from store_bench import ANN, START, Bench, one_job

from tasktrail.errors import InvalidInputError
from tasktrail.model.author import AuthorKind, robot, superadmin
from tasktrail.model.happening import CancelAsked
from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Failed
from tasktrail.model.status import Status
from tasktrail.model.submission import Origin
from tasktrail.store.organizations import ensure_organization, ensure_projects
from tasktrail.store.record_shapes import TASKS
from tasktrail.store.tables import task_plans, task_projects, tasks
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.task_list import (
    DEEPEST_TREE,
    TREE_LIMIT,
    Page,
    list_below,
    list_tasks,
)
from tasktrail.store.task_views import live_task_ids, view_tasks
from tasktrail.store.transaction import Transaction
from tasktrail.store.visibility import Sight


class Shelf:
    """One organization with a task of every sort, by names."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.ids: dict[str, int] = {}

    async def fill(self) -> None:
        bench, ids = self.bench, self.ids
        ids["done"] = await bench.submit(one_job(title="Build 100% of it"))
        await bench.play(ids["done"])
        ids["failed"] = await bench.submit(one_job(title="Deploy a_b", name="deploy"))
        await bench.play(ids["failed"], Failed(message="no"))
        ids["canceled"] = await bench.submit(one_job(name="deploy"), author=robot("Wodbot"))
        await bench.happen(ids["canceled"], CancelAsked(ANN))
        ids["queued"] = await bench.submit(one_job(name="backup"), author=superadmin())
        ids["loud"] = await bench.record("User added")
        ids["silent"] = await bench.record("Looked at", silent=True)
        step = next(iter((await bench.state(ids["done"])).steps))
        origin = Origin(task_id=ids["done"], step_id=step, key="child")
        ids["child"] = await bench.submit(one_job(title="Child"), origin=origin)
        await self.link(shop=("done", "failed"), blog=("failed", "silent"))

    async def link(self, **linked: tuple[str, ...]) -> None:
        def work(transaction: Transaction) -> None:
            for project, names in linked.items():
                (project_id,) = ensure_projects(
                    transaction.connection, self.bench.organization_id, (project,), START
                )
                rows = [{"task_id": self.ids[one], "project_id": project_id} for one in names]
                transaction.connection.execute(insert(task_projects), rows)

        await self.bench.store.write(work)

    async def list(self, page: int = 1, size: int = 50, **wanted: Any) -> list[str]:
        found = await self.page(page, size, **wanted)
        names = {task_id: name for name, task_id in self.ids.items()}
        return [names[task_id] for task_id in found.task_ids]

    async def page(self, page: int, size: int, **wanted: Any) -> Page:
        narrowed, sight = TaskFilter(**wanted), Sight(self.bench.organization_id, None)
        return await self.bench.read(lambda c: list_tasks(c, sight, narrowed, page, size))


@pytest.fixture
async def shelf(bench: Bench) -> Shelf:
    shelf = Shelf(bench)
    await shelf.fill()
    return shelf


async def test_each_filter_alone_and_all_of_them_together(shelf: Shelf) -> None:
    everything = ["child", "loud", "queued", "canceled", "failed", "done"]
    created = (await shelf.bench.state(shelf.ids["queued"])).task.created_at
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({}, everything),
        ({"silent": True}, ["child", "silent", *everything[1:]]),
        ({"statuses": (Status.FAILED, Status.CANCELED)}, ["canceled", "failed"]),
        ({"statuses": (Status.BACKED_OFF,)}, []),
        ({"names": ("deploy", "backup")}, ["queued", "canceled", "failed"]),
        ({"search": "BUILD"}, ["child", "done"]),
        ({"search": "100%"}, ["done"]),
        ({"search": "%"}, ["done"]),
        ({"search": "a_b"}, ["failed"]),
        ({"search": "_"}, ["failed"]),
        ({"search": "/"}, []),
        ({"projects": ("shop",)}, ["failed", "done"]),
        ({"projects": ("shop", "blog")}, ["failed", "done"]),
        ({"projects": ("blog",), "silent": True}, ["silent", "failed"]),
        ({"projects": ("nothing",)}, []),
        ({"authors": (AuthorKind.ROBOT, AuthorKind.SUPERADMIN)}, ["queued", "canceled"]),
        ({"roots_only": True}, everything[1:]),
        ({"created_after": created}, ["child", "loud"]),
        (
            {
                "statuses": (Status.FAILED,),
                "names": ("deploy",),
                "search": "deploy",
                "projects": ("blog",),
                "authors": (AuthorKind.USER,),
                "silent": True,
                "roots_only": True,
                "created_after": START,
            },
            ["failed"],
        ),
    ]
    for wanted, names in expected:
        assert await shelf.list(**wanted) == names, wanted
        assert (await shelf.page(1, 1, **wanted)).total == len(names), wanted


async def test_the_reference_of_an_error_finds_its_task_and_nothing_else(shelf: Shelf) -> None:
    for name in ("failed", "child"):
        task_id = shelf.ids[name]
        assert await shelf.list(search=f"T{task_id}-S1-A1") == [name]
        assert await shelf.list(search=f" t{task_id}-s1-a1", roots_only=True) == [name]
    failed = f"T{shelf.ids['failed']}-S1-A1"
    assert await shelf.list(search=failed, statuses=(Status.DONE,)) == []
    for other in ("T4711-S1-A1", f"{failed}0000000000", f"x{failed}", f"T{shelf.ids['failed']}"):
        assert await shelf.list(search=other) == []


async def test_pages_follow_each_other_without_gaps(shelf: Shelf) -> None:
    whole = await shelf.list()
    pages = [await shelf.list(page, 4) for page in (1, 2, 3)]
    assert pages == [whole[:4], whole[4:], []]
    assert (await shelf.page(3, 4)).total == len(whole)


async def test_other_organizations_are_not_seen(shelf: Shelf) -> None:
    bench = shelf.bench
    other = await bench.store.write(
        lambda transaction: ensure_organization(transaction.connection, "other", START)
    )
    foreign = TaskFilter(projects=("shop",), silent=True)
    for wanted in (foreign, replace(foreign, projects=())):
        found = await bench.read(
            lambda c, wanted=wanted: list_tasks(c, Sight(other, None), wanted, 1, 50)
        )
        assert found == Page([], 0)


async def test_live_tasks_are_listed_oldest_first(shelf: Shelf) -> None:
    live = await shelf.bench.read(live_task_ids)
    assert live == [shelf.ids["queued"], shelf.ids["child"]]


def _sight(bench: Bench) -> Sight:
    return Sight(bench.organization_id, None)


async def _tree(bench: Bench, widths: list[int]) -> list[list[int]]:
    """Levels of tasks under one root, each below the first task of the level above; rows only."""
    state = await bench.state(await bench.submit())
    levels = [[state.task.id]]

    def work(transaction: Transaction) -> None:
        for width in widths:
            ids = [transaction.ids.task() for _ in range(width)]
            template = dict(zip(TASKS.columns, TASKS.values(state.task), strict=True)) | {
                "origin_task_id": levels[-1][0]
            }
            rows = [template | {"id": task_id, "spawn_key": None} for task_id in ids]
            transaction.connection.execute(insert(tasks), rows)
            transaction.connection.execute(
                insert(task_plans), [{"task_id": task_id, "plan": "{}"} for task_id in ids]
            )
            levels.append(ids)

    await bench.store.write(work)
    return levels


async def test_a_tree_shows_all_levels_with_the_parent_of_each(bench: Bench) -> None:
    root, first, second = await _tree(bench, [3, 2])
    below, more = await bench.read(lambda c: list_below(c, _sight(bench), root, silent=False))
    assert below == dict.fromkeys(first, root[0]) | dict.fromkeys(second, first[0])
    assert not more
    assert await bench.read(lambda c: list_below(c, _sight(bench), [], silent=False)) == ({}, False)


@pytest.mark.parametrize(
    ("widths", "more"),
    [([250], False), ([251], True), ([200, 50], False), ([200, 51], True), ([250, 1], True)],
)
async def test_a_tree_ends_after_250_tasks_and_says_so(
    bench: Bench, widths: list[int], *, more: bool
) -> None:
    root, *levels = await _tree(bench, widths)
    below, truncated = await bench.read(lambda c: list_below(c, _sight(bench), root, silent=False))
    assert truncated is more
    assert list(below) == [task_id for level in levels for task_id in level][:TREE_LIMIT]


async def test_a_tree_of_ten_levels_is_shown_and_a_deeper_one_refused(bench: Bench) -> None:
    (root, *below) = await _tree(bench, [1] * (DEEPEST_TREE - 1))
    shown, _ = await bench.read(lambda c: list_below(c, _sight(bench), root, silent=False))
    assert list(shown) == [task_id for (task_id,) in below]
    (deep, *_) = await _tree(bench, [1] * DEEPEST_TREE)
    with pytest.raises(InvalidInputError, match="more than 10 levels"):
        await bench.read(lambda c: list_below(c, _sight(bench), deep, silent=False))


async def test_silent_tasks_are_in_a_tree_only_when_asked_for(shelf: Shelf) -> None:
    bench, root = shelf.bench, shelf.ids["done"]
    silent = shelf.ids["silent"]
    statement = tasks.update().where(tasks.c.id == silent).values(origin_task_id=root)
    await bench.store.write(lambda transaction: transaction.connection.execute(statement).rowcount)
    without, _ = await bench.read(lambda c: list_below(c, _sight(bench), [root], silent=False))
    with_silent, _ = await bench.read(lambda c: list_below(c, _sight(bench), [root], silent=True))
    assert set(without) == {shelf.ids["child"]}
    assert set(with_silent) == {shelf.ids["child"], silent}


async def test_views_show_links_in_both_directions(shelf: Shelf) -> None:
    bench, ids = shelf.bench, shelf.ids
    views = await bench.read(lambda c: view_tasks(c, [*ids.values(), 4711]))
    assert set(views) == set(ids.values())
    assert views[ids["done"]].spawned == [ids["child"]]
    assert views[ids["child"]].task.origin_task_id == ids["done"]
    assert set(views[ids["failed"]].projects.values()) == {"shop", "blog"}
    assert views[ids["loud"]].jobs == []
    assert views[ids["loud"]].task.ended_at is not None
    assert await bench.read(lambda c: view_tasks(c, [])) == {}


async def test_a_start_in_the_far_future_is_kept_exactly(bench: Bench) -> None:
    far = Instant(4_102_444_800_000_001)
    submission = replace(bench.submission(), not_before=far)
    task_id = await bench.make(lambda ledger: ledger.enter(submission))
    task = (await bench.state(task_id)).task
    assert (task.status, task.not_before) == (Status.PENDING, far)
