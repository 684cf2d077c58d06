"""Lines of a log, as live streams tell them."""

from __future__ import annotations

from typing import Any

from tasktrail.actions.step_log import single_lines


def lines_content(block: dict[str, Any]) -> dict[str, Any]:
    """A block of lines (see `log_block`) line by line, without line breaks inside of them."""
    texts = iter(single_lines(block["text"]).split("\n"))
    return {
        "stepId": block["stepId"],
        "attempt": block["attempt"],
        "firstLine": block["line"],
        "lines": [_line(run, next(texts)) for run in block["runs"] for _ in range(run["count"])],
    }


def _line(run: dict[str, Any], text: str) -> dict[str, Any]:
    line = {"level": run["level"], "message": text, "time": run["time"]}
    return line | {"damaged": True} if run.get("damaged") else line
