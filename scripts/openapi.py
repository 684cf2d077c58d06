"""Writes the OpenAPI document that a server has at /v1/openapi.json.

.venv/bin/python scripts/openapi.py FILE
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tasktrail.api.app import build_app
from tasktrail.bootstrap import http_services, open_world


def main() -> None:
    """Write it to the file that is named."""
    (target,) = sys.argv[1:]
    Path(target).write_text(text_of(asyncio.run(document())), encoding="utf-8")


async def document() -> dict[str, Any]:
    """The document of a server that has nothing in it."""
    with tempfile.TemporaryDirectory() as directory:
        async with open_world(Path(directory), engine=False) as world:
            return build_app(http_services(world)).openapi()


def text_of(found: dict[str, Any]) -> str:
    """The document as text, the same for the same document."""
    return json.dumps(found, sort_keys=True, indent=2) + "\n"


if __name__ == "__main__":
    main()
