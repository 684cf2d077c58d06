"""`tasktrail run`: submit a task and follow it to its end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tasktrail.cli.actor import whoami
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode, exit_code_of
from tasktrail.cli.inputs import read_inputs
from tasktrail.cli.interrupts import unwinding_on_signals
from tasktrail.cli.options import (
    DataOption,
    OutputOption,
    ProjectOption,
    data_directory,
    output_format,
)
from tasktrail.cli.output import OutputFormat, note, print_json
from tasktrail.cli.session import EngineAt, Session, open_session
from tasktrail.cli.target import absolute_target
from tasktrail.errors import InvalidInputError
from tasktrail.local.request import Submission, TaskSelection
from tasktrail.model.author import AuthorKind

EPILOG = examples(
    "tasktrail run release.yml -i version=1.4.2 --project shop",
    "tasktrail run deploy.tasks:deploy -i token=@token.txt",
    "tasktrail run release.yml --input-env token=DEPLOY_TOKEN -o json",
    "tasktrail run .wodby/pipeline.yml --detach",
)
_AUTHOR_HELP = "Who the task is by; yourself unless the platform acts."


def run(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A runbook or pipeline file, module:function, or a name from the catalog.",
        ),
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "-i",
            "--input",
            metavar="KEY=VALUE",
            help="An input; KEY=@FILE takes it from a file, KEY=@- from stdin, and KEY=@@TEXT is "
            "@TEXT. A secret given as KEY=VALUE is visible in the list of processes.",
        ),
    ] = None,
    input_env: Annotated[
        list[str] | None,
        typer.Option(
            "--input-env", metavar="KEY=NAME", help="An input from an environment variable."
        ),
    ] = None,
    projects: ProjectOption = None,
    forced: Annotated[
        bool, typer.Option("--forced", "--force", help="Take user errors for warnings and go on.")
    ] = False,
    author: Annotated[
        AuthorKind, typer.Option("--author", metavar="user|robot|superadmin", help=_AUTHOR_HELP)
    ] = AuthorKind.USER,
    not_before: Annotated[
        str | None,
        typer.Option(
            "--not-before",
            metavar="TIME",
            help="Let it wait until then, such as 10m or 2026-11-24T16:00:00Z.",
        ),
    ] = None,
    detach: Annotated[
        bool,
        typer.Option(
            "--detach",
            help="Return once the task is recorded. Without a running 'tasktrail up' it waits "
            "for one.",
        ),
    ] = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Run a task and follow it.

    Shows the graph of its jobs and its logs while it runs. The exit code is 0 when it is done
    (with warnings or without), 1 failed, 2 refused, 3 timed out, 4 canceled, 5 when its end could
    not be found out. Ctrl-C asks for a cancel, a second one forces it.
    """
    submission = Submission(
        target=absolute_target(target),
        root=str(Path.cwd()),
        inputs=read_inputs(inputs or (), input_env or ()),
        projects=tuple(projects or ()),
        forced=forced,
        author=author,
        user=whoami(),
        not_before=_start(not_before),
    )
    directory, form = data_directory(ctx, data), output_format(ctx, output)
    return asyncio.run(_run(directory, submission, form, detach=detach))


def _start(text: str | None) -> str | None:
    if text is None:
        return None
    from tasktrail.cli.times import parse_start

    try:
        return parse_start(text, datetime.now(UTC)).isoformat()
    except ValueError as error:
        raise InvalidInputError(f"--not-before: {error}") from error


async def _run(
    data: Path, submission: Submission, output: OutputFormat, *, detach: bool
) -> ExitCode:
    with unwinding_on_signals():
        async with open_session(data, engine=not detach) as session:
            task_id = await session.client.submit(submission)
            if detach:
                return say_detached(session, task_id, output)
            return await see_through(session, task_id, output, submission.author)


def say_detached(session: Session, task_id: int, output: OutputFormat) -> ExitCode:
    """Say which task was submitted, and whether anybody carries it out."""
    if output is OutputFormat.JSON:
        print_json({"success": True, "taskId": task_id})
    else:
        print(f"task {task_id}")
    if session.engine is EngineAt.NOWHERE:
        note(f"Task {task_id} is recorded and waits for 'tasktrail up'.")
    return ExitCode.WELL


async def see_through(
    session: Session, task_id: int, output: OutputFormat, author: AuthorKind
) -> ExitCode:
    """Follow a task that was just submitted, print its end, and leave when that is allowed."""
    from tasktrail.cli.follow import choose_view, follow, leave_when_quiet
    from tasktrail.cli.lasting import end_unknown

    with end_unknown(session, task_id):
        task = await follow(session, task_id, choose_view(output), author=author)
        shown = None
        if output is OutputFormat.JSON:
            shown = await session.client.task(TaskSelection(id=task_id))
    if shown is not None:
        print_json(shown)
    elif task.error is not None:
        from tasktrail.cli.task_page import error_lines

        for line in error_lines(task):
            note(line)
    await leave_when_quiet(session)
    return exit_code_of(task.status)
