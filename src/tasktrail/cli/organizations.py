"""`tasktrail organization ...`: the organizations of the installation."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.identity_calls import perform, print_rows
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.cli.output import note
from tasktrail.local.identity_request import NewOrganization
from tasktrail.local.request import Request

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Manage organizations.")


@app.callback()
def group(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> None:
    """Manage organizations. Every change is recorded as a task by Superadmin."""
    remember(ctx, data, output)


@app.command("add", epilog=examples("tasktrail organization add acme"))
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Make an organization. It has no members yet: `tasktrail user add` adds the first owner."""
    return perform(ctx, (data, output), "addOrganization", NewOrganization(name=name), _show_added)


@app.command("list", epilog=examples("tasktrail organization list"))
def list_organizations(
    ctx: typer.Context, data: DataOption = None, output: OutputOption = None
) -> int:
    """List all organizations."""
    return perform(ctx, (data, output), "organizations", Request(), _show_all)


def _show_added(answer: Any) -> None:
    print(f"organization {answer['organization']['id']}")
    note(f"Recorded as task {answer['taskId']}.")


def _show_all(answer: Any) -> None:
    print_rows(
        ("ID", "NAME", "OPEN TO SUPPORT BY DEFAULT"),
        ((one["id"], one["name"], one["supportDefault"]) for one in answer["items"]),
    )
