"""The OpenAPI document: complete, with examples that are what they are examples of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from integration.api.api_bench import ApiBench
from tasktrail.api.route import Public
from tasktrail.api.route_table import ROUTES

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENTED = [route for route in ROUTES if route.answers.documented]


async def test_it_describes_every_route_in_words(shared: ApiBench) -> None:
    document = await shared.get("/v1/openapi.json", None)
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert described == {(route.method, route.full_path) for route in DOCUMENTED}
    for route in DOCUMENTED:
        operation = document["paths"][route.full_path][route.method.lower()]
        assert operation["summary"]
        assert operation["description"]
        assert operation["operationId"]
        for status, answer in operation["responses"].items():
            assert answer["description"]
            assert bool(answer.get("content")) == (status != "204")
        if route.access is Public.YES:
            assert operation["security"] == []
        else:
            assert {"401", "403", "404", "422", "429", "500", "503"} <= set(operation["responses"])


async def test_its_examples_fit_their_schemas(shared: ApiBench) -> None:
    document = await shared.get("/v1/openapi.json", None)
    count = 0
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            root = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
            jsonschema_rs.validator_for(root).validate(example)
            count += 1
    assert count >= 10


async def test_every_body_and_every_answer_has_an_example(shared: ApiBench) -> None:
    document = await shared.get("/v1/openapi.json", None)
    for path, methods in document["paths"].items():
        if not path.startswith("/v1/task") and not path.startswith("/v1/definitions"):
            continue
        for operation in methods.values():
            for schema in _json_schemas(operation):
                assert _has_example(document, schema), f"{path} {schema}"


async def test_what_is_answered_for_every_route_fits_what_is_described(shared: ApiBench) -> None:
    shared.runbook("hello", "jobs: {main: {steps: [{name: Say, run: 'echo hello; false'}]}}")
    task = await shared.ran("hello", projectIds=[shared.project_id])
    document = await shared.get("/v1/openapi.json", None)
    step = task["jobs"][0]["steps"][0]["id"]
    for path in (
        "/v1/tasks",
        "/v1/tasks/{id}",
        "/v1/tasks/{id}/events",
        "/v1/tasks/{id}/logs/search",
        "/v1/task-steps/{id}/logs",
        "/v1/task-steps/{id}/log-url",
        "/v1/task-steps/{id}/log",
        "/v1/definitions",
        "/v1/definitions/{name}",
    ):
        one = step if "steps" in path else task["id"]
        asked = path.replace("{id}", str(one)).replace("{name}", "hello")
        answer = await shared.get(f"{asked}?q=hello" if "search" in path else asked)
        content = document["paths"][path]["get"]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"] | {"components": document["components"]}
        jsonschema_rs.validator_for(schema).validate(answer)


def _json_schemas(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    places = [operation.get("requestBody", {})]
    places += [answer for status, answer in operation["responses"].items() if status < "3"]
    for place in places:
        content = place.get("content", {}).get("application/json")
        if content is not None:
            yield content["schema"]


def _has_example(document: dict[str, Any], schema: dict[str, Any]) -> bool:
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        schema = document["components"]["schemas"][name]
    nested = schema.get("anyOf") or schema.get("oneOf")
    if nested:
        return all(_has_example(document, one) for one in nested)
    lists = [schema["properties"][key] for key in ("items",) if key in schema.get("properties", {})]
    return bool(schema.get("examples")) or any(
        _has_example(document, one["items"]) for one in lists
    )
