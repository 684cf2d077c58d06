"""The operations of a server far away: each named call as requests of the REST API."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar, cast

from tasktrail.actions.task_query import LARGEST_PAGE
from tasktrail.client.api import Api, Body
from tasktrail.client.remote_logs import RemoteLogs
from tasktrail.client.remote_watch import watch
from tasktrail.client.task_parameters import task_parameters
from tasktrail.errors import ConflictError, InvalidInputError, NotFoundError
from tasktrail.local import request
from tasktrail.local.arguments import read_arguments
from tasktrail.local.transport import JsonObject
from tasktrail.model.author import AuthorKind

_F = TypeVar("_F")


class HttpTransport:
    """A `Transport` to a server. What needs its data directory is refused."""

    def __init__(self, api: Api) -> None:
        self._api = api
        logs = RemoteLogs(api)
        self._calls: dict[str, Callable[[JsonObject], Awaitable[object]]] = {
            "submit": self._submit,
            "record": self._record,
            "tasks": self._tasks,
            "task": self._task,
            "history": self._history,
            "cancel": self._cancel,
            "rerun": self._rerun,
            "definitions": self._definitions,
            "definition": self._definition,
            "logBeginnings": logs.beginnings,
        }
        self._streams: dict[str, Callable[[JsonObject], AsyncIterator[object]]] = {
            "watch": lambda arguments: watch(api, logs, arguments),
            "logs": logs.lines,
            "rawLog": logs.raw,
            "search": logs.search,
        }

    async def call(self, operation: str, arguments: JsonObject, /) -> object:
        """See `Transport.call`."""
        return await _of(self._calls, operation)(arguments)

    def stream(self, operation: str, arguments: JsonObject, /) -> AsyncIterator[object]:
        """See `Transport.stream`."""
        return _of(self._streams, operation)(arguments)

    async def _submit(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.Submission)
        _check_author(wanted)
        _check_target(wanted.target)
        body = {
            "definition": wanted.target,
            "inputs": wanted.inputs,
            "projectIds": await self._project_ids(wanted.projects),
            "force": wanted.forced,
            "notBefore": wanted.not_before,
        }
        return await self._accepted("tasks", body)

    async def _record(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.Recording)
        _check_author(wanted)
        body = {
            "immediate": True,
            "name": wanted.name,
            "title": wanted.title,
            "silent": wanted.silent,
            "projectIds": await self._project_ids(wanted.projects),
            "resources": [{"kind": one.kind, "id": one.id} for one in wanted.resources],
        }
        return await self._accepted("tasks", body)

    async def _tasks(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskFilter)
        projects = await self._project_ids(wanted.projects)
        return await self._api.get("tasks", task_parameters(wanted, projects))

    async def _task(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskSelection)
        return await self._api.get(f"tasks/{wanted.id}")

    async def _history(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskSelection)
        return await self._whole(f"tasks/{wanted.id}/events")

    async def _cancel(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskDeed)
        _check_author(wanted)
        return await self._api.post(f"tasks/{wanted.id}/cancel", query={"force": wanted.force})

    async def _rerun(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskDeed)
        _check_author(wanted)
        return await self._accepted(f"tasks/{wanted.id}/repeat", {"force": wanted.force})

    async def _definitions(self, _arguments: JsonObject) -> object:
        return await self._whole("definitions")

    async def _definition(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.DefinitionSelection)
        _check_target(wanted.target)
        return await self._api.get(f"definitions/{wanted.target}")

    async def _accepted(self, path: str, body: Body) -> object:
        """Ask for a new task; one, though the answer may get lost and it is asked for again."""
        return await self._api.post(path, body, once=str(uuid.uuid4()))

    async def _whole(self, path: str) -> dict[str, Any]:
        """A list with the items of all its pages."""
        items: list[Any] = []
        answer: dict[str, Any] = {"nextPage": 1}
        while answer["nextPage"] is not None:
            page = {"page": answer["nextPage"], "pageSize": LARGEST_PAGE}
            answer = cast("dict[str, Any]", await self._api.get(path, page))
            items += answer["items"]
        return answer | {"items": items}

    async def _project_ids(self, names: tuple[str, ...]) -> list[int]:
        """The ids of projects by their names.

        Raises:
            NotFoundError: one is not there, or not to be seen.
        """
        if not names:
            return []
        found = await self._whole("projects")
        known: dict[str, int] = {one["name"]: one["id"] for one in found["items"]}
        for name in names:
            if name not in known:
                raise NotFoundError(f"there is no project {name!r}")
        return [known[name] for name in names]


def _of(known: dict[str, _F], operation: str) -> _F:
    if operation not in known:
        raise ConflictError(
            "this works on the data directory itself: on the machine of the server, not from afar",
            hint="there, without TASKTRAIL_URL, the command finds the data directory",
        )
    return known[operation]


def _check_target(target: str) -> None:
    """Take names of the server's catalog only: nothing of this machine is sent there."""
    if "/" in target or ":" in target:
        raise InvalidInputError(
            f"{target} is a file or a module here, and the server runs its own",
            hint="name a definition of the server ('tasktrail definition list' shows them), "
            "or leave TASKTRAIL_URL out",
        )


def _check_author(deed: request.Deed) -> None:
    if deed.author is not AuthorKind.USER:
        raise InvalidInputError(
            f"a server knows by the key who acts; --author {deed.author} cannot be chosen",
            hint="use a key of that kind",
        )
