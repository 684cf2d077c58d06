"""Calling the operations about people, organizations and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from tasktrail.cli.answer import show_answer
from tasktrail.cli.output import OutputFormat, console
from tasktrail.cli.safe_text import plain
from tasktrail.local.request import Request

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
    return show_answer(ctx, given, lambda client: client.identity(operation, wanted), show)


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
