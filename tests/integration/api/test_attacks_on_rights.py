"""Acting with rights that one does not have: by rerun, by waiting, by keys of others, by fields."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from integration.api.api_bench import HELLO, ROLES, ApiBench
from tasktrail.model.access import ProjectRole
from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind
from tasktrail.store.identity.tables import memberships, project_grants

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECORD = {"immediate": True, "name": "note", "title": "noted"}


async def somebody(
    api: ApiBench, name: str, role: Role = Role.MEMBER, project: ProjectRole | None = None
) -> int:
    """Somebody new, who can ask as `name`."""
    user_id = api.user_ids[name] = await api.people.member(name, api.organization_id, role)
    if project is not None:
        await api.people.grant(api.project_id, project, user_id=user_id)
    api.keys[name] = await api.key(KeyKind.USER, user_id)
    return user_id


@pytest.mark.parametrize("force", [False, True])
async def test_a_task_of_an_admin_is_run_again_only_by_who_could_submit_it(
    shared: ApiBench, force: bool
) -> None:
    shared.runbook("failing", "rerunnable: always\njobs: {main: {steps: [{run: 'exit 1'}]}}")
    other = await shared.people.project(shared.organization_id, name=f"other-{force}")
    plain = await shared.ran("failing", "admin")
    both = await shared.ran("failing", "admin", projectIds=[shared.project_id, other])
    own = await shared.ran("failing", "admin", projectIds=[shared.project_id])
    for role, expected in (
        ("member", (404, 403, 201)),
        ("reader", (404, 403, 403)),
        ("outsider", (404, 404, 404)),
        ("support", (403, 403, 403)),
        ("foreign", (404, 404, 404)),
    ):
        found = tuple(
            [
                (
                    await shared.ask(
                        "POST", f"/v1/tasks/{task['id']}/repeat", role, json={"force": force}
                    )
                ).status_code
                for task in (plain, both, own)
            ]
        )
        assert found == expected, role
    again = await shared.post(f"/v1/tasks/{own['id']}/repeat", {"force": force}, "member")
    task = await shared.ended(again["taskId"])
    assert task["author"]["id"] == shared.user_ids["member"], "by who asked, not by the admin"
    assert task["author"]["role"] == "member"
    assert task["forced"] is force


async def test_who_loses_the_right_while_a_task_waits_does_not_run_it(shared: ApiBench) -> None:
    held = "locks: [stage]\nsteps: [{name: Hold, run: 'sleep 60', grace: 1s}]"
    shared.runbook("holding", "jobs:\n  main:\n    " + held.replace("\n", "\n    "))
    shared.runbook("waiting", "locks: [stage]\njobs: {main: {steps: [{run: 'echo ran'}]}}")
    holder = await shared.submit("holding")
    losses: dict[str, Any] = {}
    for name in ("taken", "lowered", "removed"):
        user_id = await somebody(shared, name, project=ProjectRole.WRITE)
        losses[name] = user_id, await shared.submit("waiting", name, projectIds=[shared.project_id])
    kept = await shared.submit("waiting", "member", projectIds=[shared.project_id])
    await _take(shared, losses["taken"][0])
    await _lower(shared, losses["lowered"][0])
    await shared.ask("DELETE", f"/v1/members/{losses['removed'][0]}")
    await shared.post(f"/v1/tasks/{holder}/cancel", code=200)
    for name, (_, task_id) in losses.items():
        task = await shared.ended(task_id)
        assert task["status"] in ("failed", "canceled"), name
        assert task["jobs"][0]["steps"][0]["attempts"] == [], "nothing of it ran"
    assert (await shared.ended(kept))["status"] == "done"


async def _take(api: ApiBench, user_id: int) -> None:
    statement = project_grants.delete().where(project_grants.c.user_id == user_id)
    await api.people.write(lambda connection: connection.execute(statement).rowcount)


async def _lower(api: ApiBench, user_id: int) -> None:
    statement = (
        project_grants.update()
        .where(project_grants.c.user_id == user_id)
        .values(role=int(ProjectRole.READ))
    )
    await api.people.write(lambda connection: connection.execute(statement).rowcount)


async def test_an_idempotency_key_is_that_of_one_person(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    key = {"Idempotency-Key": "guessed-1"}
    body = {"definition": "hello", "projectIds": [shared.project_id]}
    first = await shared.ask("POST", "/v1/tasks", "owner", json=body, headers=key)
    assert first.status_code == 201
    other = await shared.ask("POST", "/v1/tasks", "member", json=body, headers=key)
    assert other.status_code == 201
    assert other.json()["taskId"] != first.json()["taskId"]
    for role, status in (("reader", 403), ("outsider", 422), ("foreign", 422)):
        answer = await shared.ask("POST", "/v1/tasks", role, json=body, headers=key)
        assert answer.status_code == status
        assert str(first.json()["taskId"]) not in answer.text
    changed = await shared.ask("POST", "/v1/tasks", "owner", json=RECORD, headers=key)
    assert changed.status_code == 409
    assert str(first.json()["taskId"]) not in changed.json()["message"]
    path = f"/v1/tasks/{first.json()['taskId']}/repeat"
    again = await shared.ask("POST", path, "owner", json={"force": True}, headers=key)
    assert again.status_code == 409


async def test_an_idempotency_key_is_no_way_around_a_right_that_is_gone(shared: ApiBench) -> None:
    """The answer to the same request is the task's id, which its author knows; not the task."""
    user_id = await somebody(shared, "leaving", project=ProjectRole.WRITE)
    shared.runbook("hello", HELLO)
    body = {"definition": "hello", "projectIds": [shared.project_id]}
    sent: dict[str, Any] = {"json": body, "headers": {"Idempotency-Key": "mine"}}
    first = await shared.ask("POST", "/v1/tasks", "leaving", **sent)
    assert first.status_code == 201
    await _take(shared, user_id)
    await asyncio.to_thread(lambda: None)
    shared.world.installation.identities.identification.forget()
    again = await shared.ask("POST", "/v1/tasks", "leaving", **sent)
    assert again.json() == first.json()
    path = f"/v1/tasks/{first.json()['taskId']}"
    assert (await shared.ask("GET", path, "leaving")).status_code == 404
    new = await shared.ask("POST", "/v1/tasks", "leaving", json=body)
    assert new.status_code == 422


async def test_nobody_acts_in_an_organization_by_naming_it(shared: ApiBench) -> None:
    foreign = shared.foreign_organization_id
    for role in ROLES:
        elsewhere = shared.organization_id if role == "foreign" else foreign
        for headers in ({}, {"X-Org-Id": str(elsewhere)}, {"X-Organization": str(elsewhere)}):
            answer = await shared.ask("GET", f"/v1/tasks?orgId={elsewhere}", role, headers=headers)
            assert answer.status_code == 404
            record = await shared.ask(
                "POST", f"/v1/tasks?orgId={elsewhere}", role, json=RECORD, headers=headers
            )
            assert record.status_code == 404
        twice = f"/v1/tasks?orgId={shared.organization_id}&orgId={foreign}"
        assert (await shared.ask("GET", twice, role)).status_code in (200, 404)
        for task in (await shared.ask("GET", twice, role)).json().get("items", []):
            assert task["orgId"] != elsewhere


async def test_who_has_left_has_no_right_in_a_new_membership(shared: ApiBench) -> None:
    """What was granted in person goes with the membership, and does not come back with it."""
    user_id = await somebody(shared, "returning", project=ProjectRole.WRITE)
    assert (await shared.ask("DELETE", f"/v1/members/{user_id}")).status_code == 200
    await shared.people.joins(user_id, shared.organization_id, Role.MEMBER)
    shared.world.installation.identities.identification.forget()
    assert (await shared.ask("GET", "/v1/tasks", "returning")).status_code == 401, "key revoked"
    shared.keys["returning"] = await shared.key(KeyKind.USER, user_id)
    assert (await shared.get("/v1/projects", "returning"))["items"] == []
    statement = memberships.delete().where(memberships.c.user_id == user_id)
    await shared.people.write(lambda connection: connection.execute(statement).rowcount)
