"""How each route of the table is asked about something in a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from integration.api.expected import (
    Expect,
    grants_of_project,
    in_organization,
    key_of_somebody,
    listed,
    of_the_platform,
    organization_itself,
    own_or_all_keys,
    right_first,
    seen_and_allowed,
    submission,
    thing_of_organization,
)
from integration.api.places import FOREIGN, OTHER, OWN, PLACES, PLAIN, Matrix, Place
from tasktrail.model.access import ProjectRole
from tasktrail.model.credential import KeyKind
from tasktrail.model.permission import Permission

Ask = Callable[[Matrix, Place], Any]

UNTIL = (datetime.now(UTC) + timedelta(hours=1)).isoformat()


@dataclass(frozen=True)
class Entry:
    """How a route is asked about something in a place, and what is expected of it.

    `path` and `body` make what is asked for, anew for each request where it changes something.
    """

    expect: Expect
    path: Ask
    body: Ask | None = None
    places: tuple[str, ...] = PLACES
    permission: Permission | None = None
    """The one that counts for this request, where it is another than the route's."""


def _task(end: str = "") -> Ask:
    return lambda _, place: f"/v1/tasks/{place.task['id']}{end}"


def _step(end: str) -> Ask:
    return lambda _, place: f"/v1/task-steps/{place.task['jobs'][0]['steps'][0]['id']}{end}"


def _fixed(path: str) -> Ask:
    return lambda matrix, place: f"/v1{path}"


def _body(**fields: Any) -> Ask:
    return lambda matrix, place: fields


def _named(**fields: Any) -> Ask:
    return lambda matrix, place: {"name": matrix.name(), **fields}


async def _cancel(matrix: Matrix, place: Place) -> str:
    return f"/v1/tasks/{await matrix.sleepy(place)}/cancel"


def _submission(_: Matrix, place: Place) -> dict[str, Any]:
    return {"definition": "hello", "projectIds": list(place.project_ids)}


def _new_member(matrix: Matrix, _: Place) -> dict[str, Any]:
    name = matrix.name()
    return {"email": f"{name}@example.com", "name": name, "role": "member"}


def _of_member(end: str = "") -> Ask:
    async def path(matrix: Matrix, place: Place) -> str:
        return f"/v1/members/{await matrix.member(place)}{end}"

    return path


async def _team(matrix: Matrix, place: Place) -> str:
    team = await matrix.api.people.team(place.organization_id, name=matrix.name())
    return f"/v1/teams/{team}"


async def _team_member(matrix: Matrix, place: Place) -> str:
    user_id = await matrix.member(place)
    team = await matrix.api.people.team(place.organization_id, user_id, name=matrix.name())
    return f"/v1/teams/{team}/members/{user_id}"


def _project(end: str = "") -> Ask:
    return lambda _, place: f"/v1/projects/{place.project_ids[0]}{end}"


async def _grant(matrix: Matrix, place: Place) -> str:
    project_id = place.project_ids[0]
    grant = await matrix.api.people.grant(
        project_id, ProjectRole.READ, user_id=await matrix.member(place)
    )
    return f"/v1/projects/{project_id}/grants/{grant}"


async def _new_grant(matrix: Matrix, place: Place) -> dict[str, Any]:
    return {"userId": await matrix.member(place), "role": "read"}


async def _key(matrix: Matrix, place: Place) -> str:
    user_id = await matrix.member(place)
    key = await matrix.api.key(KeyKind.USER, user_id, place.organization_id)
    return f"/v1/keys/{key.split('_')[1]}"


async def _worker_key(matrix: Matrix, place: Place) -> str:
    keys = matrix.api.world.installation.identities.worker_keys
    made = await keys.create(matrix.api.operator, pool="eu-1")
    return f"/v1/worker-keys/{made.value.key.id}"


async def _support_grant(matrix: Matrix, place: Place) -> str:
    grant = await matrix.api.people.opened(place.organization_id, "nothing")
    return f"/v1/support-grants/{grant}"


def _organization(_: Matrix, place: Place) -> str:
    return f"/v1/organizations/{place.organization_id}"


SEEN = seen_and_allowed(200, Permission.SEE)
IN_PROJECTS = (OWN, OTHER, FOREIGN)
EITHER = (PLAIN, FOREIGN)
ONCE = (PLAIN,)
ACCESS = {"definitions": ["nothing"], "reason": "a test", "expiresAt": UNTIL}

ENTRIES: dict[tuple[str, str], Entry] = {
    ("GET", "/tasks"): Entry(listed, _fixed("/tasks"), places=ONCE),
    ("GET", "/tasks/stream"): Entry(listed, _fixed("/tasks/stream"), places=ONCE),
    ("POST", "/tasks"): Entry(submission, _fixed("/tasks"), _submission),
    ("GET", "/tasks/{id}"): Entry(SEEN, _task()),
    ("GET", "/tasks/{id}/stream"): Entry(SEEN, _task("/stream")),
    ("GET", "/tasks/{id}/events"): Entry(SEEN, _task("/events")),
    ("GET", "/tasks/{id}/logs/search"): Entry(SEEN, _task("/logs/search?q=hello")),
    ("POST", "/tasks/{id}/cancel"): Entry(seen_and_allowed(200, Permission.SEE), _cancel),
    ("POST", "/tasks/{id}/repeat"): Entry(
        seen_and_allowed(201, Permission.SEE), _task("/repeat"), _body(force=True)
    ),
    ("GET", "/task-steps/{id}/logs"): Entry(SEEN, _step("/logs?delivery=inline")),
    ("GET", "/task-steps/{id}/log-url"): Entry(SEEN, _step("/log-url")),
    ("GET", "/task-steps/{id}/log"): Entry(SEEN, _step("/log")),
    ("GET", "/task-steps/{id}/raw-log"): Entry(SEEN, _step("/raw-log")),
    ("GET", "/definitions"): Entry(in_organization(), _fixed("/definitions"), places=ONCE),
    ("GET", "/definitions/{name}"): Entry(
        in_organization(), _fixed("/definitions/hello"), places=ONCE
    ),
    ("GET", "/organizations"): Entry(listed, _fixed("/organizations"), places=ONCE),
    ("GET", "/organizations/{id}"): Entry(organization_itself(), _organization, places=EITHER),
    ("PATCH", "/organizations/{id}"): Entry(
        organization_itself(),
        _organization,
        _body(supportDefault=True),
        places=EITHER,
        permission=Permission.MANAGE_SUPPORT,
    ),
    ("GET", "/members"): Entry(in_organization(), _fixed("/members"), places=ONCE),
    ("POST", "/members"): Entry(in_organization(201), _fixed("/members"), _new_member, places=ONCE),
    ("PATCH", "/members/{userId}"): Entry(
        thing_of_organization(), _of_member(), _body(role="member"), places=EITHER
    ),
    ("DELETE", "/members/{userId}"): Entry(thing_of_organization(), _of_member(), places=EITHER),
    ("POST", "/members/{userId}/link"): Entry(
        thing_of_organization(201), _of_member("/link"), places=EITHER
    ),
    ("GET", "/teams"): Entry(in_organization(), _fixed("/teams"), places=ONCE),
    ("POST", "/teams"): Entry(in_organization(201), _fixed("/teams"), _named(), places=ONCE),
    ("PATCH", "/teams/{id}"): Entry(right_first(), _team, _named(), places=EITHER),
    ("DELETE", "/teams/{id}"): Entry(right_first(), _team, places=EITHER),
    ("PUT", "/teams/{id}/members/{userId}"): Entry(right_first(), _team_member, places=EITHER),
    ("DELETE", "/teams/{id}/members/{userId}"): Entry(right_first(), _team_member, places=EITHER),
    ("GET", "/projects"): Entry(listed, _fixed("/projects"), places=ONCE),
    ("POST", "/projects"): Entry(in_organization(201), _fixed("/projects"), _named(), places=ONCE),
    ("GET", "/projects/{id}"): Entry(grants_of_project(), _project(), places=IN_PROJECTS),
    ("PATCH", "/projects/{id}"): Entry(
        grants_of_project(), _project(), _named(), places=IN_PROJECTS
    ),
    ("GET", "/projects/{id}/grants"): Entry(
        grants_of_project(), _project("/grants"), places=IN_PROJECTS
    ),
    ("PUT", "/projects/{id}/grants"): Entry(
        grants_of_project(), _project("/grants"), _new_grant, places=IN_PROJECTS
    ),
    ("DELETE", "/projects/{id}/grants/{grantId}"): Entry(
        grants_of_project(), _grant, places=IN_PROJECTS
    ),
    ("GET", "/keys"): Entry(own_or_all_keys, _fixed("/keys"), places=ONCE),
    ("POST", "/keys"): Entry(in_organization(201), _fixed("/keys"), _named(), places=ONCE),
    ("DELETE", "/keys/{id}"): Entry(key_of_somebody, _key, places=EITHER),
    ("GET", "/worker-keys"): Entry(of_the_platform(), _fixed("/worker-keys"), places=ONCE),
    ("POST", "/worker-keys"): Entry(
        of_the_platform(201), _fixed("/worker-keys"), _body(pool="eu-1"), places=ONCE
    ),
    ("DELETE", "/worker-keys/{id}"): Entry(of_the_platform(), _worker_key, places=ONCE),
    ("GET", "/support-grants"): Entry(in_organization(), _fixed("/support-grants"), places=ONCE),
    ("POST", "/support-grants"): Entry(
        in_organization(201), _fixed("/support-grants"), _body(**ACCESS), places=ONCE
    ),
    ("DELETE", "/support-grants/{id}"): Entry(right_first(), _support_grant, places=EITHER),
}
"""How each route is asked."""
