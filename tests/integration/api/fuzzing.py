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


class Fuzzer:
    """Asks one server as several people. `ids` are those of things that exist, by operation."""

    def __init__(self, url: str, document: dict[str, Any], keys: dict[str, str | None]) -> None:
        self._url = url
        self._schema = schemathesis.openapi.from_dict(document)
        self._keys = keys
        self._session = requests.Session()
        self._session.trust_env = False
        self.count = 0
        self.statuses: dict[int, int] = {}

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def run(self, each: int, ids: Mapping[str, Sequence[Any]], number: int) -> Iterator[Fault]:
        """Ask every operation `each` times as everybody."""
        operations = [
            found.ok() for found in self._schema.get_all_operations() if isinstance(found, Ok)
        ]
        for role, key in self._keys.items():
            for operation in operations:
                yield from self._operation(role, key, operation, each, ids, number)

    def _operation(
        self,
        role: str,
        key: str | None,
        operation: Any,
        each: int,
        ids: Mapping[str, Sequence[Any]],
        number: int,
    ) -> Iterator[Fault]:
        known = ids.get(operation.path, ())
        anything = [operation.as_strategy(mode) for mode in GenerationMode]
        existing = [
            operation.as_strategy(mode, path_parameters=one)
            for one in known
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
                yield Fault(role, f"{operation.method} {operation.path}", str(one))
