"""Builds the application from the route table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, APIRouter
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from tasktrail.api.gate import Gate
from tasktrail.api.guarded_route import OpenRoute, SignedInRoute, WorkerRoute
from tasktrail.api.observation import Observation
from tasktrail.api.openapi import complete, problem_answers, reference_to
from tasktrail.api.problem import answer_error
from tasktrail.api.route import ENDPOINTS, Public, Route
from tasktrail.api.route_table import ROUTES
from tasktrail.api.security_headers import SecurityHeaders
from tasktrail.api.services import Services
from tasktrail.errors import TasktrailError
from tasktrail.model.permission import Permission

Pages = Callable[[ASGIApp], ASGIApp]
"""Puts pages before what answers a path of no route. Everybody may read them: they hold nothing."""


def build_app(
    services: Services,
    routes: Iterable[Route] = ROUTES,
    *,
    version: str = "0",
    pages: Pages | None = None,
) -> FastAPI:
    """The application that answers with `services`, and beside its routes with `pages`.

    Raises:
        ValueError: a route has no access, or an endpoint no route.
    """
    table = tuple(routes)
    _check(table)
    app = FastAPI(
        title="Tasktrail",
        version=version,
        description=_DESCRIPTION,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers=dict.fromkeys(_REFUSALS, answer_error),
        middleware=[
            Middleware(
                Observation,
                instruments=services.instruments,
                new_reference=services.new_reference,
            ),
            Middleware(SecurityHeaders),
            Middleware(Gate, services=services),
        ],
    )
    app.state.services = services
    # Routes are tried one after another, and no others are asked for as often as those of workers.
    ordered = sorted(_routes(table), key=lambda one: not isinstance(one, WorkerRoute))
    app.router.routes.extend(ordered)
    if pages is not None:
        app.router.default = pages(app.router.default)
    app.openapi = _document_of(app, table)
    return app


_REFUSALS: tuple[int | type[Exception], ...] = (
    TasktrailError,
    HTTPException,
    RequestValidationError,
)

_KNOWN = frozenset((*Permission, *Public))

_WITHOUT_BODY = frozenset({"GET", "DELETE"})

_DESCRIPTION = """\
Tasks of an infrastructure platform: submit, follow, steer and look at them.

Send an API key in the header `X-API-KEY`. Every error is `application/problem+json`. What you may
not see answers 404.
"""


def _check(table: tuple[Route, ...]) -> None:
    for route in table:
        if route.access not in _KNOWN:
            raise ValueError(f"{route.method} {route.full_path} has no permission")
        if route.endpoint not in ENDPOINTS:
            raise ValueError(f"{route.endpoint.__qualname__} is not marked as an endpoint")
    left_out = ENDPOINTS.keys() - {route.endpoint for route in table}
    if left_out:
        names = ", ".join(sorted(endpoint.__qualname__ for endpoint in left_out))
        raise ValueError(f"endpoints without an entry in the route table: {names}")


@cache
def _routes(table: tuple[Route, ...]) -> list[BaseRoute]:
    """What answers, the same in each application of a process: to find out what an endpoint wants
    takes more than half of what a server costs until it listens."""
    router = APIRouter(redirect_slashes=False)
    for route in table:
        _add(router, route)
    return router.routes


def _add(router: APIRouter, route: Route) -> None:
    answers = route.answers
    summary, _, description = inspect.cleandoc(route.endpoint.__doc__ or "").partition("\n")
    router.add_api_route(
        route.full_path,
        route.endpoint,
        methods=[route.method],
        status_code=answers.status,
        response_model=None,
        response_class=Response if answers.shape is None else JSONResponse,
        responses={**_answer(route), **problem_answers(_refusals(route))},
        summary=summary,
        description=description.strip(),
        operation_id=route.endpoint.__name__,
        tags=[_tag(route)],
        include_in_schema=answers.documented,
        route_class_override=_route_class(route),
        openapi_extra=_extra(route),
    )


def _route_class(route: Route) -> type[APIRoute]:
    match route.access:
        case Public.YES:
            return OpenRoute
        case Permission.WORK:
            return WorkerRoute
        case _:
            return SignedInRoute


def _extra(route: Route) -> dict[str, Any]:
    extra: dict[str, Any] = {"security": []} if route.access is Public.YES else {}
    if route.answers.parameters:
        extra["parameters"] = list(route.answers.parameters)
    return extra


def _answer(route: Route) -> dict[int | str, dict[str, Any]]:
    answers = route.answers
    shape = {"type": "string"} if answers.shape is None else reference_to(answers.shape.__name__)
    empty = {int(status): {"description": status.phrase} for status in answers.empty}
    return {int(answers.status): {"content": {answers.media_type: {"schema": shape}}}, **empty}


def _refusals(route: Route) -> set[HTTPStatus]:
    """The problems that the route may answer with."""
    found = {HTTPStatus.UNPROCESSABLE_ENTITY, *route.answers.refusals}
    if route.access is not Public.YES:
        found |= {
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.TOO_MANY_REQUESTS,
        }
    if route.method not in _WITHOUT_BODY:
        found.add(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return found | {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }


def _tag(route: Route) -> str:
    return route.endpoint.__module__.rpartition(".")[2].replace("_", " ")


def _document_of(app: FastAPI, table: tuple[Route, ...]) -> Callable[[], dict[str, Any]]:
    """Made when somebody asks for it, schemas of answers included: most servers are never asked."""
    make = app.openapi
    shapes = [route.answers.shape for route in table]
    paths = dict.fromkeys(route.full_path for route in table)

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = make()
            made["paths"] = {path: made["paths"][path] for path in paths if path in made["paths"]}
            app.openapi_schema = complete(made, [shape for shape in shapes if shape is not None])
        return app.openapi_schema

    return document
