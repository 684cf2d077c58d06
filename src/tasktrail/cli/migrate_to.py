"""`tasktrail migrate-to`: the records of an installation move from SQLite to PostgreSQL."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasktrail.cli.actor import whoami
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import DataOption, OutputOption, data_directory, output_format
from tasktrail.cli.output import OutputFormat, console, note, print_json
from tasktrail.errors import ConflictError
from tasktrail.model.author import Author, AuthorKind, Role

if TYPE_CHECKING:
    from tasktrail.actions.move import Moved
    from tasktrail.bootstrap.moving import InstallationMove, MovePlan

EPILOG = examples(
    "tasktrail migrate-to postgresql://tasktrail@db.example.com/tasktrail --dry-run",
    "tasktrail migrate-to postgresql://tasktrail@db.example.com/tasktrail --write-config",
    "PGPASSFILE=~/.pgpass tasktrail migrate-to postgresql://db.example.com/tasktrail -o json",
)


def migrate_to(
    ctx: typer.Context,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The PostgreSQL database; must be empty.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be moved, and whether it can.")
    ] = False,
    write_config: Annotated[
        bool, typer.Option("--write-config", help="Then set `database` in config.toml.")
    ] = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Move all records from SQLite to PostgreSQL, and compare them there. No engine may run.

    Ids stay. The records in SQLite stay, too. Finished logs first go to `log_store` if the settings
    name one; else they stay in the data directory, which is used on. When it was killed, say it
    again: there is all of it in the database, or nothing.
    """
    wanted = _Wanted(url, dry_run, write_config, output_format(ctx, output))
    return asyncio.run(wanted.carry_out(data_directory(ctx, data)))


class _Wanted:
    def __init__(self, url: str, dry_run: bool, write_config: bool, output: OutputFormat) -> None:
        self._url = url
        self._dry_run = dry_run
        self._write_config = write_config
        self._output = output

    async def carry_out(self, data: Path) -> ExitCode:
        # Everything that knows databases is loaded only here.
        from tasktrail.bootstrap.moving import open_move

        async with open_move(data, self._url) as move:
            if self._dry_run:
                self._show_plan(await move.plan())
            else:
                await self._make(move)
        return ExitCode.WELL

    async def _make(self, move: InstallationMove) -> None:
        person = whoami()
        author = Author(kind=AuthorKind.USER, id=None, name=person.name, role=Role.OWNER)
        with _shown_progress() as told:
            moved = await move.make(author, told)
        if self._write_config:
            move.configure()
        self._show_moved(moved)

    def _show_plan(self, plan: MovePlan) -> None:
        if self._output is OutputFormat.JSON:
            print_json(
                {
                    "tables": [{"table": name, "rows": rows} for name, rows in plan.rows.items()],
                    "rows": sum(plan.rows.values()),
                    "logs": plan.logs,
                    "logStore": plan.log_store,
                    "occupied": plan.occupied,
                }
            )
        else:
            from tasktrail.cli.move_tables import plan_table

            console().print(plan_table(plan.rows, console().width))
            logs = f" {plan.logs} logs would go to {plan.log_store} before." if plan.logs else ""
            note(f"Would move {sum(plan.rows.values())} rows.{logs}")
        if plan.occupied:
            raise ConflictError(
                f"the database is not empty: there are rows in {', '.join(plan.occupied)}",
                hint="name an empty database",
            )

    def _show_moved(self, moved: Moved) -> None:
        if self._output is OutputFormat.JSON:
            print_json(
                {
                    "tables": [table._asdict() for table in moved.tables],
                    "rows": moved.rows,
                    "taskId": moved.task_id,
                    "movedBefore": moved.before,
                    "configWritten": self._write_config,
                }
            )
            return
        from tasktrail.cli.move_tables import moved_table

        console().print(moved_table(moved.tables, console().width))
        if moved.before:
            note(f"All {moved.rows} rows are there already, brought by task {moved.task_id}.")
        else:
            note(
                f"Moved {moved.rows} rows, and compared each with what is there now; "
                f"recorded there as task {moved.task_id}."
            )
        if self._write_config:
            note("config.toml names the database now: the next start uses it.")
        else:
            note("To use it, set `database` in config.toml to its address, above any [section].")


@contextmanager
def _shown_progress() -> Generator[Callable[[str, int, int], None]]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from tasktrail.cli.output import error_console

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    shown = sys.stderr.isatty()
    with Progress(*columns, console=error_console(), transient=True, disable=not shown) as progress:
        bar = progress.add_task("records", total=None)

        def told(what: str, done: int, total: int) -> None:
            progress.update(bar, description=what, completed=done, total=total)

        yield told
