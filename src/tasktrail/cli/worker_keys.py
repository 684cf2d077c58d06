"""`tasktrail worker-key ...`: keys of workers."""

from __future__ import annotations

from typing import Annotated

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.identity_calls import perform
from tasktrail.cli.key_answers import (
    ExpiresOption,
    KeyIdArgument,
    seconds_valid,
    shower_of_done,
    shower_of_keys,
    shower_of_made,
)
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.local.identity_request import AllWorkerKeys, NewWorkerKey, WorkerKeyDeed

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Manage keys of workers.")

_NOUN = "Worker key"


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
    expires: ExpiresOption = None,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Make a key for the workers of a pool and print its secret, once."""
    wanted = NewWorkerKey(pool=pool, name=name, lasts=seconds_valid(expires))
    return perform(ctx, (data, output), "createWorkerKey", wanted, shower_of_made(_NOUN))


@app.command("list", epilog=examples("tasktrail worker-key list"))
def list_keys(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> int:
    """List the keys of all workers, without their secrets."""
    return perform(
        ctx, (data, output), "workerKeys", AllWorkerKeys(), shower_of_keys("pool", "name")
    )


@app.command("revoke", epilog=examples("tasktrail worker-key revoke 3"))
def revoke(
    ctx: typer.Context,
    key_id: KeyIdArgument,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Let the key of a worker be nothing from now on.

    Its workers get no more jobs, and the jobs that they run are stopped and lost to them. To let
    these end first, stop the workers (SIGTERM), and then revoke the key.
    """
    wanted = WorkerKeyDeed(id=key_id)
    return perform(ctx, (data, output), "revokeWorkerKey", wanted, shower_of_done(_NOUN))
