"""The task of the Huey queue, for the one who submits and for the consumer."""

# The packages of peers are not installed where types are checked, so nothing is known of theirs.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import os

from huey import SqliteHuey

from benchmarks import work

FILE = "BENCHMARK_HUEY_FILE"
"""The variable that says where the queue is."""

queue = SqliteHuey("benchmark", filename=os.environ[FILE], fsync=True, store_none=True)


@queue.task()
def perform(function: str, arguments: dict[str, str | int]) -> None:
    """Run a function of `benchmarks.work`."""
    getattr(work, function)(**arguments)
