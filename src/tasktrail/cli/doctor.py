"""`tasktrail doctor`: is everything as it should be?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.options import DataOption, OutputOption, data_directory, output_format
from tasktrail.cli.output import OutputFormat, console, print_json
from tasktrail.cli.session import open_session
from tasktrail.errors import RecordsUnavailableError
from tasktrail.local.definition_shape import Fact
from tasktrail.local.request import Checkup
from tasktrail.local.shape import read

EPILOG = examples("tasktrail doctor", "tasktrail doctor --check", "tasktrail doctor -o json")


def doctor(
    ctx: typer.Context,
    check: Annotated[
        bool,
        typer.Option("--check", help="Also verify every task, log and process. Takes its time."),
    ] = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Show versions, the data directory, locks, leftovers and free space. Exit code 1 if bad."""
    wanted = Checkup(check=check)
    return asyncio.run(_doctor(data_directory(ctx, data), wanted, output_format(ctx, output)))


async def _doctor(data: Path, wanted: Checkup, output: OutputFormat) -> ExitCode:
    try:
        async with open_session(data, engine=False) as session:
            facts = await session.client.doctor(wanted)
    except RecordsUnavailableError as refusal:
        from tasktrail.engine.examination import facts_without_records

        facts = facts_without_records(data, refusal)
    known = [read(fact, Fact) for fact in facts]
    if output is OutputFormat.JSON:
        print_json({"items": facts, "totalCount": len(facts)})
    else:
        from tasktrail.cli.tables import fact_table

        console().print(fact_table(known, console().width))
    return ExitCode.WELL if all(fact.ok for fact in known) else ExitCode.FAILED
