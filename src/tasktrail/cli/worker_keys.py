"""`tasktrail worker-key ...`: keys of workers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.identity_calls import perform, print_rows
from tasktrail.cli.keys import minute, seconds_until
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.cli.output import note
from tasktrail.local.identity_request import AllWorkerKeys, NewWorkerKey, WorkerKeyDeed

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Manage keys of workers.")


@app.callback()
def group(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> None:
    """Manage keys of workers. Every change is recorded as a task by Superadmin."""
    remember(ctx, data, output)


@app.command(
    "create",
    epilog=examples(
        "tasktrail worker-key create --pool eu-1",
        "tasktrail worker-key create --pool eu-1 --name rack-7 --expires 90d",
    ),
)
def create(
    ctx: typer.Context,
    pool: Annotated[str, typer.Option("--pool", help="The pool whose jobs its workers get.")],
    name: Annotated[
        str, typer.Option("--name", help="What the key is for. Default: the pool.")
    ] = "",
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="DURATION", help="For how long it is valid."),
    ] = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Make a key for the workers of a pool and print its secret, once."""
    lasts = None if expires is None else seconds_until(expires)
    wanted = NewWorkerKey(pool=pool, name=name, lasts=lasts)
    return perform(ctx, (data, output), "createWorkerKey", wanted, _show_created)


@app.command("list", epilog=examples("tasktrail worker-key list"))
def list_keys(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> int:
    """List the keys of all workers, without their secrets."""
    return perform(ctx, (data, output), "workerKeys", AllWorkerKeys(), _show_keys)


@app.command("revoke", epilog=examples("tasktrail worker-key revoke 3"))
def revoke(
    ctx: typer.Context,
    key_id: Annotated[int, typer.Argument(metavar="ID", help="Id of the key.", min=1)],
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Let the key of a worker be nothing from now on: its workers get no more jobs."""
    wanted = WorkerKeyDeed(id=key_id)
    return perform(ctx, (data, output), "revokeWorkerKey", wanted, _show_done)


def _show_created(answer: Any) -> None:
    print(answer["secret"])
    note("Keep this secret: it is shown only now.")
    _show_done(answer)


def _show_done(answer: Any) -> None:
    note(f"Worker key {answer['key']['id']}: recorded as task {answer['taskId']}.")


def _show_keys(answer: Any) -> None:
    print_rows(
        ("ID", "POOL", "NAME", "USER", "SECRET", "EXPIRES", "LAST USED", "REVOKED"),
        (
            (
                key["id"],
                key["pool"],
                key["name"],
                key["user"],
                f"{key['prefix']}...",
                minute(key["expiresAt"]),
                minute(key["lastUsedAt"]),
                key["revokedAt"] is not None,
            )
            for key in answer["items"]
        ),
    )
