"""The inputs of a definition as a JSON Schema (2020-12), for forms and for other checkers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasktrail.model.plan import InputKind, InputSpec

_TYPES: dict[InputKind, dict[str, Any]] = {
    InputKind.STRING: {"type": "string"},
    InputKind.SECRET: {"type": "string", "format": "password", "writeOnly": True},
    InputKind.INTEGER: {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    InputKind.NUMBER: {"type": "number"},
    InputKind.BOOLEAN: {"type": "boolean"},
    InputKind.CHOICE: {"type": "string"},
}


def input_schema(specs: Iterable[InputSpec]) -> dict[str, Any]:
    """A schema of the object `inputs` of `POST /tasks`.

    Optional inputs may also be null, which is the same as not given.
    """
    listed = list(specs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {spec.name: _schema(spec) for spec in listed},
        "required": [spec.name for spec in listed if spec.required],
        "additionalProperties": False,
    }


def _schema(spec: InputSpec) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_TYPES[spec.kind])
    if spec.description:
        schema["description"] = spec.description
    if spec.kind is InputKind.CHOICE:
        schema["enum"] = [*spec.choices, *([] if spec.required else [None])]
    if spec.pattern is not None:
        # All of the value has to match; a JSON Schema looks for the pattern anywhere.
        schema["pattern"] = f"^(?:{spec.pattern})$"
    if not spec.required:
        schema["type"] = [schema["type"], "null"]
        if spec.kind is not InputKind.SECRET and spec.default is not None:
            schema["default"] = spec.default
    return schema
