"""Every route of the table, asked by everybody about what is theirs and what is not.

What is expected is what `allows` says of the permission that the route table names, about the thing
that the request is about: nobody's rights are written down here a second time. A route that this
does not know how to ask fails the tests.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from integration.api.api_bench import ApiBench
from integration.api.everybody import Somebody
from integration.api.expected import submission
from integration.api.places import OWN, PLAIN, Matrix, Place
from integration.api.route_entries import ENTRIES, Ask
from tasktrail.api.route import Public, Route
from tasktrail.api.route_table import ROUTES
from tasktrail.model.access import Scope, allows
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.permission import Permission

pytestmark = pytest.mark.asyncio(loop_scope="module")

OF_ONESELF = {("GET", "/session"), ("DELETE", "/session"), ("PUT", "/session/password")}
"""About nobody but who has the session; `test_sessions_of_people.py` asks them."""

CREDENTIAL = [route for route in ROUTES if route.access is not Public.YES]
OF_WORKERS = [route for route in CREDENTIAL if route.access is Permission.WORK]
SIGNED_IN = [route for route in CREDENTIAL if route.access is not Permission.WORK]


def key(route: Route) -> tuple[str, str]:
    return route.method, route.path


ASKED = [route for route in SIGNED_IN if key(route) not in OF_ONESELF]


@pytest.fixture(scope="module")
def kept() -> dict[str, Matrix]:
    return {}


async def matrix_of(shared: ApiBench, kept: dict[str, Matrix]) -> Matrix:
    if "matrix" not in kept:
        kept["matrix"] = await Matrix.of(shared)
    return kept["matrix"]


async def test_every_route_is_asked() -> None:
    assert {key(route) for route in SIGNED_IN} == ENTRIES.keys() | OF_ONESELF


async def made(maker: Ask, matrix: Matrix, place: Place) -> Any:
    found = maker(matrix, place)
    return await found if hasattr(found, "__await__") else found


def permission_of(route: Route) -> Permission:
    return route.access if isinstance(route.access, Permission) else Permission.SEE_ORGANIZATION


def expected_of(route: Route, who: Somebody, place: Place) -> int:
    assert who.caller is not None
    entry = ENTRIES[key(route)]
    return entry.expect(who.caller.actor, place, entry.permission or permission_of(route))


@pytest.mark.parametrize("route", ASKED, ids=lambda route: f"{route.method} {route.path}")
async def test_everybody_is_answered_as_the_rules_allow(
    shared: ApiBench, kept: dict[str, Matrix], route: Route
) -> None:
    matrix = await matrix_of(shared, kept)
    entry = ENTRIES[key(route)]
    wrong: list[str] = []
    for name in entry.places:
        place = matrix.places[name]
        for who in matrix.people:
            path = await made(entry.path, matrix, place)
            body = None if entry.body is None else await made(entry.body, matrix, place)
            status, answer = await matrix.answered(who, route.method, path, body)
            expected = expected_of(route, who, place)
            if status != expected:
                text = answer.text if status >= 400 else ""
                wrong.append(f"{who.name}, {name}: {status}, not {expected} {text}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", CREDENTIAL, ids=lambda route: f"{route.method} {route.path}")
async def test_who_is_nobody_any_more_is_told_so_and_nothing_else(
    shared: ApiBench, kept: dict[str, Matrix], route: Route
) -> None:
    matrix = await matrix_of(shared, kept)
    for number in (str(matrix.places[OWN].task["id"]), "987654321", "x"):
        path = filled(route, number)
        for who in matrix.nobody:
            status, answer = await matrix.answered(who, route.method, path)
            assert (status, answer.json()["code"]) == (401, "not_signed_in"), who.name


def filled(route: Route, number: str) -> str:
    path = route.full_path.replace("{name}", "hello")
    for part in ("{id}", "{userId}", "{grantId}", "{taskId}", "{stepId}", "{attempt}"):
        path = path.replace(part, number)
    return path


async def test_what_is_for_workers_is_for_nobody_else_and_nothing_else_for_them(
    shared: ApiBench, kept: dict[str, Matrix]
) -> None:
    """Whatever they ask about, and before anything of the request is looked at."""
    matrix = await matrix_of(shared, kept)
    number = str(matrix.places[OWN].task["id"])
    for route in OF_WORKERS:
        for who in matrix.people:
            status, answer = await matrix.answered(who, route.method, filled(route, number))
            assert (status, answer.json()["code"]) == (403, "not_allowed"), who.name
    keys = shared.world.installation.identities.worker_keys
    secret = str((await keys.create(shared.operator, pool="default")).value.secret)
    worker = Somebody("a worker", {"X-API-KEY": secret}, None)
    for route in SIGNED_IN:
        status, answer = await matrix.answered(worker, route.method, filled(route, number))
        assert (status, answer.json()["code"]) == (403, "not_allowed"), key(route)
    status, _ = await matrix.answered(worker, "GET", "/v1/worker/self")
    assert status == 409, "an engine that carries out its jobs itself has no use for workers"


async def test_lists_hold_what_may_be_seen_one_by_one(
    shared: ApiBench, kept: dict[str, Matrix]
) -> None:
    """And so do their counts, searches, trees, filters and streams."""
    matrix = await matrix_of(shared, kept)
    places = matrix.places.values()
    for who in matrix.people:
        assert who.caller is not None
        actor = who.caller.actor
        seen = {
            place.task["id"] for place in places if allows(actor, Permission.SEE, place.scope())
        }
        all_ids = {place.task["id"] for place in places}
        for query in (
            "names=hello",
            "search=hello&silent=true",
            "names=hello&view=tree",
            "statuses=done&names=hello",
            f"projectIds={','.join(str(one) for place in places for one in place.project_ids)}",
        ):
            found: set[int] = set()
            page = total = 1
            while page is not None:
                path = f"/v1/tasks?{query}&pageSize=100&page={page}"
                status, answer = await matrix.answered(who, "GET", path)
                assert status == 200
                listed = answer.json()
                found |= {task["id"] for task in listed["items"]}
                page, total = listed["nextPage"], listed["totalCount"]
            assert total == len(found), f"{who.name} {query}"
            expected = seen - (
                {matrix.places[PLAIN].task["id"]} if "projectIds" in query else set()
            )
            assert found & all_ids == expected, f"{who.name} {query}"
        for place in places:
            for project in place.project_ids:
                _, answer = await matrix.answered(who, "GET", f"/v1/tasks?projectIds={project}")
                scope = Scope(
                    organization_id=place.organization_id, project_ids=frozenset({project})
                )
                if not allows(actor, Permission.SEE_PROJECT, scope):
                    assert answer.json()["totalCount"] == 0


async def test_who_asks_may_name_the_author_of_a_task_but_is_never_another(
    shared: ApiBench, kept: dict[str, Matrix]
) -> None:
    """Members cancel what they have begun, and nothing of others."""
    matrix = await matrix_of(shared, kept)
    own = matrix.places[OWN]
    for who in matrix.people:
        assert who.caller is not None
        actor = who.caller.actor
        body = {"definition": "sleepy", "projectIds": list(own.project_ids)}
        if submission(actor, own, Permission.SUBMIT) != 201:
            continue
        status, answer = await matrix.answered(who, "POST", "/v1/tasks", body)
        assert status == 201, f"{who.name} {answer.text}"
        task_id = answer.json()["taskId"]
        task = await shared.get(f"/v1/tasks/{task_id}")
        assert task["author"]["kind"] == actor.author.kind
        assert task["author"]["id"] == actor.author.id
        author = Author(
            kind=AuthorKind(task["author"]["kind"]),
            name=task["author"]["name"],
            id=task["author"]["id"],
            role=None if task["author"]["role"] is None else Role(task["author"]["role"]),
        )
        may = allows(actor, Permission.CANCEL, own.scope(author=author))
        status, _ = await matrix.answered(who, "POST", f"/v1/tasks/{task_id}/cancel")
        assert status == (200 if may else 403), who.name
        if not may:
            await shared.post(f"/v1/tasks/{task_id}/cancel", code=200)


async def test_the_rules_expect_answers_of_every_kind(
    shared: ApiBench, kept: dict[str, Matrix]
) -> None:
    """Also for whoever runs this with `-s`: the figures. Other processes may ask for answers."""
    matrix = await matrix_of(shared, kept)
    expected = Counter(
        expected_of(route, who, matrix.places[name])
        for route in ASKED
        for name in ENTRIES[key(route)].places
        for who in matrix.people
    )
    print(f"{len(ASKED)} routes, {expected.total()} requests: {dict(expected)}")
    assert {200, 201, 403, 404} <= set(expected)
