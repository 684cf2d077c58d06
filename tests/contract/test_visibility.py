"""What SQL lets through is what the rules allow: random tasks and actors, on both databases."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, insert, select
from store_bench import START, Bench, one_job

from tasktrail.actions.permission import scope_of
from tasktrail.model.access import Actor, Permission, ProjectRole, allows
from tasktrail.model.author import Author, AuthorKind, Role, robot, superadmin
from tasktrail.store.organizations import ensure_organization, ensure_projects
from tasktrail.store.record_shapes import TASKS
from tasktrail.store.tables import task_plans, task_projects, tasks
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.task_list import list_below, list_tasks
from tasktrail.store.task_views import view_tasks
from tasktrail.store.transaction import Transaction
from tasktrail.store.visibility import hide_unseen, sight_of, visible_among

TASK_COUNT = 120
ACTOR_COUNT = 60
_EVERYTHING = TaskFilter(silent=True)


@dataclass
class Crowd:
    """Random tasks of two organizations, with random projects and links between them."""

    bench: Bench
    organizations: list[int]
    projects: dict[int, list[int]]
    task_ids: list[int]

    def actor(self, chance: random.Random) -> Actor:
        organization = chance.choice(self.organizations)
        everywhere = [one for found in self.projects.values() for one in found]
        return Actor(
            author=_author(chance),
            organization_id=organization,
            projects={
                one: chance.choice(list(ProjectRole))
                for one in chance.sample([*everywhere, 4711], chance.randint(0, 3))
            },
        )

    def allowed(self, connection: Connection, actor: Actor) -> set[int]:
        """What the one function says, task by task."""
        return {
            task_id
            for task_id, view in view_tasks(connection, self.task_ids).items()
            if allows(actor, Permission.SEE, scope_of(view.task, view.plan, view.projects))
        }


def _author(chance: random.Random) -> Author:
    role = chance.choice([*Role, Role.MEMBER, Role.MEMBER, None])
    person = Author(kind=AuthorKind.USER, name="Max", id=22, role=role)
    return chance.choice([person, person, person, person, robot("Wodbot"), superadmin()])


async def _crowd(bench: Bench, chance: random.Random) -> Crowd:
    template = (await bench.state(await bench.submit(one_job()))).task

    def fill(transaction: Transaction) -> Crowd:
        connection = transaction.connection
        organizations = [
            bench.organization_id,
            ensure_organization(connection, "other", START),
        ]
        projects = {
            one: list(ensure_projects(connection, one, ("shop", "blog", "wiki"), START))
            for one in organizations
        }
        made: dict[int, list[int]] = {one: [] for one in organizations}
        row = dict(zip(TASKS.columns, TASKS.values(template), strict=True))
        for _ in range(TASK_COUNT):
            organization = chance.choice(organizations)
            kin = made[organization]
            task_id = transaction.ids.task()
            linked = chance.sample(projects[organization], chance.choice([0, 0, 1, 1, 2]))
            new = row | {
                "id": task_id,
                "organization_id": organization,
                "spawn_key": None,
                "origin_task_id": chance.choice(kin) if kin and chance.random() < 0.5 else None,
                "repeated_task_id": chance.choice(kin) if kin and chance.random() < 0.3 else None,
            }
            connection.execute(insert(tasks).values(new))
            connection.execute(insert(task_plans).values(task_id=task_id, plan=_PLAN))
            for one in linked:
                connection.execute(insert(task_projects).values(task_id=task_id, project_id=one))
            kin.append(task_id)
        return Crowd(bench, organizations, projects, [one for kin in made.values() for one in kin])

    return await bench.store.write(fill)


_PLAN = '{"definition": "build", "title": "Build", "jobs": []}'


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_lists_trees_and_links_show_what_the_rules_allow(bench: Bench, seed: int) -> None:
    chance = random.Random(seed)
    crowd = await _crowd(bench, chance)
    actors = [crowd.actor(chance) for _ in range(ACTOR_COUNT)]
    sizes: set[int] = set()

    def compare(connection: Connection) -> None:
        for actor in actors:
            allowed = crowd.allowed(connection, actor)
            sight = sight_of(actor)
            assert visible_among(connection, sight, crowd.task_ids) == allowed, actor
            page = list_tasks(connection, sight, _EVERYTHING, 1, 1000)
            own = {one for one in page.task_ids if one in crowd.task_ids}
            assert own == allowed, actor
            assert page.total == len(page.task_ids)
            origins = dict(connection.execute(select(tasks.c.id, tasks.c.origin_task_id)).all())
            roots = list_tasks(connection, sight, TaskFilter(silent=True, roots_only=True), 1, 1000)
            assert set(roots.task_ids) == {one for one in page.task_ids if origins[one] not in own}
            for kin in filter(None, {*origins.values()}):
                asked = TaskFilter(silent=True, origin_task_id=kin)
                found = list_tasks(connection, sight, asked, 1, 1000).task_ids
                expected = {one for one in own if origins[one] == kin and kin in allowed}
                assert {one for one in found if one in own} == expected
            below, _ = list_below(connection, sight, sorted(allowed)[:3], silent=True)
            assert set(below) <= allowed
            views = view_tasks(connection, allowed)
            hide_unseen(connection, sight, views)
            for view in views.values():
                task = view.task
                named = {task.origin_task_id, task.repeated_task_id, *view.spawned, *view.reruns}
                assert named - {None} <= allowed
                seen = actor.projects.keys()
                assert sight.project_ids is None or view.projects.keys() <= seen
            sizes.add(len(allowed))

    await bench.read(compare)
    assert 0 in sizes
    assert len(sizes) > 5


async def test_nothing_is_hidden_that_may_be_seen(bench: Bench) -> None:
    crowd = await _crowd(bench, random.Random(4))
    reader = Author(kind=AuthorKind.USER, name="Max", id=22, role=Role.MEMBER)
    here = crowd.organizations[0]
    actor = Actor(
        author=reader,
        organization_id=here,
        projects=dict.fromkeys(crowd.projects[here], ProjectRole.READ),
    )

    def links(connection: Connection) -> tuple[int, int]:
        allowed = crowd.allowed(connection, actor)
        views = view_tasks(connection, allowed)
        wanted = sum(len(allowed & {*one.spawned, *one.reruns}) for one in views.values())
        hide_unseen(connection, sight_of(actor), views)
        return wanted, sum(len({*one.spawned, *one.reruns}) for one in views.values())

    wanted, shown = await bench.read(links)
    assert wanted == shown > 0
