"""The OpenAPI document as a page: plain HTML, without scripts and without foreign hosts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)

STYLE = """\
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
nav ul { columns: 2; padding-left: 1rem; }
section { border-top: 1px solid #8886; padding: 1rem 0; }
code, pre { font: 0.875rem/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid #8886; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0; }
.method { font-weight: 600; }
"""

_REFERENCE = "#/components/schemas/"


def docs_page(document: dict[str, Any]) -> str:
    """The page that shows an OpenAPI document."""
    operations = list(_operations(document))
    info = document["info"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width'>",
        f"<title>{escape(info['title'])} API</title>",
        "<link rel=stylesheet href=/docs/style.css>",
        f"<h1>{escape(info['title'])} API <small>{escape(info['version'])}</small></h1>",
        f"<p>{_text(info['description'])}</p>",
        "<p>For programs: <a href=/v1/openapi.json>openapi.json</a>.</p>",
        "<nav aria-label=Calls><ul>",
        *(
            f"<li><a href='#{escape(one['operationId'])}'>{escape(one['summary'])}</a>"
            for _, _, one in operations
        ),
        "</ul></nav><main>",
        *(_operation(document, *operation) for operation in operations),
        "</main></html>",
    ]
    return "".join(parts)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [
        f"<section id='{escape(operation['operationId'])}'>",
        f"<h2>{escape(operation['summary'])}</h2>",
        f"<p><code><span class=method>{method}</span> {escape(path)}</code></p>",
        f"<p>{_text(operation.get('description', ''))}</p>",
        _parameters(operation.get("parameters", [])),
    ]
    if "requestBody" in operation:
        parts += ["<h3>Body</h3>", _examples(document, operation["requestBody"]["content"])]
    parts.append("<h3>Answers</h3>")
    for status, answer in operation["responses"].items():
        parts.append(f"<p><code>{escape(status)}</code> {_text(answer['description'])}</p>")
        if status.startswith("2"):
            parts.append(_examples(document, answer.get("content", {})))
    return "".join([*parts, "</section>"])


def _parameters(parameters: list[dict[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code><td>{one['in']}<td>{_type(one['schema'])}"
        f"<td>{_text(one.get('description', ''))}"
        for one in parameters
    )
    return f"<table><tr><th>Name<th>In<th>Type<th>{rows}</table>"


def _type(schema: dict[str, Any]) -> str:
    choices = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    return escape(
        " or ".join(" | ".join(one.get("enum", [one.get("type", "")])) for one in choices)
    )


def _examples(document: dict[str, Any], content: dict[str, Any]) -> str:
    found = [
        example
        for one in content.values()
        for example in _examples_of(document, one.get("schema", {}))
    ]
    return "".join(
        f"<pre tabindex=0>{escape(json.dumps(example, indent=2))}</pre>" for example in found
    )


def _examples_of(document: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    reference = schema.get("$ref", "")
    if reference.startswith(_REFERENCE):
        schema = document["components"]["schemas"][reference.removeprefix(_REFERENCE)]
    nested = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    return schema.get("examples", []) or [
        example for one in nested for example in _examples_of(document, one)
    ]


def _text(markdown: str) -> str:
    """Text whose `code` is shown as such."""
    pieces = escape(markdown, quote=False).split("`")
    return "".join(
        f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces)
    )
