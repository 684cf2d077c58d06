"""`tasktrail history ...`: the histories of all tasks together."""

from __future__ import annotations

from typing import Annotated

import typer

from tasktrail.cli.answer import show_answer
from tasktrail.cli.durations import seconds_of
from tasktrail.cli.examples import examples
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.cli.output import console
from tasktrail.cli.pruning import DryRunOption, tell_removed
from tasktrail.local.pruned_shape import ForgottenMonths
from tasktrail.local.request import HistoryPruning
from tasktrail.local.shape import read
from tasktrail.local.transport import JsonObject

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look after old histories.")


@app.callback()
def group(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> None:
    """Look after old histories."""
    remember(ctx, data, output)


@app.command(
    "prune",
    epilog=examples(
        "tasktrail history prune --older-than 365d --dry-run",
        "tasktrail history prune --older-than 365d -o json",
    ),
)
def prune(
    ctx: typer.Context,
    older_than: Annotated[
        str,
        typer.Option(metavar="DURATION", help="Remove those of months that ended so long ago."),
    ],
    dry_run: DryRunOption = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Remove how old tasks came about, month by month. For records in PostgreSQL.

    Tasks stay, with their jobs, steps, attempts and logs. What was removed is recorded as a task of
    the robot. A month in which a task began that has not ended stays, and so do those after it.
    """
    wanted = HistoryPruning(older_than=seconds_of("--older-than", older_than), dry_run=dry_run)
    return show_answer(
        ctx,
        (data, output),
        lambda client: client.prune_history(wanted),
        lambda answer: _print_forgotten(answer, dry_run=dry_run),
    )


def _print_forgotten(answer: JsonObject, *, dry_run: bool) -> None:
    forgotten = read(answer, ForgottenMonths)
    if forgotten.items:
        from tasktrail.cli.tables import forgotten_table

        console().print(forgotten_table(forgotten.items, console().width))
    said = f"the histories of {forgotten.total_count} months, {forgotten.bytes} bytes"
    tell_removed(said, forgotten.task_id, dry_run=dry_run)
