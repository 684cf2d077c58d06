"""Asking something of a data directory, and showing the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import typer

from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import data_directory, output_format
from tasktrail.cli.output import OutputFormat, print_json
from tasktrail.cli.session import open_session
from tasktrail.local.client import Client
from tasktrail.local.transport import JsonObject


def show_answer(
    ctx: typer.Context,
    given: tuple[Path | None, OutputFormat | None],
    ask: Callable[[Client], Awaitable[JsonObject]],
    show: Callable[[Any], None],
) -> ExitCode:
    """`ask`, and `show` the answer, or print it as JSON. `given` are the common options."""
    data, output = given
    answer = asyncio.run(_answer(data_directory(ctx, data), ask))
    if output_format(ctx, output) is OutputFormat.JSON:
        print_json(answer)
    else:
        show(answer)
    return ExitCode.WELL


async def _answer(data: Path, ask: Callable[[Client], Awaitable[JsonObject]]) -> JsonObject:
    async with open_session(data, engine=False) as session:
        return await ask(session.client)
