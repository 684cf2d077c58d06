"""Every route of administration, asked by everybody, here and from another organization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.api.api_bench import HELLO, ROLES, ApiBench
from integration.api.conformity import Conformity
from tasktrail.api.route import Public
from tasktrail.api.route_table import ROUTES
from tasktrail.model.access import ProjectRole
from tasktrail.model.credential import KeyKind
from tasktrail.model.permission import Permission

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE = frozenset(ROLES) - {"foreign"}
PEOPLE = HERE - {"robot", "superadmin"}
MANAGERS = frozenset({"owner", "admin", "superadmin"})
"""Who manages members, teams, projects and keys."""
GUARDIANS = frozenset({"owner", "superadmin"})
"""Who manages owners and admins."""
SIGHTLESS = {"outsider": 404, "foreign": 404}
"""Who is told that there is no such project."""
FOREIGN = {"foreign": 404}
AWAY = dict.fromkeys(PEOPLE | {"robot", "foreign"}, 404)
"""Who is told that there is no key of somebody else."""

UNTIL = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
ACCESS = {"definitions": ["deploy"], "reason": "the shop is down", "expiresAt": UNTIL}


@dataclass(frozen=True)
class Case:
    """Who may ask `method path` with `body`; others are refused by 403, or as `refusals` say.
    `own` says that the foreign owner asks about the other organization, and so may, too."""

    method: str
    path: str
    may: frozenset[str]
    body: Any = None
    status: int = 200
    refusals: Mapping[str, int] = field(default_factory=dict[str, int])
    own: bool = False

    @property
    def route(self) -> str:
        """The path as it is in the route table."""
        found = self.path.replace("{organization}", "{id}").replace("{member}", "{userId}")
        for name in ("team", "project", "key", "workerKey", "access"):
            found = found.replace(f"{{{name}}}", "{id}")
        return f"/v1{found.replace('{grant}', '{grantId}')}"

    def expected(self, role: str) -> int:
        if role in self.may or (role == "foreign" and self.own):
            return self.status
        return self.refusals.get(role, 403)


CASES = [
    Case("GET", "/organizations", HERE, own=True),
    Case("GET", "/organizations/{organization}", HERE, refusals=FOREIGN),
    Case(
        "PATCH",
        "/organizations/{organization}",
        frozenset({"owner"}),
        {"supportDefault": True},
        refusals=FOREIGN,
    ),
    Case("GET", "/members", HERE, own=True),
    Case("POST", "/members", MANAGERS, {"role": "member"}, 201, own=True),
    Case("POST", "/members", GUARDIANS, {"role": "admin"}, 201, own=True),
    Case("POST", "/members", GUARDIANS, {"role": "owner"}, 201, own=True),
    Case("PATCH", "/members/{member}", MANAGERS, {"role": "member"}, refusals=FOREIGN),
    Case("PATCH", "/members/{member}", GUARDIANS, {"role": "owner"}, refusals=FOREIGN),
    Case("DELETE", "/members/{member}", MANAGERS, refusals=FOREIGN),
    Case("POST", "/members/{member}/link", MANAGERS, status=201, refusals=FOREIGN),
    Case("GET", "/teams", HERE, own=True),
    Case("POST", "/teams", MANAGERS, {"name": "?"}, 201, own=True),
    Case("PATCH", "/teams/{team}", MANAGERS, {"name": "?"}, refusals=FOREIGN),
    Case("DELETE", "/teams/{team}", MANAGERS, refusals=FOREIGN),
    Case("PUT", "/teams/{team}/members/{member}", MANAGERS, refusals=FOREIGN),
    Case("DELETE", "/teams/{team}/members/{member}", MANAGERS, refusals=FOREIGN),
    Case("GET", "/projects", HERE, own=True),
    Case("POST", "/projects", MANAGERS | {"robot"}, {"name": "?"}, 201, own=True),
    Case("GET", "/projects/{project}", HERE - {"outsider"}, refusals=SIGHTLESS),
    Case("PATCH", "/projects/{project}", MANAGERS, {"name": "?"}, refusals=SIGHTLESS),
    Case("GET", "/projects/{project}/grants", HERE - {"outsider"}, refusals=SIGHTLESS),
    Case("PUT", "/projects/{project}/grants", MANAGERS, {"role": "read"}, refusals=SIGHTLESS),
    Case("DELETE", "/projects/{project}/grants/{grant}", MANAGERS, refusals=SIGHTLESS),
    Case("GET", "/keys", PEOPLE | {"superadmin"}, own=True),
    Case("POST", "/keys", PEOPLE, {"name": "mine"}, 201, own=True),
    Case("POST", "/keys", MANAGERS, {"name": "bot", "kind": "robot"}, 201, own=True),
    Case("DELETE", "/keys/{key}", MANAGERS, refusals=AWAY),
    Case("GET", "/worker-keys", GUARDIANS),
    Case("POST", "/worker-keys", GUARDIANS, {"pool": "eu-1"}, 201),
    Case("DELETE", "/worker-keys/{workerKey}", GUARDIANS),
    Case("GET", "/support-grants", MANAGERS | {"support"}, own=True),
    Case("POST", "/support-grants", frozenset({"owner"}), ACCESS, 201, own=True),
    Case("DELETE", "/support-grants/{access}", frozenset({"owner"}), refusals=FOREIGN),
]

OF_SESSIONS = {"/v1/session", "/v1/session/password"}
"""About nobody but who has the session: see `test_sessions_of_people.py`."""


class Administered:
    """An organization in which there is something new of every kind for each request."""

    def __init__(self, api: ApiBench, conformity: Conformity) -> None:
        self._api = api
        self._conformity = conformity
        self._number = 0

    async def ask(self, case: Case, role: str) -> int:
        """Ask as somebody; the status of the answer, which is as the document says."""
        self._number += 1
        name = f"thing-{self._number}"
        things = {"organization": self._api.organization_id, "project": self._api.project_id}
        if case.path.startswith(("/members/{", "/teams/{", "/keys/{", "/projects/{project}/g")):
            things["member"] = await self._api.people.member(name, self._api.organization_id)
        for kind in ("key", "team", "grant", "access", "workerKey"):
            if f"{{{kind}}}" in case.path:
                things[kind] = await self._new(kind, name, things)
        options = {} if case.body is None else {"json": self._filled(case, name, things)}
        path = f"/v1{case.path.format_map(things)}"
        answer = await self._api.ask(case.method, path, role, **options)
        self._conformity.check(case.method, case.route, answer)
        return answer.status_code

    async def _new(self, kind: str, name: str, things: dict[str, int]) -> int:
        api = self._api
        match kind:
            case "key":
                return int((await api.key(KeyKind.USER, things["member"])).split("_")[1])
            case "team":
                return await api.people.team(api.organization_id, things["member"], name=name)
            case "grant":
                return await api.people.grant(
                    things["project"], ProjectRole.WRITE, user_id=things["member"]
                )
            case "workerKey":
                return (await api.post("/v1/worker-keys", {"pool": "eu-1"}))["id"]
            case _:
                return (await api.post("/v1/support-grants", ACCESS))["id"]

    def _filled(self, case: Case, name: str, things: dict[str, int]) -> dict[str, Any]:
        if case.path == "/members":
            return {"email": f"{name}@example.com", "name": name, **case.body}
        if case.path.endswith("}/grants"):
            return {"userId": things["member"], **case.body}
        return case.body | ({"name": name} if "?" in case.body.values() else {})


@pytest.fixture(scope="module")
def known() -> dict[str, Administered]:
    return {}


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{n} {case.method} {case.path}" for n, case in enumerate(CASES)]
)
async def test_administration_is_for_those_whom_the_rules_name(
    shared: ApiBench, known: dict[str, Administered], case: Case
) -> None:
    if "one" not in known:
        shared.runbook("deploy", HELLO)
        known["one"] = Administered(shared, await Conformity.of(shared))
    found = {role: await known["one"].ask(case, role) for role in ROLES}
    assert found == {role: case.expected(role) for role in ROLES}


async def test_no_route_of_administration_is_left_out() -> None:
    tried = {(case.method, case.route) for case in CASES}
    elsewhere = ("/v1/tasks", "/v1/task-", "/v1/definitions")
    there = {
        (route.method, route.full_path)
        for route in ROUTES
        if route.access not in (Public.YES, Permission.WORK)
        and not route.full_path.startswith(elsewhere)
        and route.full_path not in OF_SESSIONS
    }
    assert tried == there


async def test_another_organization_is_not_even_told_by_its_parameter(shared: ApiBench) -> None:
    for case in CASES:
        if case.method == "GET" and "{" not in case.path:
            path = f"/v1{case.path}?orgId={shared.foreign_organization_id}"
            answer = await shared.ask("GET", path)
            assert answer.status_code == 404
            nothing = await shared.ask("GET", f"/v1{case.path}?orgId=987654")
            assert nothing.status_code == 404
            assert answer.json()["code"] == nothing.json()["code"]
