"""A route: one line of the route table, and what its endpoint says about itself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.responses import Response

from tasktrail.model.permission import Permission

Endpoint = Callable[..., Coroutine[Any, Any, Response]]
"""Answers a request; its parameters are FastAPI's."""

E = TypeVar("E", bound=Endpoint)


class Public(Enum):
    """What needs no permission, said explicitly."""

    YES = auto()
    """Anybody, without a credential."""
    SIGNED_IN = auto()
    """Whoever is signed in, about nothing but themselves."""


Access = Permission | Public


@dataclass(frozen=True, slots=True)
class Route:
    """Who may call what. `path` is below `/v1` unless it says `root`."""

    method: str
    path: str
    access: Access
    endpoint: Endpoint
    root: bool = field(default=False, kw_only=True)

    @property
    def answers(self) -> Answers:
        """What the endpoint says that it answers.

        Raises:
            KeyError: it is not marked as an endpoint.
        """
        return ENDPOINTS[self.endpoint]

    @property
    def full_path(self) -> str:
        """The path as a client asks for it."""
        return self.path if self.root else f"/v1{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What an endpoint answers with. `refusals` are the problems beside those of every route,
    `parameters` those of the query that it reads by itself, `empty` statuses without a body."""

    shape: type[BaseModel] | None
    status: int
    media_type: str
    refusals: tuple[HTTPStatus, ...]
    parameters: tuple[dict[str, Any], ...]
    empty: tuple[HTTPStatus, ...]
    documented: bool


ENDPOINTS: dict[Endpoint, Answers] = {}
"""Every endpoint there is; the application does not start when one is in no route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class answers:  # noqa: N801 - a decorator
    """Marks an endpoint and says what it answers; its docstring is its documentation.

    Without a `shape` it answers with text of `media_type`. What is not `documented` is left out of
    the OpenAPI document.
    """

    shape: type[BaseModel] | None = None
    status: int = HTTPStatus.OK
    media_type: str = "application/json"
    refusals: tuple[HTTPStatus, ...] = ()
    parameters: tuple[dict[str, Any], ...] = ()
    empty: tuple[HTTPStatus, ...] = ()
    documented: bool = True

    def __call__(self, endpoint: E) -> E:
        """Mark `endpoint`."""
        ENDPOINTS[endpoint] = Answers(
            shape=self.shape,
            status=self.status,
            media_type=self.media_type,
            refusals=self.refusals,
            parameters=self.parameters,
            empty=self.empty,
            documented=self.documented,
        )
        return endpoint
