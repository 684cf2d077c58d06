"""`tasktrail user ...`: the people who are known to the installation."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.identity_calls import OrganizationOption, perform, print_rows
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.cli.output import note
from tasktrail.local.identity_request import NewUser, UserDeed, UserSwitch
from tasktrail.local.request import Request
from tasktrail.model.author import Role

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Manage the people who are known here."
)

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="Email of the person.")]


@app.callback()
def group(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> None:
    """Manage the people who are known here. Every change is recorded as a task by Superadmin."""
    remember(ctx, data, output)


@app.command(
    "add",
    epilog=examples(
        "tasktrail user add ann@example.com --name Ann --role owner",
        "tasktrail user add sue@example.com --name Sue --staff --role support --organization acme",
    ),
)
def add(
    ctx: typer.Context,
    email: EmailArgument,
    name: Annotated[str, typer.Option("--name", help="What the person is called.")],
    role: Annotated[
        Role,
        typer.Option(
            "--role", metavar="owner|admin|member|support", help="Role in the organization."
        ),
    ] = Role.MEMBER,
    staff: Annotated[
        bool, typer.Option("--staff", help="The person is of the platform's support staff.")
    ] = False,
    organization: OrganizationOption = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Let somebody belong to an organization. Prints a link for who has no password yet."""
    wanted = NewUser(email=email, name=name, role=role, staff=staff, organization=organization)
    return perform(ctx, (data, output), "addUser", wanted, _show_invited)


@app.command("list", epilog=examples("tasktrail user list", "tasktrail user list -o json"))
def list_users(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> int:
    """List everybody, and where they belong."""
    return perform(ctx, (data, output), "users", Request(), _show_users)


@app.command("disable", epilog=examples("tasktrail user disable max@example.com"))
def disable(
    ctx: typer.Context, email: EmailArgument, data: DataOption = None, output: OutputOption = None
) -> int:
    """Shut somebody out: sessions end, and keys are revoked for good."""
    wanted = UserSwitch(email=email, disabled=True)
    return perform(ctx, (data, output), "switchUser", wanted, _show_done)


@app.command("enable", epilog=examples("tasktrail user enable max@example.com"))
def enable(
    ctx: typer.Context, email: EmailArgument, data: DataOption = None, output: OutputOption = None
) -> int:
    """Let somebody in again who was shut out."""
    wanted = UserSwitch(email=email, disabled=False)
    return perform(ctx, (data, output), "switchUser", wanted, _show_done)


@app.command("link", epilog=examples("tasktrail user link max@example.com"))
def link(
    ctx: typer.Context, email: EmailArgument, data: DataOption = None, output: OutputOption = None
) -> int:
    """Print a link by which somebody sets a new password. It works once, and earlier ones do not
    any more."""
    return perform(ctx, (data, output), "linkUser", UserDeed(email=email), _show_invited)


def _show_invited(answer: Any) -> None:
    if answer["link"] is not None:
        print(answer["link"])
        note("Give this link to the person. It works once, and is shown only now.")
    _show_done(answer)


def _show_done(answer: Any) -> None:
    note(f"{answer['user']['email']}: recorded as task {answer['taskId']}.")


def _show_users(answer: Any) -> None:
    print_rows(
        ("EMAIL", "NAME", "BELONGS TO", "STAFF", "PASSWORD", "DISABLED"),
        (
            (
                user["email"],
                user["name"],
                ", ".join(f"{one['organization']} ({one['role']})" for one in user["organizations"])
                or None,
                user["staff"],
                user["hasPassword"],
                user["disabledAt"] is not None,
            )
            for user in answer["items"]
        ),
    )
