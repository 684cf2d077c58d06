"""`tasktrail record`: write down something that has happened."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from tasktrail.cli.actor import whoami
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import (
    DataOption,
    OutputOption,
    ProjectOption,
    data_directory,
    output_format,
)
from tasktrail.cli.output import OutputFormat, print_json
from tasktrail.cli.resource_links import read_resources
from tasktrail.cli.session import open_session
from tasktrail.local.request import Recording
from tasktrail.model.author import AuthorKind

EPILOG = examples(
    'tasktrail record user_added --title "Ann was added to shop" --project shop',
    'tasktrail record note --title "Certificate checked" --silent --author robot',
    'tasktrail record resized --title "Cluster 7 has 5 nodes now" --resource cluster:7',
)


def record(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What kind of thing has happened.")],
    title: Annotated[str, typer.Option("--title", help="What has happened, for people.")],
    silent: Annotated[
        bool, typer.Option("--silent", help="Keep it out of the tasks that people see first.")
    ] = False,
    projects: ProjectOption = None,
    resources: Annotated[
        list[str] | None,
        typer.Option(
            "--resource",
            metavar="KIND:ID",
            help="Thing that it is about, such as cluster:7; may be repeated.",
        ),
    ] = None,
    author: Annotated[
        AuthorKind, typer.Option("--author", metavar="user|robot|superadmin", help="Who did it.")
    ] = AuthorKind.USER,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Record an immediate task: something that has happened, with nothing to carry out."""
    recording = Recording(
        name=name,
        title=title,
        silent=silent,
        projects=tuple(projects or ()),
        resources=read_resources(resources or ()),
        author=author,
        user=whoami(),
    )
    return asyncio.run(_record(data_directory(ctx, data), recording, output_format(ctx, output)))


async def _record(data: Path, recording: Recording, output: OutputFormat) -> ExitCode:
    async with open_session(data, engine=False) as session:
        task_id = await session.client.record(recording)
    if output is OutputFormat.JSON:
        print_json({"success": True, "taskId": task_id})
    else:
        print(f"task {task_id}")
    return ExitCode.WELL
