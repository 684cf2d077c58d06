"""Options that many commands share, and what they mean together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tasktrail.cli.output import OutputFormat

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Data directory. Default: $TASKTRAIL_DATA, else $XDG_STATE_HOME/tasktrail, "
        "else ~/.local/state/tasktrail.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    OutputFormat | None,
    typer.Option("-o", "--output", metavar="table|json", help="What to print.", show_default=False),
]
SystemOption = Annotated[
    bool, typer.Option("--system", help="Show system jobs and steps, and details of errors, too.")
]
TaskArgument = Annotated[int, typer.Argument(metavar="ID", help="Id of the task.", min=1)]
ProjectOption = Annotated[
    list[str] | None,
    typer.Option("--project", metavar="NAME", help="Project that it concerns; may be repeated."),
]


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """The options that may stand before or after the name of a command."""

    data: Path | None = None
    output: OutputFormat | None = None


def remember(ctx: typer.Context, data: Path | None, output: OutputFormat | None) -> None:
    """Keep what was given before the name of a command for the command."""
    # A group inherits what the command before it has kept.
    outer = _common(ctx)
    ctx.obj = CommonOptions(data or outer.data, output or outer.output)


def data_directory(ctx: typer.Context, given: Path | None, name: str = "tasktrail") -> Path:
    """The data directory: given to the command, before it, in the environment, or the one of that
    name where programs keep such things."""
    chosen = given or _common(ctx).data or os.environ.get("TASKTRAIL_DATA")
    if chosen:
        return Path(chosen).expanduser().absolute()
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / name


def output_format(ctx: typer.Context, given: OutputFormat | None) -> OutputFormat:
    """The output format: as given to the command or before it, else a table."""
    return given or _common(ctx).output or OutputFormat.TABLE


def _common(ctx: typer.Context) -> CommonOptions:
    kept: object = ctx.obj
    return kept if isinstance(kept, CommonOptions) else CommonOptions()
