"""The parameters of `GET /tasks`, as the OpenAPI document describes them.

They are read by `actions.task_query`, which takes what the clients of the contract send: any
spelling of a status, and empty values for none.
"""

from __future__ import annotations

from typing import Any

from tasktrail.actions.task_query import (
    DEFAULT_PAGE,
    LARGEST_ID,
    LARGEST_PAGE,
    RESOURCE_PARAMETERS,
    ListKind,
    ListScope,
    ListView,
)
from tasktrail.model.author import AuthorKind, Role

_ID = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
_RESOURCE_ID = {"anyOf": [_ID, {"type": "string", "maxLength": 200}]}


def _parameter(
    name: str, schema: dict[str, Any], description: str, example: object = None
) -> dict[str, Any]:
    described: dict[str, Any] = {"name": name, "in": "query", "required": False, "schema": schema}
    if example is not None:
        described["example"] = example
    return {**described, "description": description}


def _listed(name: str, description: str, example: str) -> dict[str, Any]:
    return _parameter(name, {"type": "string"}, f"{description}, separated by commas.", example)


def _choice(name: str, choices: list[str], default: str, description: str) -> dict[str, Any]:
    return _parameter(name, {"type": "string", "enum": choices, "default": default}, description)


TASK_PARAMETERS: tuple[dict[str, Any], ...] = (
    _parameter("page", {**_ID, "maximum": 10**9, "default": 1}, "Counts from 1."),
    _parameter(
        "pageSize",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE},
        "Tasks on a page.",
    ),
    _choice(
        "scope",
        list(ListScope),
        ListScope.PROJECT_AND_ORG,
        "Whether tasks of the organization as a whole are wanted only.",
    ),
    _choice(
        "kind",
        list(ListKind),
        ListKind.EVERYTHING,
        "Changes to people, rights and credentials are `administration`, all else `operations`.",
    ),
    _choice(
        "view",
        list(ListView),
        ListView.FLAT,
        "In a `tree`, tasks stand below the one that produced them.",
    ),
    _parameter("withoutOrigin", {"type": "boolean"}, "An older word for `view=tree`."),
    _listed("projectIds", "Ids of projects", "3,4"),
    _listed("statuses", "Statuses in any spelling", "failed,timed_out"),
    _listed("names", "Names of operations, exact", "deploy,backup"),
    _parameter(
        "search",
        {"type": "string", "maxLength": 200},
        "In titles and names; or the reference of an error.",
        "shop",
    ),
    *(
        _parameter(name, _RESOURCE_ID, f"Tasks about this {kind.replace('_', ' ')}.")
        for name, kind in RESOURCE_PARAMETERS.items()
    ),
    _listed("authors", f"Kinds of authors ({', '.join(AuthorKind)})", "robot"),
    _listed("users", "Names of authors", "Ann"),
    _listed("roles", f"Roles of authors ({', '.join(Role)})", "support"),
    _parameter("originTaskId", _ID, "What this task has produced."),
    _parameter("repeatedTaskId", _ID, "What repeats this task."),
    _parameter("silent", {"type": "boolean"}, "Silent tasks, too."),
    _parameter(
        "withoutJobs",
        {"type": "boolean"},
        "Leaves `jobs` empty, for lists: of some tasks they take hundreds of kilobytes.",
    ),
    _parameter("createdAfter", {"type": "string", "format": "date-time"}, "RFC 3339."),
)
