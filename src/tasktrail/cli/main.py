"""The command `tasktrail`."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import typer
from typer.exceptions import TyperException

from tasktrail.cli import (
    backup,
    definitions,
    doctor,
    history,
    keys,
    logs,
    migrate_to,
    organizations,
    record_command,
    run_command,
    tasks,
    up,
    users,
    worker,
    worker_keys,
)
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import DataOption, OutputOption, remember
from tasktrail.cli.output import OutputFormat, note, print_error, stop_writing
from tasktrail.errors import (
    InvalidInputError,
    RefusedError,
    StoreUnavailableError,
    TasktrailError,
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("run", short_help="Run a task and follow it.", epilog=run_command.EPILOG)(
    run_command.run
)
app.command(
    "record", short_help="Record something that has happened.", epilog=record_command.EPILOG
)(record_command.record)
app.add_typer(tasks.app, name="task")
app.add_typer(definitions.app, name="definition")
app.add_typer(logs.app, name="logs")
app.add_typer(history.app, name="history")
app.add_typer(users.app, name="user")
app.add_typer(organizations.app, name="organization")
app.add_typer(keys.app, name="key")
app.add_typer(worker_keys.app, name="worker-key")
app.command("up", short_help="Keep the engine running.", epilog=up.EPILOG)(up.up)
app.command("worker", short_help="Carry out the jobs of a pool.", epilog=worker.EPILOG)(
    worker.worker
)
app.command("backup", short_help="Copy everything, while it works.", epilog=backup.EPILOG)(
    backup.backup
)
app.command("migrate-to", short_help="Move the records to PostgreSQL.", epilog=migrate_to.EPILOG)(
    migrate_to.migrate_to
)
app.command("doctor", short_help="Check installation and data.", epilog=doctor.EPILOG)(
    doctor.doctor
)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"tasktrail {version('tasktrail')}")
        raise typer.Exit


@app.callback(
    epilog=examples(
        "tasktrail run release.yml -i version=1.4.2",
        "tasktrail task list",
        "tasktrail task show 1",
        "tasktrail COMMAND --help",
    )
)
def root(
    ctx: typer.Context,
    data: DataOption = None,
    output: OutputOption = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and leave.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """Run operations as tasks: permitted, recorded, executed, observable, repeatable."""
    del version  # Its callback has left already.
    remember(ctx, data, output)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and leave with its exit code."""
    _write_anything()
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_exit_code(given))


def _exit_code(arguments: list[str]) -> int:
    try:
        result: object = app(args=arguments, prog_name="tasktrail", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as leaving:
        return _reader_left(leaving)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return ExitCode.INTERRUPTED
    except TyperException as wrong_usage:
        return _say_usage(wrong_usage, _output_format(arguments))
    except (RefusedError, StoreUnavailableError) as refusal:
        print_error(refusal, _output_format(arguments))
        return ExitCode.REFUSED
    except TasktrailError as error:
        print_error(error, _output_format(arguments))
        return ExitCode.UNKNOWN
    except Exception as error:  # noqa: BLE001 - a defect must not look like a failed task
        if isinstance(error, OSError) and _output_takes_nothing():
            return _say_output_lost(error, _output_format(arguments))
        traceback.print_exc()
        note("This is a defect of Tasktrail. What was asked for may or may not have been done.")
        return ExitCode.UNKNOWN
    return result if isinstance(result, int) else ExitCode.WELL


def _reader_left(leaving: BrokenPipeError | SystemExit) -> int:
    """Whoever read our output has enough, which is no failure. Typer would leave with code 1."""
    if not isinstance(leaving.__context__ or leaving, BrokenPipeError):
        raise leaving
    stop_writing()
    return ExitCode.WELL


def _output_takes_nothing() -> bool:
    """Whether the standard output refuses a line: the disk behind it is full, or it is gone."""
    try:
        os.write(sys.stdout.fileno(), b"\n")
    except OSError:
        return True
    return False


def _say_output_lost(error: OSError, output: OutputFormat) -> int:
    """What was asked for may have been done, but its answer cannot be given."""
    stop_writing()
    print_error(
        TasktrailError(
            f"the output cannot be written: {error.strerror or error}. "
            "What was asked for may have been done: 'tasktrail task list' tells."
        ),
        output,
    )
    return ExitCode.UNKNOWN


def _say_usage(wrong: TyperException, output: OutputFormat) -> int:
    """Wrong usage; a command group without a command shows its help."""
    if type(wrong).__name__ == "NoArgsIsHelpError":
        print(wrong.format_message(), file=sys.stderr)
        return ExitCode.REFUSED
    print_error(
        InvalidInputError(wrong.format_message(), hint="'--help' shows what there is"), output
    )
    return ExitCode.REFUSED


def _output_format(arguments: Sequence[str]) -> OutputFormat:
    """What errors are to look like, also when the arguments could not be parsed."""
    joined = {"-ojson", "--output=json"}
    asked = joined.intersection(arguments) or any(
        option in ("-o", "--output") and value == "json" for option, value in pairwise(arguments)
    )
    return OutputFormat.JSON if asked else OutputFormat.TABLE


def _write_anything() -> None:
    """What a terminal's encoding cannot show is replaced, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
