"""`tasktrail up`: keep the engine running, so that other terminals can use it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.interrupts import ENDING_SIGNALS, on_signals
from tasktrail.cli.options import DataOption, data_directory
from tasktrail.cli.output import note
from tasktrail.cli.session import EngineAt, open_session
from tasktrail.errors import DataDirectoryError

EPILOG = examples("tasktrail up", "tasktrail --data /var/lib/tasktrail up")


def up(ctx: typer.Context, data: DataOption = None) -> int:
    """Run the engine in the foreground until Ctrl-C, SIGTERM or the end of its terminal.

    Other terminals of the same user can then submit, follow and cancel tasks. On the first signal
    no new jobs start and the running steps are stopped; their tasks are settled by the usual
    rules, and what can go on goes on with the next start. A second signal leaves at once.
    """
    return asyncio.run(_up(data_directory(ctx, data)))


async def _up(data: Path) -> ExitCode:
    serving = asyncio.current_task()
    assert serving is not None
    stop = asyncio.Event()

    def on_signal(count: int) -> None:
        stop.set()
        note(
            "Stopping: no new jobs start, running steps are stopped. Again to leave at once."
            if count == 1
            else "Leaving at once; what still runs is stopped at the next start."
        )
        if count > 1:
            serving.cancel()

    with on_signals(ENDING_SIGNALS, on_signal):
        async with open_session(data, engine=True) as session:
            if session.engine is not EngineAt.HERE or session.hosting is None:
                raise DataDirectoryError(
                    f"an engine is already running in {data}",
                    hint="use it: every command finds it by itself",
                )
            note(f"Tasktrail is up. Data: {data}; listening at {session.hosting.server.address}.")
            note("Ctrl-C stops it.")
            await stop.wait()
    note("Stopped.")
    return ExitCode.WELL
