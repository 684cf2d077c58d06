"""`tasktrail definition ...`: what can be run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasktrail.cli.answer import show_answer
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import (
    DataOption,
    OutputOption,
    data_directory,
    output_format,
    remember,
)
from tasktrail.cli.output import OutputFormat, console, note, print_json
from tasktrail.cli.session import open_session
from tasktrail.cli.target import absolute_target
from tasktrail.errors import DefinitionError, Problem, RefusedError
from tasktrail.local.definition_shape import Definition, DefinitionList
from tasktrail.local.request import DefinitionSelection
from tasktrail.local.shape import read
from tasktrail.local.transport import JsonObject

if TYPE_CHECKING:
    from rich.text import Text

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="See which operations there are."
)
TargetArgument = Annotated[
    str,
    typer.Argument(
        metavar="TARGET", help="A runbook or pipeline file, module:function, or a catalog name."
    ),
]


@app.callback()
def group(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> None:
    """See which operations there are, and check what you write."""
    remember(ctx, data, output)


@app.command("list", epilog=examples("tasktrail definition list -o json"))
def list_definitions(
    ctx: typer.Context, data: DataOption = None, output: OutputOption = None
) -> int:
    """List the catalog."""
    return show_answer(ctx, (data, output), lambda client: client.definitions(), _print_list)


def _print_list(answer: JsonObject) -> None:
    from tasktrail.cli.tables import definition_table

    definitions = read(answer, DefinitionList).items
    if definitions:
        console().print(definition_table(definitions, console().width))
    else:
        note("The catalog is empty; 'tasktrail run' takes runbook files as well.")


@app.command(
    "show",
    short_help="Show one definition.",
    epilog=examples("tasktrail definition show release.yml"),
)
def show(
    ctx: typer.Context, target: TargetArgument, data: DataOption = None, output: OutputOption = None
) -> int:
    """Show one definition: its inputs, jobs and steps."""
    wanted = _selection(target)
    return show_answer(
        ctx,
        (data, output),
        lambda client: client.definition(wanted),
        lambda answer: console().print(_page(read(answer, Definition))),
    )


@app.command(
    "check",
    short_help="Check definitions.",
    epilog=examples("tasktrail definition check runbooks/*.yml"),
)
def check(
    ctx: typer.Context,
    targets: Annotated[
        list[str],
        typer.Argument(metavar="TARGET...", help="Files, module:function or catalog names.", min=1),
    ],
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Check definitions: every problem is shown with its place and a hint. Exit code 2 if any."""
    found = asyncio.run(_check(data_directory(ctx, data), targets))
    if output_format(ctx, output) is OutputFormat.JSON:
        print_json(
            {
                "items": [_finding(target, refusal) for target, refusal in found],
                "totalCount": len(found),
            }
        )
    else:
        for target, refusal in found:
            _print_finding(target, refusal)
    wrong = any(refusal is not None for _, refusal in found)
    return ExitCode.REFUSED if wrong else ExitCode.WELL


async def _check(data: Path, targets: list[str]) -> list[tuple[str, RefusedError | None]]:
    found: list[tuple[str, RefusedError | None]] = []
    async with open_session(data, engine=False) as session:
        for target in targets:
            try:
                await session.client.definition(_selection(target))
                found.append((target, None))
            except RefusedError as refusal:
                found.append((target, refusal))
    return found


def _selection(target: str) -> DefinitionSelection:
    return DefinitionSelection(target=absolute_target(target), root=str(Path.cwd()))


def _finding(target: str, refusal: RefusedError | None) -> dict[str, object]:
    finding: dict[str, object] = {"target": target, "ok": refusal is None}
    if refusal is not None:
        problems = refusal.problems or (Problem(refusal.message, hint=refusal.hint),)
        finding["problems"] = [
            {name: getattr(problem, name) for name in problem.__slots__} for problem in problems
        ]
    return finding


def _print_finding(target: str, refusal: RefusedError | None) -> None:
    from tasktrail.cli.safe_text import plain, plain_lines

    if refusal is None:
        print(f"✓ {plain(target)}: well-formed")
    elif isinstance(refusal, DefinitionError) and refusal.problems:
        print(f"✗ {plain(target)}: {len(refusal.problems)} problem(s)")
        for problem in refusal.problems:
            print(plain_lines(str(problem)))
    else:
        print(f"✗ {plain(target)}: {plain_lines(str(refusal))}")


def _page(definition: Definition) -> Text:
    from tasktrail.cli.definition_page import definition_page

    return definition_page(definition)
