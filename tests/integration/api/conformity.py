"""Holds answers against the OpenAPI document."""

from __future__ import annotations

from typing import Any

import httpx2
import jsonschema_rs

from integration.api.api_bench import ApiBench


class Conformity:
    """What the document says of answers. `count` are those that were held against it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.count = 0

    @classmethod
    async def of(cls, api: ApiBench) -> Conformity:
        return cls(await api.get("/v1/openapi.json", None))

    def check(self, method: str, route: str, answer: httpx2.Response) -> None:
        """Fail unless the answer to a request at `route` is one that is described."""
        responses = self._document["paths"][route][method.lower()]["responses"]
        status = str(answer.status_code)
        assert status in responses, f"{method} {route} answers {status}: {answer.text}"
        media_type = answer.headers["content-type"].partition(";")[0]
        schema = responses[status]["content"][media_type]["schema"]
        root = {**schema, "components": self._document["components"]}
        jsonschema_rs.validator_for(root).validate(answer.json())
        self.count += 1
