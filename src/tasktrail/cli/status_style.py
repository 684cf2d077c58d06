"""How a status looks: a symbol of one cell, a word and a colour, so never by colour alone."""

from __future__ import annotations

from tasktrail.model.status import Status

SYMBOLS: dict[Status, str] = {
    Status.PENDING: "◌",
    Status.QUEUED: "○",
    Status.IN_PROGRESS: "●",
    Status.BACKED_OFF: "↻",
    Status.CANCELING: "◐",
    Status.DONE: "✓",
    Status.DONE_WITH_WARNINGS: "!",
    Status.FAILED: "✗",
    Status.TIMED_OUT: "⧖",
    Status.CANCELED: "⊘",
    Status.SKIPPED: "-",
}

COLOURS: dict[Status, str] = {
    Status.PENDING: "dim",
    Status.QUEUED: "dim",
    Status.IN_PROGRESS: "cyan",
    Status.BACKED_OFF: "yellow",
    Status.CANCELING: "magenta",
    Status.DONE: "green",
    Status.DONE_WITH_WARNINGS: "yellow",
    Status.FAILED: "bold red",
    Status.TIMED_OUT: "bold red",
    Status.CANCELED: "magenta",
    Status.SKIPPED: "dim",
}


def badge(status: Status) -> str:
    """Symbol and word, such as `✓ done`."""
    return f"{SYMBOLS[status]} {status.label}"
