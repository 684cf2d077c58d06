"""How a route reads its requests: who asks comes first, then the body, and who asks once more."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator
from http import HTTPStatus
from typing import Any, cast

import msgspec
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from tasktrail.api.credentials import identify, identify_again
from tasktrail.api.request_form import body_of_another_type, unknown_parameters
from tasktrail.api.worker_credentials import identify_worker, identify_worker_again

DEEPEST = 32
"""Objects and lists within one another that a body may have."""

_WITHOUT_BODY = frozenset({"GET", "HEAD"})

_TOO_DEEP = f"objects and lists are at most {DEEPEST} deep"


class _JsonRequest(Request):
    async def json(self) -> Any:
        """The body.

        Raises:
            JSONDecodeError: it is no JSON, or too deep.
        """
        try:
            content = msgspec.json.decode(await self.body())
        except RecursionError:
            raise json.JSONDecodeError(_TOO_DEEP, "", 0) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from error
        if _is_too_deep(content):
            raise json.JSONDecodeError(_TOO_DEEP, "", 0)
        return content


class OpenRoute(APIRoute):
    """A route for everybody.

    It takes parameters that it does not know: providers of single sign-on send some of their own
    (RFC 6749, 4.1.2), and so do those who pass a link on.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See FastAPI."""
        answer = _typed(self, super().get_route_handler())

        async def answer_anybody(request: Request) -> Response:
            return await answer(_JsonRequest(request.scope, request.receive))

        return answer_anybody


class SignedInRoute(APIRoute):
    """A route for those who are signed in; nothing is read of a request by anybody else.

    A body may take a minute: what counts are the rights of the moment at which all of it is there.
    """

    identify = staticmethod(identify)
    identify_again = staticmethod(identify_again)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See FastAPI."""
        answer = _typed(self, super().get_route_handler())
        parameters = _parameters(self)

        async def answer_known(request: Request) -> Response:
            known = _JsonRequest(request.scope, request.receive)
            await self.identify(known)
            refusal = unknown_parameters(known, parameters)
            if refusal is not None:
                return refusal
            if known.method not in _WITHOUT_BODY:
                try:
                    await known.body()
                except ClientDisconnect:
                    return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it
                await self.identify_again(known)
            return await answer(known)

        return answer_known


class WorkerRoute(SignedInRoute):
    """A route for workers, and for nobody else."""

    identify = staticmethod(identify_worker)
    identify_again = staticmethod(identify_worker_again)


def _typed(
    route: APIRoute, answer: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """`answer`, where a body is read only if it is said to be JSON."""
    if route.body_field is None:
        return answer

    async def answer_typed(request: Request) -> Response:
        try:
            refusal = body_of_another_type(request, await request.body())
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it
        return await answer(request) if refusal is None else refusal

    return answer_typed


def _parameters(route: APIRoute) -> frozenset[str]:
    """The names of what a route reads of a query."""
    extra: list[dict[str, Any]] = (route.openapi_extra or {}).get("parameters", [])
    own = [one["name"] for one in extra if one["in"] == "query"]
    return frozenset(own).union(_queried(route.dependant))


def _queried(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from _queried(inner)


def _is_too_deep(content: object) -> bool:
    level = [content]
    for _ in range(DEEPEST + 1):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return False
    return True


def _inside(content: object) -> list[object]:
    if isinstance(content, dict):
        return list(cast("dict[str, object]", content).values())
    return cast("list[object]", content) if isinstance(content, list) else []
