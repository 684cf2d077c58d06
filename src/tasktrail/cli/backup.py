"""`tasktrail backup`: a copy of everything, made while it works."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tasktrail.cli.actor import whoami
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import DataOption, OutputOption, data_directory, output_format
from tasktrail.cli.output import OutputFormat, note, print_json
from tasktrail.cli.session import open_session
from tasktrail.errors import ConnectionLostError
from tasktrail.local.backup_shape import BackupMade, BackupProgress
from tasktrail.local.client import Client
from tasktrail.local.request import Backup
from tasktrail.model.author import AuthorKind

EPILOG = examples(
    "tasktrail backup /var/backups/tasktrail-2026-11-28",
    "tasktrail backup ~/copy -o json",
    "tasktrail up --data ~/copy   # restores it: a backup is a data directory",
)


def backup(
    ctx: typer.Context,
    target: Annotated[
        Path, typer.Argument(metavar="DIRECTORY", help="Where to; must not exist yet.")
    ],
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Copy records, logs, settings and definitions, also while an engine works on them.

    The copy is a data directory of its own, with the records as they stood at one moment. It holds
    the secrets of tasks, and only you can read it. Logs in an object store stay there.
    """
    wanted = Backup(
        author=AuthorKind.USER, user=whoami(), target=str(target.expanduser().absolute())
    )
    return asyncio.run(_backup(data_directory(ctx, data), wanted, output_format(ctx, output)))


async def _backup(data: Path, wanted: Backup, output: OutputFormat) -> ExitCode:
    async with open_session(data, engine=False) as session:
        made = await _follow(session.client, wanted)
    if output is OutputFormat.JSON:
        print_json(msgspec.to_builtins(made))
    else:
        note(
            f"Backed up {made.tasks} tasks and {made.logs} logs ({made.log_bytes} bytes) to "
            f"{made.directory}; recorded as task {made.task_id}."
        )
    return ExitCode.WELL


async def _follow(client: Client, wanted: Backup) -> BackupMade:
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    from tasktrail.cli.output import error_console

    columns = ("logs", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    shown = sys.stderr.isatty()
    with Progress(*columns, console=error_console(), transient=True, disable=not shown) as progress:
        bar = progress.add_task("", total=None)
        async for item in client.backup(wanted):
            match item:
                case BackupProgress(copied=copied, total=total):
                    progress.update(bar, completed=copied, total=total or None)
                case BackupMade():
                    return item
    raise ConnectionLostError("the engine went away before the backup was complete")
