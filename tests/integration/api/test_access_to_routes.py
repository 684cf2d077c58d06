"""Every route of tasks, logs and definitions, asked by everybody (access.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from integration.api.api_bench import HELLO, ROLES, ApiBench
from tasktrail.api.route import Public
from tasktrail.api.route_table import ROUTES

pytestmark = pytest.mark.asyncio(loop_scope="module")

INSIDE = {"owner", "admin", "member", "reader", "support", "robot", "superadmin"}
"""Who sees a task of the project."""
ABOVE = {"owner", "admin", "support", "robot", "superadmin"}
"""Who sees a task of the organization."""
RUNNING = {"owner", "admin", "member", "robot", "superadmin"}
"""Who may run tasks in the project; support may not without having been asked in."""


@dataclass(frozen=True)
class World:
    """Tasks to ask about, of the project and of the organization."""

    api: ApiBench
    task: dict[str, Any]
    plain: dict[str, Any]

    def path(self, route: str, task: dict[str, Any]) -> str:
        step = task["jobs"][0]["steps"][0]["id"]
        path = route.replace("/tasks/{id}", f"/tasks/{task['id']}")
        return path.replace("/task-steps/{id}", f"/task-steps/{step}")


@pytest.fixture(scope="module")
def known() -> dict[str, World]:
    return {}


async def world(shared: ApiBench, known: dict[str, World]) -> World:
    if "world" not in known:
        shared.runbook("hello", HELLO)
        task = await shared.ran("hello", projectIds=[shared.project_id])
        known["world"] = World(shared, task, await shared.ran("hello"))
    return known["world"]


ABOUT_A_TASK = [
    route.full_path
    for route in ROUTES
    if route.method == "GET" and route.full_path.startswith(("/v1/tasks/{id}", "/v1/task-steps/"))
]
SIGNED_IN = [route for route in ROUTES if route.access is not Public.YES]


def asked(path: str) -> str:
    return f"{path}?q=hello" if path.endswith("/search") else path


@pytest.mark.parametrize("path", ABOUT_A_TASK)
async def test_a_task_of_a_project_is_there_for_those_who_see_the_project(
    shared: ApiBench, known: dict[str, World], path: str
) -> None:
    here = await world(shared, known)
    for role in ROLES:
        for task, seeing in ((here.task, INSIDE), (here.plain, ABOVE)):
            answer = await shared.ask("GET", asked(here.path(path, task)), role)
            expected = 200 if role in seeing else 404
            assert answer.status_code == expected, f"{role} {path}: {answer.text}"


@pytest.mark.parametrize("path", ABOUT_A_TASK)
async def test_what_may_not_be_seen_is_told_as_what_is_not_there(
    shared: ApiBench, known: dict[str, World], path: str
) -> None:
    here = await world(shared, known)
    for role in ("outsider", "foreign"):
        hidden = await shared.ask("GET", asked(here.path(path, here.task)), role)
        nothing = {"id": 987654321, "jobs": [{"steps": [{"id": 987654321}]}]}
        absent = await shared.ask("GET", asked(here.path(path, nothing)), role)
        assert hidden.status_code == absent.status_code == 404
        words = hidden.json()["message"].split()
        assert [word for word in words if not word.isdecimal()] == [
            word for word in absent.json()["message"].split() if not word.isdecimal()
        ]


@pytest.mark.parametrize("route", SIGNED_IN, ids=lambda route: f"{route.method} {route.full_path}")
@pytest.mark.parametrize("key", [None, "", "wrong", "tt_1_" + "x" * 43, "tt_999_" + "y" * 43])
async def test_nobody_gets_past_a_route_without_a_key_that_is_known(
    shared: ApiBench, route: Any, key: str | None
) -> None:
    path = route.full_path.replace("{id}", "1").replace("{name}", "hello")
    headers = {} if key is None else {"X-API-KEY": key}
    for content in (b"", b"{not json", b'{"force": true}'):
        answer = await shared.client.request(
            route.method,
            path,
            headers={**headers, "Content-Type": "application/json"},
            content=content,
        )
        assert answer.status_code == 401
        assert answer.json()["code"] == "not_signed_in"
        assert answer.headers["www-authenticate"]


async def test_lists_counts_and_searches_hold_what_may_be_seen_alone(
    shared: ApiBench, known: dict[str, World]
) -> None:
    here = await world(shared, known)
    for role in ROLES:
        found = await shared.get("/v1/tasks?names=hello&pageSize=100", role)
        ids = {task["id"] for task in found["items"]}
        assert (here.task["id"] in ids) == (role in INSIDE)
        assert (here.plain["id"] in ids) == (role in ABOVE)
        assert found["totalCount"] == len(found["items"])
        searched = await shared.get("/v1/tasks?search=hello&pageSize=100", role)
        assert searched["totalCount"] == len(searched["items"]) == found["totalCount"]


async def test_tasks_are_run_by_those_who_may_write_in_all_of_their_projects(
    shared: ApiBench, known: dict[str, World]
) -> None:
    await world(shared, known)
    for role in ROLES:
        body = {"definition": "hello", "projectIds": [shared.project_id]}
        answer = await shared.ask("POST", "/v1/tasks", role, json=body)
        # Who does not see the project is told that there is none.
        expected = 422 if role in ("outsider", "foreign") else 403
        assert answer.status_code == (201 if role in RUNNING else expected), f"{role} {answer.text}"
        alone = await shared.ask("POST", "/v1/tasks", role, json={"definition": "hello"})
        running = RUNNING - {"member"} | {"foreign"}
        assert alone.status_code == (201 if role in running else 403), f"{role} {alone.text}"
        record = {"immediate": True, "name": "note", "title": role}
        noted = await shared.ask("POST", "/v1/tasks", role, json=record)
        assert noted.status_code == (201 if role in running else 403), f"{role} {noted.text}"


async def test_tasks_are_run_again_by_those_who_could_submit_them(
    shared: ApiBench, known: dict[str, World]
) -> None:
    await world(shared, known)
    shared.runbook("again", f"rerunnable: always\njobs: {{main: {{{HELLO}}}}}")
    task = await shared.ran("again", projectIds=[shared.project_id])
    for role in ROLES:
        for force in (False, True):
            path = f"/v1/tasks/{task['id']}/repeat"
            answer = await shared.ask("POST", path, role, json={"force": force})
            hidden = role not in INSIDE
            expected = 201 if role in RUNNING else 404 if hidden else 403
            assert answer.status_code == expected, f"{role} {answer.text}"


async def test_tasks_are_canceled_by_owners_and_admins_and_their_authors(
    shared: ApiBench, known: dict[str, World]
) -> None:
    await world(shared, known)
    shared.runbook("sleepy", "steps: [{run: 'sleep 60', grace: 1s}]")
    for role in ROLES:
        task_id = await shared.submit("sleepy", projectIds=[shared.project_id])
        answer = await shared.ask("POST", f"/v1/tasks/{task_id}/cancel", role)
        may = role in RUNNING - {"member"}
        hidden = role not in INSIDE
        assert answer.status_code == (200 if may else 404 if hidden else 403), f"{role}"
        if not may:
            await shared.post(f"/v1/tasks/{task_id}/cancel", code=200)
    own = await shared.submit("sleepy", "member", projectIds=[shared.project_id])
    await shared.post(f"/v1/tasks/{own}/cancel", role="member", code=200)


async def test_system_steps_are_shown_to_support_and_superadmin(
    shared: ApiBench, known: dict[str, World]
) -> None:
    here = await world(shared, known)
    everything = await shared.get(f"/v1/tasks/{here.task['id']}", "superadmin")
    hidden = [step for job in everything["jobs"] for step in job["steps"] if step["isSystem"]]
    assert hidden
    for role in INSIDE:
        task = await shared.get(f"/v1/tasks/{here.task['id']}", role)
        shown = [step for job in task["jobs"] for step in job["steps"] if step["isSystem"]]
        assert (shown == hidden) if role in ("support", "superadmin") else (shown == [])
        told = sum(job["hiddenSteps"] for job in task["jobs"])
        assert told == (len(hidden) if role == "owner" else 0), "owners see that they exist"
        for end in ("logs", "log-url", "log"):
            answer = await shared.ask("GET", f"/v1/task-steps/{hidden[0]['id']}/{end}", role)
            assert answer.status_code == (200 if role in ("support", "superadmin") else 404)


async def test_of_what_can_be_run_system_jobs_are_shown_to_support_and_superadmin(
    shared: ApiBench,
) -> None:
    shared.runbook(
        "around",
        "jobs: {a: {steps: [{run: make}, {run: make, name: Inner, system: true}]},"
        " inner: {after: [a], system: true, steps: [{run: make}]},"
        " b: {after: [inner], steps: [{run: make}]}}",
    )
    for role in INSIDE:
        jobs = (await shared.get("/v1/definitions/around", role))["jobs"]
        order = {job["name"]: job["after"] for job in jobs}
        if role in ("support", "superadmin"):
            assert order == {"a": [], "inner": ["a"], "b": ["inner"]}
            assert len(jobs[0]["steps"]) == 2
        else:
            assert order == {"a": [], "b": ["a"]}
            assert [step["name"] for step in jobs[0]["steps"]] == ["make"]


async def test_everybody_of_an_organization_sees_what_can_be_run(
    shared: ApiBench, known: dict[str, World]
) -> None:
    await world(shared, known)
    (shared.world.directory.path / "definitions" / "wrong.yml").write_text("name: wrong\njobs: 7")
    for role in ROLES:
        found = await shared.get("/v1/definitions", role)
        assert "hello" in [one["name"] for one in found["items"]]
        assert bool(found["broken"]) == (role in ("owner", "admin", "superadmin", "foreign"))
        assert (await shared.get("/v1/definitions/hello", role))["jobs"][0]["name"] == "main"
        assert "file" not in found["items"][0]
