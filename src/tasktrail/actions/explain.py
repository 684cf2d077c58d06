"""Why a task failed, in the words of its log."""

from __future__ import annotations

from typing import Any

from tasktrail.actions.logs import LogReading
from tasktrail.actions.present import failed_attempt


async def explain_error(logs: LogReading, shown: dict[str, Any]) -> None:
    """Add to the error of a presented task, if it has one, the lines that explain it best."""
    error = shown["error"]
    if error is not None and (failed := failed_attempt(shown)) is not None:
        error["lines"] = await logs.explain(shown["id"], *failed)
