"""`tasktrail key ...`: API keys."""

from __future__ import annotations

from typing import Annotated

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.identity_calls import OrganizationOption, perform
from tasktrail.cli.key_answers import (
    ExpiresOption,
    KeyIdArgument,
    seconds_valid,
    shower_of_done,
    shower_of_keys,
    shower_of_made,
)
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.errors import InvalidInputError
from tasktrail.local.identity_request import InOrganization, KeyDeed, NewKey
from tasktrail.model.credential import KeyKind

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Manage API keys.")

_NOUN = "API key"


@app.callback()
def group(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> None:
    """Manage API keys. Every change is recorded as a task by Superadmin."""
    remember(ctx, data, output)


@app.command(
    "create",
    epilog=examples(
        "tasktrail key create --robot --name nightly",
        "tasktrail key create --user ann@example.com --name laptop --expires 90d",
        "tasktrail key create --superadmin --name migration --organization acme --expires 8h",
    ),
)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--name", help="What the key is for.")],
    robot: Annotated[bool, typer.Option("--robot", help="It acts as the robot.")] = False,
    superadmin: Annotated[
        bool, typer.Option("--superadmin", help="It acts as Superadmin.")
    ] = False,
    user: Annotated[
        str | None,
        typer.Option("--user", metavar="EMAIL", help="It acts with the rights of this member."),
    ] = None,
    expires: ExpiresOption = None,
    organization: OrganizationOption = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Make an API key for an organization and print its secret, once."""
    wanted = NewKey(
        kind=_kind(user, robot=robot, superadmin=superadmin),
        name=name,
        user=user,
        lasts=seconds_valid(expires),
        organization=organization,
    )
    return perform(ctx, (data, output), "createKey", wanted, shower_of_made(_NOUN))


@app.command("list", epilog=examples("tasktrail key list", "tasktrail key list -o json"))
def list_keys(
    ctx: typer.Context,
    organization: OrganizationOption = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """List the API keys of an organization, without their secrets."""
    wanted = InOrganization(organization=organization)
    return perform(ctx, (data, output), "keys", wanted, shower_of_keys("name", "kind"))


@app.command("revoke", epilog=examples("tasktrail key revoke 3"))
def revoke(
    ctx: typer.Context,
    key_id: KeyIdArgument,
    organization: OrganizationOption = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Let an API key be nothing from now on."""
    wanted = KeyDeed(id=key_id, organization=organization)
    return perform(ctx, (data, output), "revokeKey", wanted, shower_of_done(_NOUN))


def _kind(user: str | None, *, robot: bool, superadmin: bool) -> KeyKind:
    kinds = [
        kind
        for kind, asked in (
            (KeyKind.ROBOT, robot),
            (KeyKind.SUPERADMIN, superadmin),
            (KeyKind.USER, user is not None),
        )
        if asked
    ]
    if len(kinds) != 1:
        raise InvalidInputError("say whose key it is: one of --robot, --superadmin, --user EMAIL")
    return kinds[0]
