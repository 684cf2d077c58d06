"""`tasktrail logs ...`: the logs of all tasks together."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from tasktrail.cli.answer import show_answer
from tasktrail.cli.durations import seconds_of
from tasktrail.cli.examples import examples
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.cli.output import console
from tasktrail.cli.pruning import DryRunOption, tell_removed
from tasktrail.errors import InvalidInputError
from tasktrail.local.pruned_shape import PrunedLogs
from tasktrail.local.request import Pruning
from tasktrail.local.shape import read
from tasktrail.local.transport import JsonObject

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look after finished logs.")

_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)([KMGT]?)(?:i?B)?", re.IGNORECASE)
_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


@app.callback()
def group(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> None:
    """Look after finished logs."""
    remember(ctx, data, output)


@app.command(
    "prune",
    epilog=examples(
        "tasktrail logs prune --dry-run",
        "tasktrail logs prune --older-than 90d",
        "tasktrail logs prune --keep-size 50G -o json",
    ),
)
def prune(
    ctx: typer.Context,
    dry_run: DryRunOption = False,
    older_than: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="Remove those of tasks that ended so long ago."),
    ] = None,
    keep_size: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Remove the oldest until the rest takes no more."),
    ] = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Remove old logs of tasks that have ended. Without limits: by those in config.toml.

    Records and histories stay. What was removed is recorded as a task of the robot.
    """
    wanted = Pruning(
        older_than=None if older_than is None else seconds_of("--older-than", older_than),
        keep_size=None if keep_size is None else _bytes(keep_size),
        dry_run=dry_run,
    )
    return show_answer(
        ctx,
        (data, output),
        lambda client: client.prune_logs(wanted),
        lambda answer: _print_pruned(answer, dry_run=dry_run),
    )


def _print_pruned(answer: JsonObject, *, dry_run: bool) -> None:
    pruned = read(answer, PrunedLogs)
    if pruned.items:
        from tasktrail.cli.tables import pruned_table

        console().print(pruned_table(pruned.items, console().width))
    said = f"{pruned.logs} logs of {pruned.total_count} tasks, {pruned.bytes} bytes"
    tell_removed(said, pruned.task_id, dry_run=dry_run)


def _bytes(text: str) -> int:
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise InvalidInputError(
            f"--keep-size: {text!r} is not a size", hint="for example 500M, 20G or 1.5T"
        )
    return int(float(found[1]) * 1024 ** _UNITS[found[2].upper()])
