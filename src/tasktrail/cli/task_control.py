"""`tasktrail task wait|cancel|rerun`: doing something about a task."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from tasktrail.cli.actor import whoami
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode, exit_code_of
from tasktrail.cli.interrupts import unwinding_on_signals
from tasktrail.cli.options import (
    DataOption,
    OutputOption,
    TaskArgument,
    data_directory,
    output_format,
)
from tasktrail.cli.output import OutputFormat, print_json
from tasktrail.cli.run_command import say_detached, see_through
from tasktrail.cli.session import EngineAt, Session, open_session
from tasktrail.errors import ConnectionLostError, StoreUnavailableError
from tasktrail.local.outage import MAY_PASS, Outage
from tasktrail.local.request import TaskDeed, TaskSelection, WatchSelection
from tasktrail.local.shape import Task, read
from tasktrail.model.author import AuthorKind

_TRIES = 20
_BETWEEN_TRIES = 0.1
"""Seconds between two looks at a task whose engine is leaving."""

AuthorOption = Annotated[
    AuthorKind, typer.Option("--author", metavar="user|robot|superadmin", help="Who asks for it.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the group of task commands."""
    app.command(
        "wait",
        short_help="Wait for the end of a task.",
        epilog=examples("tasktrail task wait 12 && echo released"),
    )(wait)
    app.command(
        "cancel", short_help="Ask for a cancel.", epilog=examples("tasktrail task cancel 12")
    )(cancel)
    app.command(
        "rerun", short_help="Run a task again.", epilog=examples("tasktrail task rerun 12 --force")
    )(rerun)


def wait(
    ctx: typer.Context, task_id: TaskArgument, data: DataOption = None, output: OutputOption = None
) -> int:
    """Wait for the end of a task. The exit code is that of `tasktrail run`."""
    return asyncio.run(_wait(data_directory(ctx, data), task_id, output_format(ctx, output)))


async def _wait(data: Path, task_id: int, output: OutputFormat) -> ExitCode:
    from tasktrail.cli.lasting import end_unknown

    async with open_session(data, engine=False) as session:
        answer = await session.client.task(TaskSelection(id=task_id))
        session.check_driven(read(answer, Task))
        with end_unknown(session, task_id):
            await _ended(data, session, task_id)
    # In a session of its own: an engine may leave as soon as the task has ended, without saying so.
    with end_unknown(session, task_id):
        answer = await _state_at_end(data, session.outage, task_id)
    _print_state(answer, output)
    return exit_code_of(read(answer, Task).status)


async def _ended(data: Path, session: Session, task_id: int) -> None:
    """Return when the task has ended, also when its engine went away and another one came, or when
    the records were away."""
    while True:
        try:
            async for _ in session.client.watch(WatchSelection(id=task_id)):
                session.outage.over()  # Only the end of the task matters.
        except MAY_PASS as error:
            # A server far away was looked for already; an engine nowhere does not come back.
            if session.far or session.engine is not EngineAt.ELSEWHERE:
                raise
            if await _has_ended(data, task_id):
                return
            await session.outage.wait(error)
        else:
            return


async def _has_ended(data: Path, task_id: int) -> bool:
    """Whether the task is known to have ended: without an engine the records are open, and what it
    left is settled."""
    try:
        answer = await _state_of(data, task_id)
    except StoreUnavailableError:
        return False
    return read(answer, Task).status.final


async def _state_at_end(data: Path, outage: Outage, task_id: int) -> dict[str, object]:
    """The task as it is recorded, as soon as the records answer."""
    while True:
        try:
            answer = await _state_of(data, task_id)
        except StoreUnavailableError as error:
            await outage.wait(error)
        else:
            outage.over()
            return answer


async def _state_of(data: Path, task_id: int) -> dict[str, object]:
    """The task as it is recorded. An engine may leave while it is asked: then the records are open
    to the next one who asks."""
    for _ in range(_TRIES):
        try:
            async with open_session(data, engine=False) as session:
                return await session.client.task(TaskSelection(id=task_id))
        except ConnectionLostError:
            await asyncio.sleep(_BETWEEN_TRIES)
    async with open_session(data, engine=False) as session:
        return await session.client.task(TaskSelection(id=task_id))


def cancel(
    ctx: typer.Context,
    task_id: TaskArgument,
    force: Annotated[
        bool, typer.Option("--force", help="Kill at once, and skip the clean-up steps.")
    ] = False,
    author: AuthorOption = AuthorKind.USER,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Ask for a cancel: running steps are stopped, clean-up steps run, then it is canceled."""
    deed = TaskDeed(id=task_id, force=force, author=author, user=whoami())
    return asyncio.run(_cancel(data_directory(ctx, data), deed, output_format(ctx, output)))


async def _cancel(data: Path, deed: TaskDeed, output: OutputFormat) -> ExitCode:
    async with open_session(data, engine=False) as session:
        task_id = await session.client.cancel(deed)
        answer = await session.client.task(TaskSelection(id=task_id))
    if output is OutputFormat.JSON:
        print_json({"success": True, "taskId": task_id})
    else:
        _print_state(answer, output)
    return ExitCode.WELL


def rerun(
    ctx: typer.Context,
    task_id: TaskArgument,
    force: Annotated[
        bool,
        typer.Option("--force", "--forced", help="Take user errors for warnings and go on."),
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return once the new task is recorded.")
    ] = False,
    author: AuthorOption = AuthorKind.USER,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Run a task again, as a new task with the same inputs, and follow it like `tasktrail run`."""
    deed = TaskDeed(id=task_id, force=force, author=author, user=whoami())
    directory, form = data_directory(ctx, data), output_format(ctx, output)
    return asyncio.run(_rerun(directory, deed, form, detach=detach))


async def _rerun(data: Path, deed: TaskDeed, output: OutputFormat, *, detach: bool) -> ExitCode:
    with unwinding_on_signals():
        async with open_session(data, engine=not detach) as session:
            task_id = await session.client.rerun(deed)
            if detach:
                return say_detached(session, task_id, output)
            return await see_through(session, task_id, output, deed.author)


def _print_state(answer: dict[str, object], output: OutputFormat) -> None:
    if output is OutputFormat.JSON:
        print_json(answer)
        return
    from rich.text import Text

    from tasktrail.cli.output import print_text
    from tasktrail.cli.status_style import COLOURS, badge

    task = read(answer, Task)
    print_text(Text(f"task {task.id}: ").append(badge(task.status), COLOURS[task.status]))
