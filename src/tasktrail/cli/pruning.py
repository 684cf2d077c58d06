"""What the commands that remove old things have in common."""

from __future__ import annotations

from typing import Annotated

import typer

from tasktrail.cli.output import note

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")]


def tell_removed(what: str, task_id: int | None, *, dry_run: bool) -> None:
    """Say what was removed, or would be, and by which task that is recorded."""
    if dry_run:
        note(f"Would remove {what}.")
    elif task_id is None:
        note("Nothing to remove.")
    else:
        note(f"Removed {what}; recorded as task {task_id}.")
