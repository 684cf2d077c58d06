"""`tasktrail task logs`: what the steps of a task wrote."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import (
    DataOption,
    OutputOption,
    SystemOption,
    TaskArgument,
    data_directory,
    output_format,
)
from tasktrail.cli.output import OutputFormat, print_json, print_json_line
from tasktrail.cli.session import open_session
from tasktrail.local.request import LogSelection, TaskSelection
from tasktrail.local.shape import LogLine, Task, read


def add_to(app: typer.Typer) -> None:
    """Add this command to the group of task commands."""
    epilog = examples(
        "tasktrail task logs 12 --job build --step wheel",
        "tasktrail task logs 12 --follow",
        "tasktrail task logs 12 -o json",
    )
    app.command("logs", short_help="Print the log lines of a task.", epilog=epilog)(logs)


def logs(
    ctx: typer.Context,
    task_id: TaskArgument,
    job: Annotated[str | None, typer.Option("--job", help="Only of this job.")] = None,
    step: Annotated[str | None, typer.Option("--step", help="Only of steps of this name.")] = None,
    attempt: Annotated[
        int | None, typer.Option("--attempt", min=1, help="Only of this attempt; else the last.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the task has ended.")
    ] = False,
    system: SystemOption = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Print the log lines of a task. With --follow -o json: one JSON object a line."""
    wanted = LogSelection(
        id=task_id, job=job, step=step, attempt=attempt, follow=follow, system=system
    )
    return asyncio.run(_logs(data_directory(ctx, data), wanted, output_format(ctx, output)))


async def _logs(data: Path, wanted: LogSelection, output: OutputFormat) -> ExitCode:
    async with open_session(data, engine=False) as session:
        if wanted.follow:
            selection = TaskSelection(id=wanted.id)
            session.check_driven(read(await session.client.task(selection), Task))
        lines = session.client.logs(wanted)
        if output is OutputFormat.TABLE:
            from tasktrail.cli.output import print_text
            from tasktrail.cli.plain_view import log_line

            async for line in lines:
                print_text(log_line(read(line, LogLine), prefixed=wanted.step is None))
        elif wanted.follow:
            async for line in lines:
                print_json_line(line)
        else:
            items = [line async for line in lines]
            print_json({"items": items, "totalCount": len(items), "nextPage": None})
    return ExitCode.WELL
