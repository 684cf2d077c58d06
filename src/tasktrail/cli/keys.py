"""`tasktrail key ...`: API keys."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.identity_calls import OrganizationOption, perform, print_rows
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.cli.output import note
from tasktrail.definitions.duration import parse_duration
from tasktrail.errors import InvalidInputError
from tasktrail.local.identity_request import InOrganization, KeyDeed, NewKey
from tasktrail.model.credential import KeyKind

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Manage API keys.")


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
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="DURATION", help="For how long it is valid."),
    ] = None,
    organization: OrganizationOption = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Make an API key for an organization and print its secret, once."""
    wanted = NewKey(
        kind=_kind(user, robot=robot, superadmin=superadmin),
        name=name,
        user=user,
        lasts=None if expires is None else seconds_until(expires),
        organization=organization,
    )
    return perform(ctx, (data, output), "createKey", wanted, _show_created)


@app.command("list", epilog=examples("tasktrail key list", "tasktrail key list -o json"))
def list_keys(
    ctx: typer.Context,
    organization: OrganizationOption = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """List the API keys of an organization, without their secrets."""
    wanted = InOrganization(organization=organization)
    return perform(ctx, (data, output), "keys", wanted, _show_keys)


@app.command("revoke", epilog=examples("tasktrail key revoke 3"))
def revoke(
    ctx: typer.Context,
    key_id: Annotated[int, typer.Argument(metavar="ID", help="Id of the key.", min=1)],
    organization: OrganizationOption = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Let an API key be nothing from now on."""
    wanted = KeyDeed(id=key_id, organization=organization)
    return perform(ctx, (data, output), "revokeKey", wanted, _show_done)


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


def seconds_until(text: str) -> float:
    """For how long a key is to be valid, as `--expires` says.

    Raises:
        InvalidInputError: it is no duration.
    """
    try:
        return parse_duration(text)
    except ValueError as error:
        raise InvalidInputError(
            f"--expires: {text!r} {error}", hint="for example 90d, 12h or 1d12h"
        ) from error


def _show_created(answer: Any) -> None:
    print(answer["secret"])
    note("Keep this secret: it is shown only now.")
    _show_done(answer)


def _show_done(answer: Any) -> None:
    note(f"API key {answer['key']['id']}: recorded as task {answer['taskId']}.")


def _show_keys(answer: Any) -> None:
    print_rows(
        ("ID", "NAME", "KIND", "USER", "SECRET", "EXPIRES", "LAST USED", "REVOKED"),
        (
            (
                key["id"],
                key["name"],
                key["kind"],
                key["user"],
                f"{key['prefix']}...",
                minute(key["expiresAt"]),
                minute(key["lastUsedAt"]),
                key["revokedAt"] is not None,
            )
            for key in answer["items"]
        ),
    )


def minute(moment: str | None) -> str | None:
    """A time as people read it."""
    return None if moment is None else moment[:16].replace("T", " ")
