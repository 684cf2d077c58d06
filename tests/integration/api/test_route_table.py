from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.routing import APIRoute
from starlette.responses import Response

from tasktrail.api.app import build_app
from tasktrail.api.route import ENDPOINTS, Public, Route, answers
from tasktrail.api.route_table import ROUTES
from tasktrail.bootstrap import World, http_services, open_world
from tasktrail.model.permission import Permission


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "data", engine=False) as world:
        yield world


@pytest.fixture
def stray() -> Iterator[Any]:
    @answers(shape=None)
    async def stray_endpoint() -> Response:
        """Do something"""
        return Response()

    yield stray_endpoint
    del ENDPOINTS[stray_endpoint]


async def test_every_route_of_the_application_is_in_the_table_with_an_access(world: World) -> None:
    app = build_app(http_services(world))
    served = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert served == {(route.method, route.full_path) for route in ROUTES}
    assert len(app.routes) == len(ROUTES), "something is served beside the table"
    assert all(isinstance(route.access, Permission | Public) for route in ROUTES)


async def test_an_endpoint_without_an_entry_keeps_it_from_starting(
    world: World, stray: Any
) -> None:
    with pytest.raises(ValueError, match=r"without an entry in the route table: .+stray_endpoint"):
        build_app(http_services(world))
    table = (*ROUTES, Route("GET", "/stray", Public.SIGNED_IN, stray))
    build_app(http_services(world), table)


async def test_a_route_without_a_permission_keeps_it_from_starting(world: World) -> None:
    first = ROUTES[0]
    bare = Route(first.method, first.path, cast("Permission", None), first.endpoint)
    with pytest.raises(ValueError, match="GET /v1/tasks has no permission"):
        build_app(http_services(world), (bare, *ROUTES[1:]))


async def test_an_endpoint_that_says_nothing_about_itself_keeps_it_from_starting(
    world: World,
) -> None:
    async def silent() -> Response:
        return Response()

    table = (*ROUTES, Route("GET", "/silent", Public.YES, silent))
    with pytest.raises(ValueError, match="silent is not marked as an endpoint"):
        build_app(http_services(world), table)


def test_what_needs_no_credential_is_known() -> None:
    """Whoever adds such a route says so here, too."""
    assert {route.full_path for route in ROUTES if route.access is Public.YES} == {
        "/v1/task-logs/{token}",
        "/v1/openapi.json",
        "/v1/sign-in-methods",
        "/v1/session",
        "/v1/session/link",
        "/v1/session/link/look",
        "/v1/session/oidc",
        "/v1/session/oidc/callback",
        "/docs",
        "/docs/style.css",
        "/healthz",
        "/readyz",
        "/metrics",
    }
