"""Acting with rights that one does not have: by rerun, by waiting, by keys of others, by fields."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from integration.api.api_bench import HELLO, ROLES, ApiBench
from tasktrail.api.route_table import ROUTES
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


UNASKED: dict[str, Any] = {
    "id": 1,
    "author": {"kind": "superadmin", "name": "Root"},
    "userId": 1,
    "authorId": 1,
    "orgId": 2,
    "organizationId": 2,
    "organization_id": 2,
    "role": "owner",
    "status": "done",
    "isSystem": True,
    "system": True,
    "originTaskId": 1,
    "origin": {"taskId": 1, "stepId": 1, "key": "k"},
    "repeatedTaskId": 1,
    "stepId": 1,
    "createdAt": "2020-01-01T00:00:00Z",
    "endedAt": "2020-01-01T00:00:00Z",
    "support": True,
    "secrets": {},
    "staff": True,
    "passwordHash": "x",
    "password_hash": "x",
    "digest": "x",
    "disabledAt": None,
    "__class__": "x",
    "__proto__": {"role": "owner"},
    "constructor": {"prototype": {}},
}
"""Fields that somebody would like to set."""

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/tasks"): RECORD,
    ("POST", "/v1/session"): {"email": "owner@example.com", "password": "wrong words here"},
    ("POST", "/v1/session/link"): {"token": "x" * 43},
    ("PUT", "/v1/session/password"): {"before": "wrong words here", "after": "other words here"},
    ("PATCH", "/v1/organizations/{id}"): {"supportDefault": True},
    ("POST", "/v1/members"): {"email": "m@example.com", "name": "M"},
    ("PATCH", "/v1/members/{userId}"): {},
    ("POST", "/v1/teams"): {"name": "team"},
    ("PATCH", "/v1/teams/{id}"): {"name": "team"},
    ("POST", "/v1/projects"): {"name": "project"},
    ("PATCH", "/v1/projects/{id}"): {"name": "project"},
    ("PUT", "/v1/projects/{id}/grants"): {},
    ("POST", "/v1/keys"): {"name": "key"},
    ("POST", "/v1/support-grants"): {"definitions": ["a"], "reason": "because"},
}
"""What each route takes, without the fields that are in `UNASKED` as well."""

IGNORING = {("POST", "/v1/tasks/{id}/repeat")}
"""What takes fields that it does not know, as the contract does, and leaves them alone."""

WITHOUT_BODY = {
    ("POST", "/v1/tasks/{id}/cancel"),
    ("POST", "/v1/members/{userId}/link"),
    ("PUT", "/v1/teams/{id}/members/{userId}"),
}
OWN_FIELDS = {
    ("POST", "/v1/members"): {"role"},
    ("PATCH", "/v1/members/{userId}"): {"role"},
    ("PUT", "/v1/projects/{id}/grants"): {"role", "userId"},
}


async def test_every_route_that_takes_a_body_is_attacked() -> None:
    changing = {
        (route.method, route.full_path)
        for route in ROUTES
        if route.method in ("POST", "PUT", "PATCH")
    }
    assert changing == BODIES.keys() | WITHOUT_BODY | IGNORING


@pytest.mark.parametrize(("method", "path"), list(BODIES))
async def test_no_field_is_taken_that_a_request_does_not_have(
    shared: ApiBench, method: str, path: str
) -> None:
    before = (await shared.get("/v1/tasks?silent=true"))["totalCount"]
    here = path.replace("{id}", "1").replace("{userId}", str(shared.user_ids["member"]))
    taken: list[str] = []
    for field, value in UNASKED.items():
        if field in OWN_FIELDS.get((method, path), ()):
            continue
        body = {**BODIES[method, path], field: value}
        answer = await shared.ask(method, here, "owner", json=body)
        if answer.status_code != 422:
            taken.append(field)
        else:
            assert field in [one["field"].rpartition(".")[2] for one in answer.json()["errors"]]
    assert not taken
    assert (await shared.get("/v1/tasks?silent=true"))["totalCount"] == before


async def test_nobody_has_a_change_recorded_that_is_not_theirs_to_make(shared: ApiBench) -> None:
    before = (await shared.get("/v1/tasks?silent=true"))["totalCount"]
    here = f"/v1/organizations/{shared.organization_id}"
    for role in ("member", "reader", "outsider", "support", "robot"):
        for body in ({}, {"name": None}, {"supportDefault": None}, {"supportDefault": True}):
            answer = await shared.ask("PATCH", here, role, json=body)
            assert answer.status_code == 403, f"{role} {body} {answer.text}"
    assert (await shared.get("/v1/tasks?silent=true"))["totalCount"] == before


async def test_a_rerun_leaves_fields_alone_that_it_does_not_have(shared: ApiBench) -> None:
    shared.runbook("again", f"rerunnable: always\njobs: {{main: {{{HELLO}}}}}")
    task = await shared.ran("again", projectIds=[shared.project_id])
    body = UNASKED | {"force": False, "projectIds": [], "inputs": {"a": 1}, "forced": True}
    new = (await shared.post(f"/v1/tasks/{task['id']}/repeat", body, "member"))["taskId"]
    assert new != UNASKED["id"]
    again = await shared.ended(new)
    assert again["author"]["id"] == shared.user_ids["member"]
    assert (again["author"]["kind"], again["author"]["role"]) == ("user", "member")
    assert again["orgId"] == shared.organization_id
    assert again["projectIds"] == [shared.project_id]
    assert (again["originTaskId"], again["repeatedTaskId"]) == (None, task["id"])
    assert (again["system"], again["forced"], again["inputs"]) == (False, False, {})
    assert again["createdAt"] > task["createdAt"]


async def test_a_record_is_by_who_asks_whatever_the_query_says(shared: ApiBench) -> None:
    query = "?author=superadmin&userId=1&role=owner&status=failed&isSystem=true&originTaskId=1"
    task_id = (await shared.post(f"/v1/tasks{query}", RECORD, "admin"))["taskId"]
    task = await shared.get(f"/v1/tasks/{task_id}")
    assert task["author"]["id"] == shared.user_ids["admin"]
    assert task["author"]["role"] == "admin"
    assert (task["status"], task["system"], task["originTaskId"]) == ("done", False, None)
    assert task["orgId"] == shared.organization_id


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
