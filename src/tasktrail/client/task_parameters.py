"""The filter of a list in the words of `GET /tasks`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasktrail.client.api import Query
from tasktrail.errors import InvalidInputError
from tasktrail.local.request import Scope, TaskFilter

_RESOURCES = {
    "app": "appId",
    "app_instance": "appInstanceId",
    "stack": "stackId",
    "database": "databaseId",
    "cluster": "clusterId",
    "service": "serviceId",
    "integration": "integrationId",
    "provider": "providerId",
}
_SCOPES = {None: None, Scope.ORG: "org_only", Scope.PROJECT: "project_only"}


def task_parameters(wanted: TaskFilter, project_ids: Sequence[int]) -> Query:
    """What a server is asked.

    Raises:
        InvalidInputError: it knows no resources of such a kind, or takes one of a kind only.
    """
    resources: dict[str, str] = {}
    for one in wanted.resources:
        parameter = _RESOURCES.get(one.kind)
        if parameter is None or parameter in resources:
            raise InvalidInputError(
                f"a server cannot list by --resource {one.kind}:{one.id}",
                hint=f"one of each of these kinds: {', '.join(_RESOURCES)}",
            )
        resources[parameter] = str(one.id)
    return {
        "page": wanted.page,
        "pageSize": wanted.page_size,
        "scope": _SCOPES[wanted.scope],
        "view": wanted.view,
        "statuses": _joined(wanted.statuses),
        "names": _joined(wanted.names),
        "search": wanted.search,
        "projectIds": _joined(project_ids),
        "authors": _joined(wanted.authors),
        "users": _joined(wanted.users),
        "roles": _joined(wanted.roles),
        "originTaskId": wanted.origin_task_id,
        "repeatedTaskId": wanted.repeated_task_id,
        "silent": wanted.silent or None,
        "createdAfter": wanted.created_after,
        **resources,
    }


def _joined(values: Iterable[object]) -> str | None:
    return ",".join(str(value) for value in values) or None
