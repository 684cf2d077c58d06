"""Throws generated requests at a server, and holds its answers against the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from integration.api.api_bench import HELLO, ApiBench
from tasktrail.model.access import ProjectRole
from tasktrail.model.credential import KeyKind

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass(frozen=True)
class Fault:
    """An answer that is not as the document says."""

    role: str
    operation: str
    what: str

    def __str__(self) -> str:
        return f"{self.operation} as {self.role}: {self.what}"


async def things_that_exist(api: ApiBench) -> dict[str, list[dict[str, Any]]]:
    """Parts of requests that lead to something: a task that the whole project sees and one that it
    does not, their steps and logs, and definitions that can be run."""
    api.runbook("hello", HELLO)
    api.runbook("typed", f"inputs: {{nodes: integer}}\njobs: {{main: {{{HELLO}}}}}")
    project = [api.project_id]
    tasks = [await api.ran("hello", projectIds=project), await api.ran("hello")]
    steps = [task["jobs"][0]["steps"][0]["id"] for task in tasks]
    link = (await api.get(f"/v1/task-steps/{steps[0]}/log-url"))["url"].rpartition("/")[2]
    known: dict[str, list[dict[str, Any]]] = {
        "GET /v1/task-logs/{token}": [{"path_parameters": {"token": link}}],
        "GET /v1/definitions/{name}": [{"path_parameters": {"name": "hello"}}],
        "POST /v1/tasks": [
            {"body": {"definition": "hello"}},
            {"body": {"definition": "typed", "inputs": {"nodes": 3}, "projectIds": project}},
            {"body": {"immediate": True, "name": "note", "title": "noted"}},
        ],
    }
    document = await api.get("/v1/openapi.json", None)
    for path, methods in document["paths"].items():
        if path.startswith(("/v1/tasks/{id}", "/v1/task-steps/{id}")):
            ids = steps if "steps" in path else [task["id"] for task in tasks]
            for method in methods:
                parts = [{"path_parameters": {"id": one}} for one in ids]
                known[f"{method.upper()} {path}"] = parts
    return known | await _administered(api, document)


async def _administered(api: ApiBench, document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Something of each kind in the organization, for changing it and for taking it away."""
    spare = await api.people.member("Spare", api.organization_id)
    team = await api.people.team(api.organization_id, spare)
    grant = await api.people.grant(api.project_id, ProjectRole.READ, user_id=spare)
    key = int((await api.key(KeyKind.USER, spare)).split("_")[1])
    access = await api.people.opened(api.organization_id, "hello")
    parts: dict[str, dict[str, int]] = {
        "/v1/organizations/{id}": {"id": api.organization_id},
        "/v1/members/{userId}": {"userId": spare},
        "/v1/members/{userId}/link": {"userId": spare},
        "/v1/teams/{id}": {"id": team},
        "/v1/teams/{id}/members/{userId}": {"id": team, "userId": spare},
        "/v1/projects/{id}": {"id": api.project_id},
        "/v1/projects/{id}/grants": {"id": api.project_id},
        "/v1/projects/{id}/grants/{grantId}": {"id": api.project_id, "grantId": grant},
        "/v1/keys/{id}": {"id": key},
        "/v1/support-grants/{id}": {"id": access},
    }
    return {
        f"{method.upper()} {path}": [{"path_parameters": found}]
        for path, found in parts.items()
        for method in document["paths"][path]
    }


class Fuzzer:
    """Asks one server as several people; nobody has no key."""

    def __init__(self, url: str, document: dict[str, Any], keys: dict[str, str | None]) -> None:
        self._url = url
        schema = schemathesis.openapi.from_dict(document)
        self._operations = [
            found.ok()
            for found in schema.get_all_operations()
            # Streams go on until somebody hangs up.
            if isinstance(found, Ok) and not found.ok().path.endswith("/stream")
        ]
        self._keys = keys
        self._session = requests.Session()
        self._session.trust_env = False
        self.count = 0
        self.statuses: dict[int, int] = {}

    @property
    def operations(self) -> int:
        """How many operations are asked in one round, counted for everybody."""
        return len(self._operations) * len(self._keys)

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def run(
        self, each: int, known: Mapping[str, Sequence[dict[str, Any]]], number: int
    ) -> Iterator[Fault]:
        """Ask every operation `each` times as everybody; `known` are parts of requests that lead to
        something, by operation. The same number asks the same."""
        for role, key in self._keys.items():
            for operation in self._operations:
                yield from self._operation(role, key, operation, each, known, number)

    def _operation(
        self,
        role: str,
        key: str | None,
        operation: Any,
        each: int,
        known: Mapping[str, Sequence[dict[str, Any]]],
        number: int,
    ) -> Iterator[Fault]:
        anything = [operation.as_strategy(mode) for mode in GenerationMode]
        existing = [
            operation.as_strategy(mode, **part)
            for part in known.get(f"{operation.method.upper()} {operation.path}", ())
            for mode in GenerationMode
        ]
        strategy = st.one_of(*anything, *existing)

        @seed(number)
        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        @given(case=strategy)
        def ask(case: Any) -> None:
            self.count += 1
            headers = {} if key is None else {"X-API-KEY": key}
            answer = case.call(self._url, session=self._session, headers=headers)
            self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
            case.validate_response(answer, checks=CHECKS, headers=headers)

        try:
            ask()
        except (Failure, FailureGroup) as failure:
            said = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
            for one in said:
                yield Fault(role, f"{operation.method.upper()} {operation.path}", str(one))
