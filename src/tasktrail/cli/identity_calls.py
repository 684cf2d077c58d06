"""Calling the operations about people, organizations and keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import data_directory, output_format
from tasktrail.cli.output import OutputFormat, console, print_json
from tasktrail.cli.safe_text import plain
from tasktrail.cli.session import open_session
from tasktrail.local.request import Request
from tasktrail.local.transport import JsonObject

OrganizationOption = Annotated[
    str | None,
    typer.Option(
        "--organization",
        metavar="NAME",
        help="The organization that it is about. Default: the installation's own.",
        show_default=False,
    ),
]


def perform(
    ctx: typer.Context,
    given: tuple[Path | None, OutputFormat | None],
    operation: str,
    wanted: Request,
    show: Callable[[Any], None],
) -> int:
    """Do an operation, and `show` its answer, or print it as JSON; the exit code."""
    data, output = given
    answer = asyncio.run(_call(data_directory(ctx, data), operation, wanted))
    if output_format(ctx, output) is OutputFormat.JSON:
        print_json(answer)
    else:
        show(answer)
    return ExitCode.WELL


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; None is shown as a dash, true as yes, and false as nothing."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(plain(_cell(value))) for value in row))
    console().print(table)


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case True:
            return "yes"
        case False:
            return ""
        case _:
            return str(value)


async def _call(data: Path, operation: str, wanted: Request) -> JsonObject:
    async with open_session(data, engine=False) as session:
        return await session.client.identity(operation, wanted)
