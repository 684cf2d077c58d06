"""`tasktrail task logs`: what the steps of a task wrote."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.line_numbers import parse_lines
from tasktrail.cli.options import (
    DataOption,
    OutputOption,
    SystemOption,
    TaskArgument,
    data_directory,
    output_format,
)
from tasktrail.cli.output import OutputFormat
from tasktrail.cli.session import EngineAt, Session, open_session
from tasktrail.cli.times import parse_moment
from tasktrail.errors import InvalidInputError, NotFoundError
from tasktrail.local.client import Client
from tasktrail.local.request import LogSearch, LogSelection, TaskSelection
from tasktrail.local.shape import Task, read

if TYPE_CHECKING:
    from tasktrail.cli.log_printer import LogPrinter
    from tasktrail.local.log_shape import LogItem

_EXCLUDE = {
    "raw": "--raw gives the whole log of one step",
    "search": "--search goes through what is there",
    "follow": "--follow goes on until the task has ended",
}


def add_to(app: typer.Typer) -> None:
    """Add this command to the group of task commands."""
    epilog = examples(
        "tasktrail task logs 12 --job build --step wheel",
        "tasktrail task logs 12 --follow --tail 100",
        "tasktrail task logs 12 --search 'connection (refused|reset)' --regex --context 3",
        "tasktrail task logs 12 --lines 1000:2000 | less",
        "tasktrail task logs 12 --step wheel --raw > wheel.log",
        "tasktrail task logs 12 -o json",
    )
    app.command("logs", short_help="Print, follow or search the logs of a task.", epilog=epilog)(
        logs
    )


def logs(
    ctx: typer.Context,
    task_id: TaskArgument,
    job: Annotated[str | None, typer.Option("--job", help="Only of this job.")] = None,
    step: Annotated[str | None, typer.Option("--step", help="Only of steps of this name.")] = None,
    attempt: Annotated[
        int | None, typer.Option("--attempt", min=1, help="Only of this attempt; else the last.")
    ] = None,
    lines: Annotated[
        str | None,
        typer.Option(
            "--lines",
            metavar="A:B",
            help="Lines A to B of each log; -1 is the last, and an end may be left out.",
        ),
    ] = None,
    tail: Annotated[
        int | None, typer.Option("--tail", metavar="N", min=0, help="The last lines of all.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Written since: 10m, 2h, 2026-11-24T16:00Z."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the task has ended.")
    ] = False,
    search: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help="Only lines with this text.")
    ] = None,
    regex: Annotated[
        bool, typer.Option("--regex", help="The text is a regular expression (RE2).")
    ] = False,
    ignore_case: Annotated[
        bool, typer.Option("--ignore-case", "-I", help="Upper and lower case are alike.")
    ] = False,
    context: Annotated[
        int, typer.Option("--context", "-C", metavar="N", min=0, max=1000, help="Lines around.")
    ] = 0,
    count: Annotated[
        bool, typer.Option("--count", help="Only how many lines of each log are found.")
    ] = False,
    timestamps: Annotated[
        bool, typer.Option("--timestamps", "-t", help="Each line behind its time.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="The bytes of one step, exactly; not to a terminal.")
    ] = False,
    system: SystemOption = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Print the logs of a task: the last attempt of each step, in the order of the plan.

    With --follow -o json: one JSON object a line.
    """
    first, last = parse_lines(lines) if lines is not None else (None, None)
    wanted = LogSelection(
        id=task_id,
        job=job,
        step=step,
        attempt=attempt,
        system=system,
        first=first,
        last=last,
        since=None if since is None else _since(since),
        tail=tail,
        follow=follow,
    )
    directory, form = data_directory(ctx, data), output_format(ctx, output)
    ranged = lines is not None or tail is not None or since is not None
    if raw:
        _refuse("raw", ranged or follow or search is not None or timestamps or form != "table")
        return asyncio.run(_raw(directory, wanted))
    if search is not None:
        _refuse("search", follow or tail is not None)
        looked_for = LogSearch(
            **{name: getattr(wanted, name) for name in wanted.__struct_fields__},
            text=search,
            regex=regex,
            ignore_case=ignore_case,
            context=context,
            count=count,
        )
        return asyncio.run(_search(directory, looked_for, form, timestamps=timestamps))
    if regex or ignore_case or context or count:
        raise InvalidInputError("--regex, --ignore-case, --context and --count go with --search")
    _refuse("follow", follow and last is not None)
    return asyncio.run(_logs(directory, wanted, form, timestamps=timestamps))


async def _logs(
    data: Path, wanted: LogSelection, output: OutputFormat, *, timestamps: bool
) -> ExitCode:
    from tasktrail.cli.log_json import print_lines
    from tasktrail.local.log_shape import LogLines

    async with _lines(data, wanted) as items:
        if output is OutputFormat.JSON:
            await print_lines(items, each_at_once=wanted.follow)
            return ExitCode.WELL
        printer = _printer(wanted, timestamps=timestamps)
        try:
            async for item in items:
                if isinstance(item, LogLines):
                    printer.lines(item)
                else:
                    printer.open_text(item)
                sys.stdout.flush()
        finally:
            with contextlib.suppress(BrokenPipeError):
                printer.end()
    return ExitCode.WELL


@contextlib.asynccontextmanager
async def _lines(data: Path, wanted: LogSelection) -> AsyncGenerator[AsyncIterator[LogItem]]:
    async with _reading(data, wanted) as (client, session):
        if not wanted.follow:
            yield client.logs(wanted)
            return
        from tasktrail.cli.lasting import end_unknown, lasting

        followed = _Followed(client, wanted)
        with end_unknown(session, wanted.id, but=(InvalidInputError, NotFoundError)):
            yield lasting(session, followed.items)


class _Followed:
    """What is asked for, and asked for once more where the connection was lost. Places that are
    counted from the end are found once: they move on meanwhile."""

    def __init__(self, client: Client, wanted: LogSelection) -> None:
        self._client = client
        self._wanted = wanted

    async def items(self) -> AsyncIterator[LogItem]:
        """All that is wanted, from the beginning."""
        wanted = self._wanted
        if wanted.tail is not None or (wanted.first or 0) < 0:
            begins = await self._client.log_beginnings(wanted)
            self._wanted = wanted = msgspec.structs.replace(
                wanted, first=None, since=None, tail=None, begins=begins
            )
        async for item in self._client.logs(wanted):
            yield item


async def _search(
    data: Path, wanted: LogSearch, output: OutputFormat, *, timestamps: bool
) -> ExitCode:
    from tasktrail.cli.log_json import print_found
    from tasktrail.local.log_shape import FoundLines

    async with _reading(data, wanted) as (client, _):
        items = client.search(wanted)
        if output is OutputFormat.JSON:
            await print_found(items)
            return ExitCode.WELL
        printer = _printer(wanted, timestamps=timestamps)
        async for item in items:
            if isinstance(item, FoundLines):
                printer.found(item, parted=wanted.context > 0)
            else:
                printer.count(item)
            sys.stdout.flush()
    return ExitCode.WELL


async def _raw(data: Path, wanted: LogSelection) -> ExitCode:
    if sys.stdout.isatty():
        raise InvalidInputError(
            "raw bytes may do anything to a terminal", hint="write them to a file, or to a pipe"
        )
    async with _reading(data, wanted) as (client, _):
        async for chunk in client.raw_log(wanted):
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    return ExitCode.WELL


@contextlib.asynccontextmanager
async def _reading(data: Path, wanted: LogSelection) -> AsyncGenerator[tuple[Client, Session]]:
    """A way to the logs, and the session. Without an engine the data directory is let go before
    anything is read: whoever reads our output may take hours."""
    async with open_session(data, engine=False) as session:
        if wanted.follow:
            selection = TaskSelection(id=wanted.id)
            session.check_driven(read(await session.client.task(selection), Task))
        if session.engine is not EngineAt.NOWHERE:
            yield session.client, session
            return
        names = await session.client.log_names(wanted)
    from tasktrail.bootstrap import logs_of_no_engine

    yield Client(logs_of_no_engine(data, names)), session


def _printer(wanted: LogSelection, *, timestamps: bool) -> LogPrinter:
    from tasktrail.cli.log_printer import LogPrinter

    return LogPrinter(
        sys.stdout.write,
        colours=sys.stdout.isatty() and not os.environ.get("NO_COLOR"),
        prefixed=wanted.step is None,
        timestamps=timestamps,
    )


def _refuse(option: str, refused: bool) -> None:
    if refused:
        raise InvalidInputError(f"{_EXCLUDE[option]}; leave out the other options")


def _since(text: str) -> str:
    try:
        return parse_moment(text, datetime.now(UTC)).isoformat()
    except ValueError as error:
        raise InvalidInputError(str(error)) from error
